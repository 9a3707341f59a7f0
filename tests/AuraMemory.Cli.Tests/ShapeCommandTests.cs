using System.Text.Json.Nodes;

namespace AuraMemory.Cli.Tests;

public sealed class ShapeCommandTests : IDisposable
{
    private const string Diagrams =
        """
        {"id":"a","kind":"pointcloud","convention":"rips-euclidean","input":{"points":[[0,0],[3,0],[3,4]],"threshold":null},"diagrams":{"0":[[0,3],[0,4],[0,null]],"1":[]}}
        {"id":"b","kind":"distancematrix","convention":"rips-distance-matrix","input":{"lowerDistanceMatrix":[[],[1],[null,null]],"threshold":null},"diagrams":{"0":[[0,1],[0,null],[0,null]]}}
        {"id":"c","kind":"series","convention":"sublevel-H0","input":{"values":[0,2,1,3]},"diagrams":{"0":[[1,2],[0,null]]}}
        {"id":"d","kind":"series","convention":"superlevel-H0 (negated)","input":{"values":[0,2,1,3]},"diagrams":{"0":[[-2,-1],[-3,null]]}}
        {"id":"e","kind":"image","convention":"cubical-V (vertices)","input":{"shape":[3,3],"rowMajor":[1,1,1,1,5,1,1,1,1]},"diagrams":{"0":[[1,null]],"1":[[1,5]]}}
        {"id":"f","kind":"image","convention":"cubical-T (top)","input":{"shape":[3,3],"rowMajor":[1,1,1,1,5,1,1,1,1]},"diagrams":{"0":[[1,null]],"1":[[1,5]]}}
        {"id":"g","kind":"graph","convention":"rips on hop distance","input":{"n":4,"edges":[[0,1],[1,2],[2,3],[3,0]]},"diagrams":{"0":[[0,1],[0,1],[0,1],[0,null]],"1":[[1,2]]}}
        {"id":"h","kind":"graph","convention":"degree sublevel on the 1-dimensional graph","input":{"n":3,"edges":[[0,1],[1,2],[2,0]]},"diagrams":{"0":[[2,null]],"1":[[2,null]]}}
        {"id":"i","kind":"graph","convention":"degree sublevel on the clique complex","input":{"n":3,"edges":[[0,1],[1,2],[2,0]]},"diagrams":{"0":[[2,null]],"1":[]}}
        {"id":"j","kind":"series","convention":"takens(dim=2,tau=1) then rips-euclidean","input":{"values":[0,1,0,1],"embedDim":2,"tau":1},"diagrams":{"0":[[0,1.4142135623730951],[0,null]],"1":[]}}
        """;

    private const string Distances =
        """
        {"id":"p","A":[[0,2],[1,null]],"B":[[0,3],[1,null]],"W1_inf":1,"W2_inf":1,"W1_2":1,"W2_2":1,"bottleneck":1}
        {"id":"q","A":[[0,null]],"B":[],"W1_inf":null,"bottleneck":null}
        """;

