using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Procedures.Algorithms;

/// <summary>A score for each node: PageRank, betweenness, degree, core number, triangles.</summary>
internal static class CentralityProcedures
{
    private static readonly string[] PageRankSettings = ["maxIterations", "dampingFactor", "tolerance", "sourceNodes", "normalize", "scaler"];
    private static readonly string[] BetweennessSettings = ["samplingSize", "samplingSeed"];

    /// <summary>The procedures.</summary>
    public static IEnumerable<IProcedure> All(ProjectionCatalog projections, TimeProvider time)
    {
        yield return Stream("gds.pageRank.stream", Orientation.Natural, PageRankSettings, "score", "FLOAT", call => Rank(call).Scores.Select(Value.Of));
        yield return new AlgorithmProcedure(
            "gds.pageRank.stats", projections, Orientation.Natural, PageRankSettings,
            [new("ranIterations", "INTEGER"), new("didConverge", "BOOLEAN"), new("centralityDistribution", "MAP"), new("computeMillis", "INTEGER"), new("configuration", "MAP")],
            call => RankStats(call, time));
        foreach (IProcedure procedure in Scores("gds.betweenness", Orientation.Natural, BetweennessSettings, Between))
        {
            yield return procedure;
        }

        foreach (IProcedure procedure in Scores("gds.degree", Orientation.Natural, [], Degrees))
        {
            yield return procedure;
        }

        yield return Stream(
            "gds.kcore.stream", Orientation.Undirected, [], "coreValue", "INTEGER",
            call => KCore.Compute(call.Graph).Select(core => Value.Of((long)core)));
        yield return new AlgorithmProcedure(
            "gds.kcore.stats", projections, Orientation.Undirected, [], [new("degeneracy", "INTEGER"), new("computeMillis", "INTEGER")], call => CoreStats(call, time));
        yield return Stream(
            "gds.triangleCount.stream", Orientation.Undirected, [], "triangleCount", "INTEGER",
            call =>
            {
                Triangles.Count(call.Graph, out long[] perNode, call.Cancellation);
                return perNode.Select(Value.Of);
            });
        yield return new AlgorithmProcedure(
            "gds.triangleCount.stats", projections, Orientation.Undirected, [],
            [new("globalTriangleCount", "INTEGER"), new("nodeCount", "INTEGER"), new("computeMillis", "INTEGER")], call => TriangleStats(call, time));

        AlgorithmProcedure Stream(
            string name, Orientation orientation, string[] settings, string field, string type, Func<AlgorithmCall, IEnumerable<Value>> scores) =>
            new(name, projections, orientation, settings, [new("nodeId", "INTEGER"), new(field, type), new("node", "NODE")], call => Rows(call, scores(call)));

        IEnumerable<IProcedure> Scores(string name, Orientation orientation, string[] settings, Func<AlgorithmCall, double[]> scores) =>
        [
            Stream(name + ".stream", orientation, settings, "score", "FLOAT", call => scores(call).Select(Value.Of)),
            new AlgorithmProcedure(
                name + ".stats", projections, orientation, settings, [new("centralityDistribution", "MAP"), new("computeMillis", "INTEGER")],
                call => ScoreStats(call, scores, time)),
        ];
    }

    private static IEnumerable<Value[]> Rows(AlgorithmCall call, IEnumerable<Value> scores)
    {
        int index = 0;
        foreach (Value score in scores)
        {
            yield return [call.Id(index), score, call.NodeValue(index)];
            index++;
        }
    }

    private static PageRankResult Rank(AlgorithmCall call)
    {
        ProcedureSettings settings = call.Settings;
        if (settings.Text("scaler") is { } scaler && !scaler.Equals("NONE", StringComparison.OrdinalIgnoreCase))
        {
            throw settings.Wrong("knows the scaler NONE only; scale scores in the query, or set normalize: true");
        }

        return PageRank.Compute(
            call.Graph,
            new PageRankOptions
            {
                MaxIterations = settings.Integer("maxIterations", 20, 1),
                Damping = settings.Number("dampingFactor", 0.85, 0, 0.999999),
                Tolerance = settings.Number("tolerance", 1e-7, 0, 1),
                Normalized = settings.Flag("normalize", false),
                Sources = call.Nodes("sourceNodes"),
            },
            call.Cancellation);
    }

    private static double[] Between(AlgorithmCall call) => Betweenness.Compute(
        call.Graph, call.Settings.Integer("samplingSize", 0, 0), call.Settings.Integer("samplingSeed", 42, int.MinValue), call.Cancellation);

    private static double[] Degrees(AlgorithmCall call)
    {
        var degrees = new double[call.Graph.Count];
        for (int i = 0; i < degrees.Length; i++)
        {
            degrees[i] = call.Graph.Degree(i);
            if (call.Graph.IsWeighted)
            {
                degrees[i] = 0;
                foreach (double weight in call.Graph.Weights[call.Graph.Starts[i]..call.Graph.Starts[i + 1]])
                {
                    degrees[i] += weight;
                }
            }
        }

        return degrees;
    }

    private static IEnumerable<Value[]> RankStats(AlgorithmCall call, TimeProvider time)
    {
        long began = time.GetTimestamp();
        PageRankResult result = Rank(call);
        Value took = AlgorithmProcedures.Millis(time, began);
        yield return
        [
            Value.Of((long)result.Iterations), Value.Of(result.Converged), AlgorithmProcedures.Distribution(result.Scores), took, Value.Of(call.Settings.Map),
        ];
    }

    private static IEnumerable<Value[]> ScoreStats(AlgorithmCall call, Func<AlgorithmCall, double[]> scores, TimeProvider time)
    {
        long began = time.GetTimestamp();
        double[] found = scores(call);
        Value took = AlgorithmProcedures.Millis(time, began);
        yield return [AlgorithmProcedures.Distribution(found), took];
    }

    private static IEnumerable<Value[]> CoreStats(AlgorithmCall call, TimeProvider time)
    {
        long began = time.GetTimestamp();
        int degeneracy = 0;
        foreach (int core in KCore.Compute(call.Graph))
        {
            degeneracy = Math.Max(degeneracy, core);
        }

        yield return [Value.Of((long)degeneracy), AlgorithmProcedures.Millis(time, began)];
    }

    private static IEnumerable<Value[]> TriangleStats(AlgorithmCall call, TimeProvider time)
    {
        long began = time.GetTimestamp();
        long triangles = Triangles.Count(call.Graph, out _, call.Cancellation);
        yield return [Value.Of(triangles), Value.Of((long)call.Graph.Count), AlgorithmProcedures.Millis(time, began)];
    }
}
