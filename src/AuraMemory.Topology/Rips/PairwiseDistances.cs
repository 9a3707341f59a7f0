using System.Numerics;
using System.Runtime.InteropServices;
using AuraMemory.Topology.Inputs;

namespace AuraMemory.Topology.Rips;

/// <summary>Euclidean distances of all pairs of points, coordinate by coordinate over many points at a time.</summary>
internal sealed class PairwiseDistances
{
    // Squares of what is smaller or larger than these would lose digits at the ends of the range of a double.
    private const double LeastPlain = 1e-140;
    private const double MostPlain = 1e140;

    private readonly double[] _columns;
    private readonly int _count;
    private readonly int _dimension;
    private readonly double _scale = 1;

    /// <summary>Lays the coordinates out column by column, scaled by a power of two where squares would over- or underflow.</summary>
    public PairwiseDistances(PointCloud points)
    {
        _count = points.Count;
        _dimension = points.Dimension;
        _columns = new double[_count * _dimension];
        ReadOnlySpan<double> rows = points.Coordinates.Span;
        double largest = 0;
        foreach (double coordinate in rows)
        {
            largest = Math.Max(largest, Math.Abs(coordinate));
        }

        if (largest > 0 && largest is < LeastPlain or > MostPlain)
        {
            // A power of two changes no digit; at most 2^-1020, so that its reciprocal is finite.
            _scale = Math.ScaleB(1, Math.Clamp(Math.ILogB(largest), -1020, 1020));
        }

        for (int i = 0; i < _count; i++)
        {
            for (int k = 0; k < _dimension; k++)
            {
                _columns[(k * _count) + i] = rows[(i * _dimension) + k] / _scale;
            }
        }
    }

    /// <summary>Distances from one point to the first of all points.</summary>
    /// <param name="point">Point.</param>
    /// <param name="into">Gets as many distances as it is long, at most the number of points.</param>
    public void From(int point, Span<double> into)
    {
        into.Clear();
        Span<Vector<double>> sums = MemoryMarshal.Cast<double, Vector<double>>(into);
        int done = sums.Length * Vector<double>.Count;
        for (int k = 0; k < _dimension; k++)
        {
            ReadOnlySpan<double> column = _columns.AsSpan(k * _count, into.Length);
            double own = _columns[(k * _count) + point];
            ReadOnlySpan<Vector<double>> wide = MemoryMarshal.Cast<double, Vector<double>>(column);
            var owns = new Vector<double>(own);
            for (int i = 0; i < sums.Length; i++)
            {
                Vector<double> difference = wide[i] - owns;
                sums[i] += difference * difference;
            }

            for (int i = done; i < into.Length; i++)
            {
                double difference = column[i] - own;
                into[i] += difference * difference;
            }
        }

        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] = Vector.SquareRoot(sums[i]) * _scale;
        }

        for (int i = done; i < into.Length; i++)
        {
            into[i] = Math.Sqrt(into[i]) * _scale;
        }
    }

    /// <summary>The matrix of all distances; two points too far apart for a double are never joined. O(n^2 d).</summary>
    public DistanceMatrix Matrix(CancellationToken cancellation)
    {
        var lower = new double[(long)_count * (_count - 1) / 2];
        for (int i = 1; i < _count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            From(i, lower.AsSpan((int)((long)i * (i - 1) / 2), i));
        }

        return new DistanceMatrix(lower, _count);
    }
}