    private const string Neighbours =
        """
        [{"set":"s","base":[{"id":"x","diagram":[[0,2]]},{"id":"y","diagram":[[0,4]]}],"queries":[{"id":"z","diagram":[[0,3.5]],"top10":{"W1_inf":[["y",0.5],["x",1.5]],"bottleneck":[["y",0.5]]}}]}]
        """;

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task A_folder_of_right_records_passes()
    {
        Assert.Equal(0, await Verify());
        Assert.EndsWith("13 passed, 0 failed\n", _line.Text.Replace("\r", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("pointcloud rips-euclidean: 1 checked, 1 passed, worst deviation 0.0e+00", _line.Text, StringComparison.Ordinal);
        Assert.Contains("knn s: 1 checked, 1 passed", _line.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1,2],[0,null]]}}", "[1,2.0001],[0,null]]}}", "[1, 2.0001) is missing")]
    [InlineData("\"1\":[[1,2]]", "\"1\":[]", "is not expected")]
    [InlineData("\"kind\":\"image\",\"convention\":\"cubical-V (vertices)\"", "\"kind\":\"image\",\"convention\":\"cubical-X\"", "is not known")]
    [InlineData("\"kind\":\"pointcloud\"", "\"kind\":\"cloud\"", "no kind of input")]
    [InlineData("\"points\":[[0,0],[3,0],[3,4]]", "\"points\":[[0,0],[3],[3,4]]", "coordinates")]
    [InlineData("{\"id\":\"h\"", "{\"id\":", "diagrams.jsonl line 8")]
    [InlineData("[[],[1],[null,null]]", "[[],[1],[null]]", "lower triangle")]
    public async Task A_wrong_or_malformed_record_fails_and_says_why(string right, string wrong, string reason)
    {
        Assert.Contains(right, Diagrams, StringComparison.Ordinal);
        Assert.Equal(1, await Verify(diagrams: Diagrams.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.EndsWith("12 passed, 1 failed\n", _line.Text.Replace("\r", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains(reason, _line.Notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_distances_and_neighbours_fail()
    {
        Assert.Equal(1, await Verify(distances: Distances.Replace("\"W1_2\":1", "\"W1_2\":0.9", StringComparison.Ordinal)));
        Assert.Contains("W1_2 is 1, expected 0.9", _line.Notes, StringComparison.Ordinal);
        Assert.DoesNotContain("refuted", _line.Notes, StringComparison.Ordinal);
        Assert.Equal(1, await Verify(neighbours: Neighbours.Replace("[\"y\",0.5],[\"x\",1.5]", "[\"x\",1.5],[\"y\",0.5]", StringComparison.Ordinal)));
        Assert.Contains("12 passed, 1 failed", _line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reference_value_that_is_too_large_fails_with_its_refutation()
    {
        Assert.Equal(1, await Verify(distances: Distances.Replace("\"bottleneck\":1", "\"bottleneck\":1.25", StringComparison.Ordinal)));
        Assert.Contains("bottleneck is 1, expected 1.25; the expected value is refuted", _line.Notes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("diagrams.jsonl", 3)]
    [InlineData("distances.jsonl", 11)]
    [InlineData("knn.json", 12)]
    public async Task A_missing_file_is_a_failure(string file, int passed)
    {
        Assert.Equal(1, await Verify(missing: file));
        Assert.Contains($"{file}: the file is missing", _line.Notes, StringComparison.Ordinal);
        Assert.EndsWith($"{passed} passed, 1 failed\n", _line.Text.Replace("\r", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verification_for_machines_is_one_object()
    {
        await Verify();
        Assert.Equal(0, await _line.RunAsync("shape", "verify", _line.Folder, "--json"));
        JsonNode answer = JsonNode.Parse(_line.Output)!;
        Assert.Equal(13, (int)answer["passed"]!);
        Assert.Equal("pointcloud rips-euclidean", (string)answer["kinds"]![0]!["kind"]!);
    }

    [Fact]
    public async Task A_shape_is_analysed_drawn_saved_and_compared()
    {
        string ring = _line.Write("ring.json", $"{{\"points\":[{string.Join(',', Enumerable.Range(0, 24).Select(i => $"[{Math.Cos(i * Math.PI / 12):F6},{Math.Sin(i * Math.PI / 12):F6}]"))}]}}");
        string picture = _line.PathOf("ring.svg");
        Assert.Equal(0, await _line.RunAsync("shape", "analyze", ring, "--svg", picture));
        Assert.Contains(", 1, 0 (bars longer than", _line.Text, StringComparison.Ordinal);
        Assert.Contains("ring.json", await File.ReadAllTextAsync(picture, TestContext.Current.CancellationToken), StringComparison.Ordinal);

        Assert.Equal(0, await _line.RunAsync("shape", "analyze", ring, "--json"));
        JsonNode saved = JsonNode.Parse(_line.Output)!;
        Assert.Equal("points", (string)saved["kind"]!);
        string file = _line.Write("saved.json", _line.Output);
        Assert.Equal(0, await _line.RunAsync("shape", "distance", ring, file));
        Assert.StartsWith("0\n", _line.Text.Replace("\r", "", StringComparison.Ordinal), StringComparison.Ordinal);

        string other = _line.Write("other.json", "{\"diagrams\":{\"0\":[[0,null]],\"1\":[[0,1]]}}");
        string another = _line.Write("another.json", "{\"diagrams\":{\"0\":[[0.5,null]],\"1\":[[0,3]]}}");
        Assert.Equal(0, await _line.RunAsync("shape", "distance", other, another, "--json"));
        Assert.Equal(2.5, (double)JsonNode.Parse(_line.Output)!["distance"]!);
        Assert.Equal(0, await _line.RunAsync("shape", "distance", other, another, "--metric", "bottleneck", "--dimension", "1", "--json"));
        Assert.Equal(1.5, (double)JsonNode.Parse(_line.Output)!["distance"]!);
    }

    [Theory]
    [InlineData("{\"name\":\"nothing to measure\"}")]
    [InlineData("{oops")]
    public async Task Data_without_a_shape_is_said_to_have_none(string data)
    {
        string file = _line.Write("data.json", data);
        Assert.Equal(2, await _line.RunAsync("shape", "analyze", file));
        Assert.Contains("has no shape", _line.Notes, StringComparison.Ordinal);
        Assert.Equal(2, await _line.RunAsync("shape", "distance", file, file));
    }

    [Theory]
    [InlineData("shape", "distance", "a", "b", "--metric", "cosine")]
    [InlineData("shape", "distance", "a", "b", "--metric", "bottleneck", "--internal-p", "2")]
    [InlineData("shape", "distance", "a", "b", "--dimension", "3")]
    [InlineData("shape", "analyze", "a", "--persistence-threshold", "2")]
    [InlineData("shape", "analyze", "a", "--kind", "tree")]
    public async Task A_command_line_that_makes_no_sense_ends_with_2(params string[] arguments) => Assert.Equal(2, await _line.RunAsync(arguments));

    private async Task<int> Verify(string diagrams = Diagrams, string distances = Distances, string neighbours = Neighbours, string missing = "")
    {
        foreach ((string name, string text) in new[] { ("diagrams.jsonl", diagrams), ("distances.jsonl", distances), ("knn.json", neighbours) })
        {
            File.Delete(_line.PathOf(name));
            if (name != missing)
            {
                _line.Write(name, text);
            }
        }

        return await _line.RunAsync("shape", "verify", _line.Folder);
    }
}
