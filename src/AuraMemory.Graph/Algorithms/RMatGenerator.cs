namespace AuraMemory.Graph.Algorithms;

/// <summary>Edges of a generated graph, sorted by source, then target.</summary>
/// <param name="Nodes">Nodes.</param>
/// <param name="Sources">Source of each edge.</param>
/// <param name="Targets">Target of each edge.</param>
public sealed record GeneratedEdges(int Nodes, int[] Sources, int[] Targets);

/// <summary>Random graphs with heavy-tailed degrees, the same ones everywhere: for benchmarks and tests.</summary>
/// <remarks>
/// R-MAT: D. Chakrabarti, Y. Zhan, C. Faloutsos, R-MAT: A Recursive Model for Graph Mining, 2004, with a = 0.57, b = c = 0.19 and no smoothing. Draw i at level l takes the
/// (i * scale + l + 1)-th output of splitmix64; loops and double edges are dropped; nodes that are left are renamed in the order of a hash.
/// </remarks>
public static class RMatGenerator
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const double A = 0.57;
    private const double B = 0.19;
    private const double C = 0.19;

    /// <summary>Generates a graph. O(draws * scale).</summary>
    /// <param name="scale">Binary logarithm of the nodes before isolated ones are dropped; 1 to 30.</param>
    /// <param name="draws">Edges drawn, before double ones are dropped.</param>
    /// <param name="seed">Equal seeds give equal graphs.</param>
    public static GeneratedEdges Generate(int scale, int draws, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, 30);
        var edges = new long[draws];
        int kept = 0;
        for (int i = 0; i < draws; i++)
        {
            (int u, int v) = Draw(scale, (ulong)i, seed);
            if (u != v)
            {
                edges[kept++] = ((long)u << 32) | (uint)v;
            }
        }

        edges.AsSpan(0, kept).Sort();
        int distinct = 0;
        for (int i = 0; i < kept; i++)
        {
            if (i == 0 || edges[i] != edges[i - 1])
            {
                edges[distinct++] = edges[i];
            }
        }

        int[] names = Rename(scale, edges.AsSpan(0, distinct), seed, out int nodes);
        for (int i = 0; i < distinct; i++)
        {
            edges[i] = ((long)names[edges[i] >> 32] << 32) | (uint)names[(int)edges[i]];
        }

        edges.AsSpan(0, distinct).Sort();
        var sources = new int[distinct];
        var targets = new int[distinct];
        for (int i = 0; i < distinct; i++)
        {
            sources[i] = (int)(edges[i] >> 32);
            targets[i] = (int)edges[i];
        }

        return new GeneratedEdges(nodes, sources, targets);
    }

    private static (int U, int V) Draw(int scale, ulong draw, ulong seed)
    {
        int u = 0, v = 0;
        for (int level = 0; level < scale; level++)
        {
            double x = (Mix(unchecked(seed + (((draw * (ulong)scale) + (ulong)level + 1) * Golden))) >> 11) * (1.0 / (1L << 53));
            bool lower = x >= A + B;
            bool right = (x >= A && x < A + B) || x >= A + B + C;
            u = (u << 1) | (lower ? 1 : 0);
            v = (v << 1) | (right ? 1 : 0);
        }

        return (u, v);
    }

    private static int[] Rename(int scale, ReadOnlySpan<long> edges, ulong seed, out int nodes)
    {
        var names = new int[1 << scale];
        foreach (long edge in edges)
        {
            names[edge >> 32] = 1;
            names[(int)edge] = 1;
        }

        var hashes = new List<(ulong Hash, int Node)>();
        for (int node = 0; node < names.Length; node++)
        {
            if (names[node] != 0)
            {
                hashes.Add((Mix(unchecked((seed ^ 0xABCDEF) + (((ulong)node + 1) * Golden))), node));
            }
        }

        hashes.Sort();
        nodes = hashes.Count;
        for (int name = 0; name < nodes; name++)
        {
            names[hashes[name].Node] = name;
        }

        return names;
    }

    private static ulong Mix(ulong z)
    {
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }
}
