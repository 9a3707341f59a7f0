namespace AuraMemory.Topology;

/// <summary>The persistence diagram of one homology dimension: a multiset of bars, immutable.</summary>
/// <remarks>
/// Kept in canonical order, so that equal diagrams are equal sequences: finite bars by falling persistence, then by birth;
/// essential bars by birth. Bars of length zero are not points of a diagram and are dropped.
/// </remarks>
public sealed class Diagram
{
    private readonly Bar[] _bars;
    private readonly int _finite;

    /// <summary>Makes a diagram from bars in any order. O(n log n).</summary>
    /// <param name="bars">Bars; those with death = birth are left out.</param>
    /// <exception cref="ArgumentException">A birth is not finite, or a death is NaN or below its birth.</exception>
    public Diagram(ReadOnlySpan<Bar> bars)
    {
        var kept = new Bar[bars.Length];
        int count = 0;
        foreach (Bar bar in bars)
        {
            if (!double.IsFinite(bar.Birth) || !(bar.Death >= bar.Birth))
            {
                throw new ArgumentException($"({bar.Birth}, {bar.Death}) is not a bar: the birth must be finite and the death not before it.", nameof(bars));
            }

            if (bar.Death > bar.Birth)
            {
                // Minus zero would make equal diagrams differ in their bytes.
                kept[count++] = new Bar(bar.Birth + 0.0, bar.Death + 0.0);
            }
        }

        Array.Sort(kept, 0, count, CanonicalOrder.Instance);
        _bars = count == kept.Length ? kept : kept[..count];
        while (_finite < count && !_bars[_finite].IsEssential)
        {
            _finite++;
        }
    }

    /// <summary>The diagram without bars.</summary>
    public static Diagram Empty { get; } = new([]);

    /// <summary>Finite bars, longest first.</summary>
    public ReadOnlySpan<Bar> Finite => _bars.AsSpan(0, _finite);

    /// <summary>Classes that never die, by birth.</summary>
    public ReadOnlySpan<Bar> Essential => _bars.AsSpan(_finite);

    /// <summary>All bars: the finite ones, then the essential ones.</summary>
    public ReadOnlySpan<Bar> Bars => _bars;

    /// <summary>Number of bars.</summary>
    public int Count => _bars.Length;

    /// <summary>Number of classes that live longer than <paramref name="noise"/>, essential ones included. O(log n).</summary>
    /// <param name="noise">Bars not longer than this are left out; not negative.</param>
    public int CountAbove(double noise)
    {
        int low = 0;
        int high = _finite;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_bars[middle].Persistence > noise)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low + _bars.Length - _finite;
    }

    private sealed class CanonicalOrder : IComparer<Bar>
    {
        public static CanonicalOrder Instance { get; } = new();

        public int Compare(Bar x, Bar y)
        {
            if (x.IsEssential || y.IsEssential)
            {
                return x.IsEssential == y.IsEssential ? x.Birth.CompareTo(y.Birth) : x.IsEssential.CompareTo(y.IsEssential);
            }

            int order = y.Persistence.CompareTo(x.Persistence);
            return order != 0 ? order : x.Birth.CompareTo(y.Birth) is var birth && birth != 0 ? birth : x.Death.CompareTo(y.Death);
        }
    }
}
