using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Differential;

/// <summary>Calls of every function of one argument with values of every kind, which arrive as parameters, so that only the run meets their kinds.</summary>
internal static class FunctionMatrix
{
    private static readonly string[] Values =
    [
        "null", "''", "'abc'", "' 12 '", "'-1.5'", "'TRUE'", "'stra\u00DFe \u039F\u03A3 \u0130'", "'0x1F'", "'NaN'", "0", "-7", "9223372036854775807", "-0.0", "2.5", "-2.5", "NaN", "-Infinity", "1e300", "true",
        "[]", "[1, null, 'a']", "['1', 2.7, true]", "{}", "{a: 1, b: null}", "date('2020-02-29')", "time('10:00+01:00')", "datetime('2020-02-29T10:00Z')", "duration('P1M')", "'2020-02-29'", "'P1Y'",
    ];

    // What depends on the moment, or on chance, or is a difference that is meant (MeantDifference says which).
    private static readonly HashSet<string> LeftOut = new(StringComparer.OrdinalIgnoreCase)
    {
        "exists", "gds.util.asNode", "ceiling", "ln", "sinh", "cosh", "tanh", "localtime", "time", "localtime.truncate", "time.truncate", "datetime.truncate", "localdatetime.truncate", "date.truncate",
        "keys", "round", "abs", "normalize",
    };

    /// <summary>Queries with their parameters.</summary>
    public static IEnumerable<(string Query, MapValue Parameters)> Calls()
    {
        string[] functions = [.. FunctionCatalog.Names.Where(n => !LeftOut.Contains(n) && !n.EndsWith(".realtime", StringComparison.Ordinal)
            && !n.EndsWith(".statement", StringComparison.Ordinal) && !n.EndsWith(".transaction", StringComparison.Ordinal) && TakesOne(n))];
        foreach (string value in Values)
        {
            Value argument = TinyGraph.Evaluate(value);
            foreach (string function in functions)
            {
                yield return ($"WITH {{v: $v}} AS m RETURN {function}(m.v) AS x", new MapValue(["v"], [argument]));
            }
        }
    }

    private static bool TakesOne(string name) =>
        FunctionCatalog.Find(name) is { } function ? function.LeastArguments <= 1 && function.MostArguments >= 1 : FunctionCatalog.FindAggregation(name)!.Arguments == 1;
}
