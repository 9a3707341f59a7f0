namespace AuraMemory.Bench.Load;

/// <summary>Object numbers in zipf proportion, hot ones scattered over the whole range.</summary>
/// <remarks>
/// The rejection-free generator of Gray et al., "Quickly generating billion-record synthetic databases" (SIGMOD 1994), which
/// YCSB (SoCC 2010) uses too. Ranks are scattered by a multiplication modulo the number of objects, which maps no two ranks to
/// one object unless the multiplier divides it.
/// </remarks>
internal sealed class ZipfKeys
{
    private const ulong Scatter = 2654435761;

    private readonly long _objects;
    private readonly double _theta;
    private readonly double _zeta;
    private readonly double _alpha;
    private readonly double _eta;

    /// <param name="objects">Number of objects.</param>
    /// <param name="theta">Skew, 0 to 1 exclusive; YCSB's is 0.99.</param>
    public ZipfKeys(long objects, double theta = 0.99)
    {
        _objects = objects;
        _theta = theta;
        for (long rank = 1; rank <= objects; rank++)
        {
            _zeta += 1 / Math.Pow(rank, theta);
        }

        _alpha = 1 / (1 - theta);
        _eta = (1 - Math.Pow(2.0 / objects, 1 - theta)) / (1 - ((1 + Math.Pow(0.5, theta)) / _zeta));
    }

    /// <summary>Draws object numbers.</summary>
    public uint[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        var drawn = new uint[count];
        for (int i = 0; i < count; i++)
        {
            drawn[i] = (uint)((UInt128)(ulong)Rank(random.NextDouble()) * Scatter % (ulong)_objects);
        }

        return drawn;
    }

    private long Rank(double u)
    {
        double mass = u * _zeta;
        if (mass < 1)
        {
            return 0;
        }

        return mass < 1 + Math.Pow(0.5, _theta)
            ? 1
            : Math.Min(_objects - 1, (long)(_objects * Math.Pow((_eta * u) - _eta + 1, _alpha)));
    }
}
