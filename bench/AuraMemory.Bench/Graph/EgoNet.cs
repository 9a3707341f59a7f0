using AuraMemory.Graph.Algorithms;

namespace AuraMemory.Bench.Graph;

/// <summary>The nodes within two hops of one and the relationships between them, as a graph of its own.</summary>
/// <param name="Centre">The node it was taken around, in the whole graph.</param>
/// <param name="Nodes">How many nodes; the centre is the first.</param>
/// <param name="Edges">Edges between them, each once.</param>
internal sealed record EgoNet(int Centre, int Nodes, (int A, int B)[] Edges)
{
    /// <summary>Takes one out; null when it is smaller or larger.</summary>
    public static EgoNet? Of(AlgorithmGraph simple, int centre, int fewest, int most)
    {
        var places = new Dictionary<int, int> { [centre] = 0 };
        var nodes = new List<int> { centre };
        for (int hop = 0, at = 0; hop < 2; hop++)
        {
            for (int end = nodes.Count; at < end; at++)
            {
                foreach (int other in simple.Row(nodes[at]))
                {
                    if (places.TryAdd(other, nodes.Count))
                    {
                        nodes.Add(other);
                    }
                }

                if (nodes.Count > most)
                {
                    return null;
                }
            }
        }

        var edges = new List<(int, int)>();
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (int other in simple.Row(nodes[i]))
            {
                if (places.TryGetValue(other, out int j) && i < j)
                {
                    edges.Add((i, j));
                }
            }
        }

        return nodes.Count < fewest ? null : new EgoNet(centre, nodes.Count, [.. edges]);
    }

    /// <summary>The same with other names, and a share of the edges put elsewhere.</summary>
    /// <returns>The copy, and the name of the centre in it.</returns>
    public (EgoNet Copy, int Centre) Relabelled(double noise, Random random)
    {
        int[] names = [.. Enumerable.Range(0, Nodes)];
        random.Shuffle(names);
        var kept = new HashSet<(int, int)>(Edges.Select(e => Ordered(names[e.A], names[e.B])));
        (int, int)[] moved = [.. kept];
        random.Shuffle(moved);
        int count = (int)Math.Round(noise * moved.Length);
        for (int i = 0; i < count; i++)
        {
            kept.Remove(moved[i]);
        }

        for (int tries = 0; kept.Count < Edges.Length && tries < 100 * Edges.Length; tries++)
        {
            (int a, int b) = (random.Next(Nodes), random.Next(Nodes));
            if (a != b && !moved.AsSpan(0, count).Contains(Ordered(a, b)))
            {
                kept.Add(Ordered(a, b));
            }
        }

        return (new EgoNet(Centre, Nodes, [.. kept]), names[0]);
    }

    private static (int, int) Ordered(int a, int b) => a < b ? (a, b) : (b, a);
}
