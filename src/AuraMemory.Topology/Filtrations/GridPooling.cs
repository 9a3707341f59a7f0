using AuraMemory.Topology.Inputs;

namespace AuraMemory.Topology.Filtrations;

/// <summary>A coarser grid, and how far it is from the one it was made of.</summary>
/// <param name="Grid">Half the extents, rounded up.</param>
/// <param name="Deviation">Largest difference between a value and the one that stands for it; bounds the bottleneck distance of the diagrams.</param>
internal readonly record struct PooledGrid(ValueGrid Grid, double Deviation);

/// <summary>Halves the extents of a grid that is too large to be analysed whole.</summary>
/// <remarks>
/// A block of 2 x 2 (x 2) values gets the middle of its range. The blown-up coarse grid, each value repeated over its block, has the diagrams of the coarse one, for its sublevel
/// sets are the same spaces up to stretching; and it differs from the fine one by at most half the range of a block. So by stability (Cohen-Steiner, Edelsbrunner, Harer, 2007) the
/// diagrams differ by at most that in the bottleneck distance; deviations of repeated halving add up.
/// </remarks>
internal static class GridPooling
{
    /// <summary>Halves every extent, rounding up. O(n).</summary>
    public static PooledGrid Halve(ValueGrid grid)
    {
        int rank = grid.Extents.Count;
        int depth = rank == 3 ? grid.Extents[0] : 1;
        int height = grid.Extents[rank - 2];
        int width = grid.Extents[rank - 1];
        int smallHeight = (height + 1) / 2;
        int smallWidth = (width + 1) / 2;
        int smallDepth = (depth + 1) / 2;
        int count = smallDepth * smallHeight * smallWidth;
        var low = new double[count];
        var high = new double[count];
        Array.Fill(low, double.PositiveInfinity);
        Array.Fill(high, double.NegativeInfinity);
        ReadOnlySpan<double> values = grid.Values.Span;
        int next = 0;
        for (int z = 0; z < depth; z++)
        {
            for (int y = 0; y < height; y++)
            {
                int row = (((z >> 1) * smallHeight) + (y >> 1)) * smallWidth;
                for (int x = 0; x < width; x++)
                {
                    double value = values[next++];
                    int block = row + (x >> 1);
                    low[block] = Math.Min(low[block], value);
                    high[block] = Math.Max(high[block], value);
                }
            }
        }

        double deviation = 0;
        for (int i = 0; i < count; i++)
        {
            double middle = (low[i] / 2) + (high[i] / 2);
            deviation = Math.Max(deviation, Math.Max(high[i] - middle, middle - low[i]));
            low[i] = middle;
        }

        return new PooledGrid(rank == 3 ? new ValueGrid(low, smallDepth, smallHeight, smallWidth) : new ValueGrid(low, smallHeight, smallWidth), deviation);
    }
}
