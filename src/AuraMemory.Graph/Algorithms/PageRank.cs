using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AuraMemory.Graph.Algorithms;

/// <summary>Settings of <see cref="PageRank"/>.</summary>
public sealed record PageRankOptions
{
    /// <summary>Share of rank that follows edges; in [0, 1).</summary>
    public double Damping { get; init; } = 0.85;

    /// <summary>Most iterations.</summary>
    public int MaxIterations { get; init; } = 20;

    /// <summary>Ends when no rank changed by more; 0 = all iterations are made.</summary>
    public double Tolerance { get; init; } = 1e-7;

    /// <summary>
    /// False: ranks are (1 - d) + d * sum, rank that reaches a node without edges is lost (Neo4j GDS). True: ranks sum to 1, and rank at nodes
    /// without edges is spread over all (Page et al. 1999 as igraph and networkx compute it).
    /// </summary>
    public bool Normalized { get; init; }

    /// <summary>Nodes the surfer starts again from; empty = all.</summary>
    public IReadOnlyList<int> Sources { get; init; } = [];
}

/// <summary>Ranks, and how they were reached.</summary>
/// <param name="Scores">By node of the <see cref="AlgorithmGraph"/>.</param>
/// <param name="Iterations">Iterations made.</param>
/// <param name="Converged">Whether the tolerance was met.</param>
public sealed record PageRankResult(double[] Scores, int Iterations, bool Converged);

/// <summary>PageRank by power iteration that pulls along reversed edges: O(nodes + edges) an iteration, 8 bytes a node three times over.</summary>
/// <remarks>L. Page, S. Brin, R. Motwani, T. Winograd, The PageRank Citation Ranking, 1999. Deterministic: sums are taken in a fixed order.</remarks>
public static class PageRank
{
    /// <summary>Ranks the nodes.</summary>
    /// <param name="graph">The graph; its weights count when it has some.</param>
    /// <param name="options">Settings.</param>
    /// <param name="cancellation">Looked at once an iteration.</param>
    public static PageRankResult Compute(AlgorithmGraph graph, PageRankOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        int count = graph.Count;
        if (count == 0)
        {
            return new PageRankResult([], 0, true);
        }

        AlgorithmGraph pull = graph.Reversed();
        double[] inverse = InverseOut(graph);
        double[]? restart = Restart(count, options);
        double each = options.Normalized ? (1 - options.Damping) / count : 1 - options.Damping;
        double[] ranks = new double[count];
        for (int i = 0; i < count; i++)
        {
            ranks[i] = restart is not null ? restart[i] : options.Normalized ? 1.0 / count : each;
        }

        double[] shares = new double[count];
        int iteration = 0;
        bool converged = false;
        while (iteration < options.MaxIterations && !converged)
        {
            cancellation.ThrowIfCancellationRequested();
            double dangling = 0;
            for (int i = 0; i < count; i++)
            {
                shares[i] = ranks[i] * inverse[i];
                dangling += inverse[i] == 0 ? ranks[i] : 0;
            }

            double spread = options.Normalized ? options.Damping * dangling / count : 0;
            double change = pull.WeightArray is { } weights
                ? WeightedStep(pull, weights, shares, ranks, options.Damping, each + spread, restart, spread)
                : Step(pull, shares, ranks, options.Damping, each + spread, restart, spread);
            iteration++;
            converged = options.Tolerance > 0 && change < options.Tolerance;
        }

        return new PageRankResult(ranks, iteration, converged);
    }

    private static double[] InverseOut(AlgorithmGraph graph)
    {
        var inverse = new double[graph.Count];
        for (int i = 0; i < inverse.Length; i++)
        {
            double sum = graph.Degree(i);
            if (graph.IsWeighted)
            {
                sum = 0;
                foreach (double weight in graph.Weights[graph.Starts[i]..graph.Starts[i + 1]])
                {
                    sum += weight;
                }
            }

            inverse[i] = sum > 0 ? 1 / sum : 0;
        }

        return inverse;
    }

    private static double[]? Restart(int count, PageRankOptions options)
    {
        if (options.Sources.Count == 0)
        {
            return null;
        }

        var restart = new double[count];
        double share = options.Normalized ? (1 - options.Damping) / options.Sources.Count : 1 - options.Damping;
        foreach (int source in options.Sources)
        {
            restart[source] = share;
        }

        return restart;
    }

    private static double Step(
        AlgorithmGraph pull, double[] shares, double[] ranks, double damping, double floor, double[]? restart, double spread)
    {
        int[] starts = pull.StartArray;
        ref int targets = ref MemoryMarshal.GetArrayDataReference(pull.TargetArray);
        ref double share = ref MemoryMarshal.GetArrayDataReference(shares);
        double change = 0;
        int e = 0;
        for (int i = 0; i < ranks.Length; i++)
        {
            int end = starts[i + 1];
            double a = 0, b = 0, c = 0, d = 0;
            for (; e + 4 <= end; e += 4)
            {
                a += Unsafe.Add(ref share, Unsafe.Add(ref targets, e));
                b += Unsafe.Add(ref share, Unsafe.Add(ref targets, e + 1));
                c += Unsafe.Add(ref share, Unsafe.Add(ref targets, e + 2));
                d += Unsafe.Add(ref share, Unsafe.Add(ref targets, e + 3));
            }

            for (; e < end; e++)
            {
                a += Unsafe.Add(ref share, Unsafe.Add(ref targets, e));
            }

            double rank = (restart is null ? floor : restart[i] + spread) + (damping * (a + b + (c + d)));
            change = Math.Max(change, Math.Abs(rank - ranks[i]));
            ranks[i] = rank;
        }

        return change;
    }

    private static double WeightedStep(
        AlgorithmGraph pull, double[] weights, double[] shares, double[] ranks, double damping, double floor, double[]? restart, double spread)
    {
        int[] starts = pull.StartArray;
        int[] targets = pull.TargetArray;
        double change = 0;
        for (int i = 0; i < ranks.Length; i++)
        {
            double sum = 0;
            for (int e = starts[i]; e < starts[i + 1]; e++)
            {
                sum += shares[targets[e]] * weights[e];
            }

            double rank = (restart is null ? floor : restart[i] + spread) + (damping * sum);
            change = Math.Max(change, Math.Abs(rank - ranks[i]));
            ranks[i] = rank;
        }

        return change;
    }
}
