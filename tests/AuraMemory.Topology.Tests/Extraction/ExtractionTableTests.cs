using System.Text;

namespace AuraMemory.Topology.Tests.Extraction;

/// <summary>The rules of docs/algorithms/from-json-to-a-shape.md, one row a rule.</summary>
public sealed class ExtractionTableTests
{
    public static TheoryData<string, ShapeKind, string, int> Shapes => new()
    {
        // The mission's own data; names do not matter.
        { """{"readings":[1,2,3,2,1],"timestamp":123456}""", ShapeKind.Series, "/readings", 5 },
        { """{"pattern":[1,3,2,3,1]}""", ShapeKind.Series, "/pattern", 5 },
        { """{"values":[10,20,15,25,12]}""", ShapeKind.Series, "/values", 5 },
        { "[3,1,2]", ShapeKind.Series, "", 3 },
        { """{"a":{"b":[{"c":[5,1,4]}]}}""", ShapeKind.Series, "/a/b/0/c", 3 },
        { """{"a/b":{"m~n":[5,1,4]}}""", ShapeKind.Series, "/a~1b/m~0n", 3 },
        { """{"\u0061b":[5,1,4]}""", ShapeKind.Series, "/ab", 3 },

        // Times and identifiers say when and who, not what.
        { """{"timestamps":[1,2,3,4],"values":[5,1,4,2]}""", ShapeKind.Series, "/values", 4 },
        { """{"timestamps":[1,2,3,4]}""", ShapeKind.Series, "/timestamps", 4 },
        { """[{"timestamp":1,"value":5},{"timestamp":2,"value":3},{"timestamp":3,"value":4}]""", ShapeKind.Series, "", 3 },
        { """{"log":[{"time":"a","id":1,"temp":5},{"time":"b","id":2,"temp":3},{"time":"c","id":3,"temp":4}]}""", ShapeKind.Series, "/log", 3 },

        // Missing samples.
        { "[1,null,2,\"NaN\",3]", ShapeKind.Series, "", 3 },
        { "[1,\"2.5\",3,\"\"]", ShapeKind.Series, "", 3 },
        { """[{"t":1,"value":5},{"t":2},{"t":3,"value":"4"},{"t":4,"value":null},{"t":5,"value":1}]""", ShapeKind.Series, "", 3 },
        { "[[1,2],[null,3],[4,5],[6,7]]", ShapeKind.Points, "", 3 },

        // Points.
        { "[[0,0],[1,0],[0,1]]", ShapeKind.Points, "", 3 },
        { """{"x":[0,1,2],"y":[0,1,0],"z":[1,1,1]}""", ShapeKind.Points, "", 3 },
        { """[{"x":0,"y":1},{"x":2,"y":1},{"y":5,"x":1}]""", ShapeKind.Points, "", 3 },
        { """[{"temp":1,"humidity":2},{"temp":2,"humidity":1},{"temp":5,"humidity":1}]""", ShapeKind.Points, "", 3 },
        { """{"type":"Polygon","coordinates":[[[30,10],[40,40],[20,40],[30,10]]]}""", ShapeKind.Points, "/coordinates", 4 },
        { "[[1],[5],[2]]", ShapeKind.Series, "", 3 },
        { "[[1,5,2,7]]", ShapeKind.Series, "", 4 },

        // Grids.
        { """{"image":[[1,2],[3,4]]}""", ShapeKind.Grid, "/image", 4 },
        { """{"image":{"data":[[1,2,3],[3,4,5]]}}""", ShapeKind.Grid, "/image/data", 6 },
        { """{"width":2,"height":3,"pixels":[1,2,3,4,5,6]}""", ShapeKind.Grid, "/pixels", 6 },
        { """{"shape":[2,2,2],"data":[1,2,3,4,5,6,7,8]}""", ShapeKind.Grid, "/data", 8 },
        { "[[[1,2],[3,4]],[[5,6],[7,8]]]", ShapeKind.Grid, "", 8 },
        { "[[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17],[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]]", ShapeKind.Grid, "", 34 },

        // Distances.
        { """{"distances":[[0,1,2],[1,0,3],[2,3,0]]}""", ShapeKind.Distances, "/distances", 3 },
        { """{"distance_matrix":[[],[1],[2,3]]}""", ShapeKind.Distances, "/distance_matrix", 3 },
        { """{"distances":[[1],[2,3]]}""", ShapeKind.Distances, "/distances", 3 },
        { """{"anything":[[0,1,null],[1,0,3],[null,3,0]]}""", ShapeKind.Distances, "/anything", 3 },

        // Graphs.
        { """{"n":4,"edges":[[0,1],[1,2],[2,0]]}""", ShapeKind.Graph, "", 4 },
        { """{"edges":[[0,1],[1,2],[2,0]]}""", ShapeKind.Graph, "", 3 },
        { """{"edges":[["a","b"],["b","c"],["c","a",2.5]]}""", ShapeKind.Graph, "", 3 },
        { """{"edges":[["1","2"],["2","3"]]}""", ShapeKind.Graph, "", 3 },
        { """{"nodes":[{"id":"p"},{"id":"q"},{"id":"r"}],"links":[{"source":"p","target":"q"},{"source":"q","target":"r","weight":3}]}""", ShapeKind.Graph, "", 3 },
        { """{"nodes":["p","q","r"],"edges":[]}""", ShapeKind.Graph, "", 3 },
        { """{"adjacency":[[0,1,1],[1,0,1],[1,1,0]]}""", ShapeKind.Graph, "", 3 },
        { """{"adjacency":[[1,2],[0],[0],[]]}""", ShapeKind.Graph, "", 4 },
        { """{"adjacency":{"a":["b","c"],"b":[],"c":["d"]}}""", ShapeKind.Graph, "", 4 },

        // Several: the largest, then the first.
        { """{"a":[1,2,3],"b":[4,5,6,7],"c":[1,2,3,4]}""", ShapeKind.Series, "/b", 4 },
        { """{"tracks":[[1,2,3],[4,5,6,7]]}""", ShapeKind.Series, "/tracks/1", 4 },
        { """{"n":3,"edges":[[0,1]],"points":[[1,2,3],[4,5,6],[7,8,10]]}""", ShapeKind.Points, "/points", 3 },
        { """{"mixed":[1,2,[3,4,5],"x"]}""", ShapeKind.Series, "/mixed/2", 3 },

        // A constant has a shape, if a dull one; so have the ends of what can be computed with.
        { "[4,4,4,4]", ShapeKind.Series, "", 4 },
        { "[[1e300,0],[-1e300,0],[0,1e300]]", ShapeKind.Points, "", 3 },
        { "[[5e-324,0],[0,0],[0,5e-324]]", ShapeKind.Points, "", 3 },
    };

