using System.Buffers;

namespace AuraMemory.Topology.Filtrations;

/// <summary>Persistent homology of a series: sub- and superlevel sets of the piecewise linear function through its samples.</summary>
/// <remarks>
/// Only dimension 0 is not trivial. A class is born at a local minimum and dies at the local maximum over which its valley spills into a deeper one
/// (elder rule; Edelsbrunner and Harer, Computational Topology, 2010, VII.1). The single class that never dies is born at the global minimum.
/// </remarks>
public static class SeriesPersistence
{
    /// <summary>Dimension 0 of the sublevel sets. O(n) and a sort of the bars; the samples themselves are not sorted.</summary>
    /// <param name="samples">Finite numbers in their order; none gives the empty diagram.</param>
    /// <exception cref="ArgumentException">A sample is not finite.</exception>
    public static Diagram Sublevel(ReadOnlySpan<double> samples) => Compute(samples, 1);

    /// <summary>Dimension 0 of the superlevel sets, computed as the sublevel sets of the negated samples: births and deaths are negated samples. O(n).</summary>
    /// <param name="samples">Finite numbers in their order; none gives the empty diagram.</param>
    /// <exception cref="ArgumentException">A sample is not finite.</exception>
    public static Diagram Superlevel(ReadOnlySpan<double> samples) => Compute(samples, -1);

    /// <remarks>
    /// A stack holds the valleys to the left of the current one, each with the pass that separates it from what comes after; the passes fall from bottom to
    /// top. When a pass is found that is not lower than the topmost one, nothing that comes later can be joined across the topmost one first: it is settled.
    /// So every pass is pushed and popped once.
    /// </remarks>
    private static Diagram Compute(ReadOnlySpan<double> samples, double sign)
    {
        Inputs.Finite.Require(samples, nameof(samples));
        if (samples.Length == 0)
        {
            return Diagram.Empty;
        }

        // A series of n samples has at most n / 2 passes, and as many bars and the essential one.
        int most = (samples.Length / 2) + 1;
        Valley[] stack = ArrayPool<Valley>.Shared.Rent(most);
        Bar[] bars = ArrayPool<Bar>.Shared.Rent(most);
        int depth = 0;
        int count = 0;
        double floor = sign * samples[0];
        double last = floor;
        bool rising = false;
        foreach (double sample in samples)
        {
            double value = sign * sample;
            if (value > last)
            {
                rising = true;
            }
            else if (value < last)
            {
                if (rising)
                {
                    while (depth > 0 && stack[depth - 1].Pass <= last)
                    {
                        floor = Join(stack[--depth], floor, bars, ref count);
                    }

                    stack[depth++] = new Valley(floor, last);
                    floor = value;
                    rising = false;
                }
                else
                {
                    floor = value;
                }
            }

            last = value;
        }

        while (depth > 0)
        {
            floor = Join(stack[--depth], floor, bars, ref count);
        }

        bars[count++] = new Bar(floor, double.PositiveInfinity);
        var diagram = new Diagram(bars.AsSpan(0, count));
        ArrayPool<Valley>.Shared.Return(stack);
        ArrayPool<Bar>.Shared.Return(bars);
        return diagram;
    }

    private static double Join(Valley left, double floor, Bar[] bars, ref int count)
    {
        bars[count++] = new Bar(Math.Max(left.Floor, floor), left.Pass);
        return Math.Min(left.Floor, floor);
    }

    private readonly record struct Valley(double Floor, double Pass);
}
