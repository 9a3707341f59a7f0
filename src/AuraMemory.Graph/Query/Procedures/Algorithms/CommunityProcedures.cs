using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Procedures.Algorithms;

/// <summary>Groups of nodes: Louvain, Leiden, label propagation, weak components; and pairs of similar nodes.</summary>
internal static class CommunityProcedures
{
    private static readonly string[] ModularSettings =
        ["maxLevels", "maxIterations", "tolerance", "gamma", "theta", "randomSeed", "includeIntermediateCommunities"];

    private static readonly string[] SimilaritySettings = ["topK", "similarityCutoff", "degreeCutoff", "similarityMetric"];

    /// <summary>The procedures.</summary>
    public static IEnumerable<IProcedure> All(ProjectionCatalog projections, TimeProvider time)
    {
        foreach ((string name, Func<AlgorithmGraph, CommunityOptions, CancellationToken, CommunityResult> compute) in
            ((string, Func<AlgorithmGraph, CommunityOptions, CancellationToken, CommunityResult>)[])[("louvain", Louvain.Compute), ("leiden", Leiden.Compute)])
        {
            yield return new AlgorithmProcedure(
                $"gds.{name}.stream", projections, Orientation.Undirected, ModularSettings,
                [new("nodeId", "INTEGER"), new("communityId", "INTEGER"), new("intermediateCommunityIds", "LIST"), new("node", "NODE")],
                call => Modular(call, compute));
            yield return new AlgorithmProcedure(
                $"gds.{name}.stats", projections, Orientation.Undirected, ModularSettings,
                [
                    new("communityCount", "INTEGER"), new("modularity", "FLOAT"), new("ranLevels", "INTEGER"),
                    new("communityDistribution", "MAP"), new("computeMillis", "INTEGER"),
                ],
                call => ModularStats(call, compute, time));
        }

        foreach (IProcedure procedure in Groups("gds.labelPropagation", "communityId", "communityCount", ["maxIterations"], Labels))
        {
            yield return procedure;
        }

        foreach (IProcedure procedure in Groups("gds.wcc", "componentId", "componentCount", [], call => Components.Compute(call.Graph, call.Cancellation)))
        {
            yield return procedure;
        }

        yield return new AlgorithmProcedure(
            "gds.nodeSimilarity.stream", projections, Orientation.Natural, SimilaritySettings,
            [new("node1", "INTEGER"), new("node2", "INTEGER"), new("similarity", "FLOAT"), new("firstNode", "NODE"), new("secondNode", "NODE")], Similar);
        yield return new AlgorithmProcedure(
            "gds.nodeSimilarity.stats", projections, Orientation.Natural, SimilaritySettings,
            [new("nodesCompared", "INTEGER"), new("similarityPairs", "INTEGER"), new("similarityDistribution", "MAP"), new("computeMillis", "INTEGER")],
            call => SimilarStats(call, time));

        IEnumerable<IProcedure> Groups(string name, string field, string count, string[] settings, Func<AlgorithmCall, int[]> compute) =>
        [
            new AlgorithmProcedure(
                name + ".stream", projections, Orientation.Natural, settings,
                [new("nodeId", "INTEGER"), new(field, "INTEGER"), new("node", "NODE")], call => GroupRows(call, compute)),
            new AlgorithmProcedure(
                name + ".stats", projections, Orientation.Natural, settings,
                [new(count, "INTEGER"), new("distribution", "MAP"), new("computeMillis", "INTEGER")], call => GroupStats(call, compute, time)),
        ];
    }

    private static CommunityOptions Options(ProcedureSettings settings) => new()
    {
        MaxLevels = settings.Integer("maxLevels", 10, 1),
        Resolution = settings.Number("gamma", 1, 1e-9, 1e9),
        Theta = settings.Number("theta", 0.01, 0, 1e9),
        Rounds = settings.Integer("maxIterations", 2, 1),
        Seed = settings.Integer("randomSeed", 42, int.MinValue),
    };