    public static TheoryData<string, string> Reasons => new()
    {
        { "[]", "no array of numbers" },
        { "{}", "no array of numbers" },
        { "3", "no array of numbers" },
        { """{"text":"hello","n":5}""", "no array of numbers" },
        { """["1","2","3"]""", "no array of numbers" },
        { """{"tags":["red","green","blue"]}""", "no array of numbers" },
        { """{"empty":[[],[]]}""", "empty" },
        { "[1]", "1 sample is too few" },
        { "[1,2]", "2 samples are too few" },
        { "[null,null,null,1]", "too few" },
        { "[[1,2],[3,4]]", "2 points are too few" },
        { "[1,2,1e308]", "beyond 1e300" },
        { "[1,2,1e999]", "beyond 1e300" },
        { """{"image":[[1,2],[3,null]]}""", "missing values" },
        { """{"width":2,"height":2,"pixels":[1,2,3]}""", "no grid of 2 x 2" },
        { """{"distances":[[0,1],[2,0]]}""", "not symmetric" },
        { """{"distances":[[0,-1,1],[-1,0,1],[1,1,0]]}""", "negative" },
        { """{"nodes":["a"],"edges":[["a","b"]]}""", "'b', which is not among the 1 given" },
        { """{"edges":[[1],[2]]}""", "does not name two vertices" },
        { "[1,2,", "not readable JSON" },
        { "", "not readable JSON" },
        { "nonsense", "not readable JSON" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void What_has_a_shape_is_found(string json, ShapeKind kind, string path, int points)
    {
        ShapeOutcome outcome = Analyze(json);

        Assert.Null(outcome.Reason);
        Assert.Equal((kind, path, points), (outcome.Analysis!.Kind, outcome.Analysis.Path, outcome.Analysis.Points));
        Assert.NotEqual(Filtration.Default, outcome.Analysis.Filtration);
        Assert.Equal(0, outcome.Analysis.ErrorBound);
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void What_has_none_gets_a_reason(string json, string reason)
    {
        ShapeOutcome outcome = Analyze(json);

        Assert.Null(outcome.Analysis);
        Assert.Contains(reason, outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_skipped_or_passed_over_is_noted()
    {
        IReadOnlyList<string> notes = Analyze("""{"a":[1,null,2,3,4],"b":[5,6,7],"c":[8]}""").Analysis!.Notes;

        Assert.Equal(["1 missing sample was skipped", "passed over: '/b', '/c'"], notes);
    }

    [Fact]
    public void A_larger_array_that_is_no_input_gives_way_to_the_next()
    {
        ShapeAnalysis shape = Analyze("""{"image":[[1,null],[2,3]],"b":[5,6,7]}""").Analysis!;

        Assert.Equal("/b", shape.Path);
        Assert.Equal(["'/image' has no shape: a grid must not have missing values"], shape.Notes);
    }

    private static ShapeOutcome Analyze(string json) => ShapeAnalyzer.Analyze(Encoding.UTF8.GetBytes(json), ShapeOptions.Default, ShapeLimits.Default);
}
