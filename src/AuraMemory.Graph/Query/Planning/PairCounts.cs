namespace AuraMemory.Graph.Query.Planning;

/// <summary>How many different pairs of nodes there are at most among the rows of a set of found nodes: no more than rows of any smaller set that holds both.</summary>
internal sealed class PairCounts
{
    private readonly int _nodes;
    private readonly double[] _counts;

    /// <summary>Of a set.</summary>
    /// <param name="nodes">Nodes of the pattern.</param>
    /// <param name="set">Those that are found, one bit each.</param>
    /// <param name="rows">Rows of the set.</param>
    /// <param name="smaller">Of the sets without one of its nodes; null = they are not connected.</param>
    public PairCounts(int nodes, int set, double rows, PairCounts?[] smaller)
    {
        _nodes = nodes;
        _counts = new double[nodes * nodes];
        Array.Fill(_counts, rows);
        for (int n = 0; n < nodes; n++)
        {
            if ((set >> n & 1) == 0 || smaller[set & ~(1 << n)] is not { } without)
            {
                continue;
            }

            int others = set & ~(1 << n);
            for (int one = 0; one < nodes; one++)
            {
                for (int two = 0; two < nodes && (others >> one & 1) != 0; two++)
                {
                    int pair = (one * nodes) + two;
                    _counts[pair] = (others >> two & 1) != 0 ? Math.Min(_counts[pair], without._counts[pair]) : _counts[pair];
                }
            }
        }
    }

    /// <summary>Pairs of two nodes of the set; of a node with itself, nodes.</summary>
    public double Of(int one, int two) => _counts[(one * _nodes) + two];
}