    private static IEnumerable<Value[]> Modular(AlgorithmCall call, Func<AlgorithmGraph, CommunityOptions, CancellationToken, CommunityResult> compute)
    {
        CommunityResult result = compute(call.Graph, Options(call.Settings), call.Cancellation);
        bool steps = call.Settings.Flag("includeIntermediateCommunities", false);
        for (int i = 0; i < result.Assignment.Length; i++)
        {
            int node = i;
            Value levels = steps ? AlgorithmProcedures.List(result.Levels.Select(level => level[node])) : Value.Null;
            yield return [call.Id(i), Value.Of((long)result.Assignment[i]), levels, call.NodeValue(i)];
        }
    }

    private static IEnumerable<Value[]> ModularStats(
        AlgorithmCall call, Func<AlgorithmGraph, CommunityOptions, CancellationToken, CommunityResult> compute, TimeProvider time)
    {
        long began = time.GetTimestamp();
        CommunityResult result = compute(call.Graph, Options(call.Settings), call.Cancellation);
        Value took = AlgorithmProcedures.Millis(time, began);
        yield return
        [
            Value.Of((long)result.Count), Value.Of(result.Modularity), Value.Of((long)result.Levels.Count), Sizes(result.Assignment), took,
        ];
    }

    private static int[] Labels(AlgorithmCall call) =>
        LabelPropagation.Compute(call.Graph, call.Settings.Integer("maxIterations", 10, 1), out _, out _, call.Cancellation);

    private static IEnumerable<Value[]> GroupRows(AlgorithmCall call, Func<AlgorithmCall, int[]> compute)
    {
        int[] groups = compute(call);
        for (int i = 0; i < groups.Length; i++)
        {
            yield return [call.Id(i), call.Id(groups[i]), call.NodeValue(i)];
        }
    }

    private static IEnumerable<Value[]> GroupStats(AlgorithmCall call, Func<AlgorithmCall, int[]> compute, TimeProvider time)
    {
        long began = time.GetTimestamp();
        int[] groups = compute(call);
        Value took = AlgorithmProcedures.Millis(time, began);
        yield return [Value.Of((long)Components.CountDistinct(groups)), Sizes(groups), took];
    }

    private static Value Sizes(int[] groups) =>
        AlgorithmProcedures.Distribution(groups.CountBy(group => group).Select(size => (double)size.Value));

    private static IEnumerable<(int Node1, int Node2, double Similarity)> Pairs(AlgorithmCall call)
    {
        ProcedureSettings settings = call.Settings;
        SimilarityMetric metric = settings.Text("similarityMetric")?.ToUpperInvariant() switch
        {
            null or "JACCARD" => SimilarityMetric.Jaccard,
            "OVERLAP" => SimilarityMetric.Overlap,
            "COSINE" => SimilarityMetric.Cosine,
            _ => throw settings.Wrong("knows the metrics JACCARD, OVERLAP and COSINE"),
        };
        return NodeSimilarity.Compute(
            call.Graph,
            new SimilarityOptions
            {
                TopK = settings.Integer("topK", 10, 1),
                Cutoff = settings.Number("similarityCutoff", 1e-42, 0, 1),
                DegreeCutoff = settings.Integer("degreeCutoff", 1, 1),
                Metric = metric,
            },
            call.Cancellation);
    }

    private static IEnumerable<Value[]> Similar(AlgorithmCall call)
    {
        foreach ((int first, int second, double similarity) in Pairs(call))
        {
            yield return [call.Id(first), call.Id(second), Value.Of(similarity), call.NodeValue(first), call.NodeValue(second)];
        }
    }

    private static IEnumerable<Value[]> SimilarStats(AlgorithmCall call, TimeProvider time)
    {
        long began = time.GetTimestamp();
        var similarities = new List<double>();
        int last = -1;
        long nodes = 0;
        foreach ((int first, _, double similarity) in Pairs(call))
        {
            similarities.Add(similarity);
            nodes += first != last ? 1 : 0;
            last = first;
        }

        Value took = AlgorithmProcedures.Millis(time, began);
        yield return [Value.Of(nodes), Value.Of((long)similarities.Count), AlgorithmProcedures.Distribution(similarities), took];
    }
}
