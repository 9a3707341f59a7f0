namespace AuraMemory.Graph.Storage;

/// <summary>How many different values a property has, from a sample of nodes.</summary>
/// <remarks>M. Charikar, S. Chaudhuri, R. Motwani, V. Narasayya, Towards Estimation Error Guarantees for Distinct Values, 2000 (GEE): values met once are scaled by the root of the sampling rate.</remarks>
internal static class DistinctEstimate
{
    private const int Sample = 2048;

    /// <summary>Estimates; 0 when no sampled node has the property in a kind that can be compared.</summary>
    public static double Of(GraphView view, int label, int key)
    {
        long nodes = view.CountNodes(label);
        uint stride = (uint)Math.Max(1, nodes / Sample);
        var counts = new Dictionary<int, int>();
        Span<int> some = stackalloc int[256];
        long position = 0, sampled = 0, with = 0;
        for (int count = view.Scan(label, ref position, some); count > 0; count = view.Scan(label, ref position, some))
        {
            foreach (int node in some[..count])
            {
                // By a hash of the number: a stride would see one value only of a property that repeats with its length.
                if ((((uint)node * 2654435761u) >> 8) % stride != 0)
                {
                    continue;
                }

                sampled++;
                if (PropertyIndex.TryHash(view.NodeProperty(node, key), out int hash))
                {
                    with++;
                    counts[hash] = counts.GetValueOrDefault(hash) + 1;
                }
            }
        }

        if (with == 0)
        {
            return 0;
        }

        int once = 0;
        foreach (int times in counts.Values)
        {
            once += times == 1 ? 1 : 0;
        }

        double all = with * ((double)nodes / sampled);
        return once == with ? all : Math.Min(all, counts.Count + ((Math.Sqrt(all / with) - 1) * once));
    }
}
