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
        int essential = bars.Length;
        foreach (Bar bar in bars)
        {
            if (!double.IsFinite(bar.Birth) || !(bar.Death >= bar.Birth))
            {
                throw new ArgumentException($"({bar.Birth}, {bar.Death}) is not a bar: the birth must be finite and the death not before it.", nameof(bars));
            }

            if (bar.Death > bar.Birth)
            {
                // Minus zero would make equal diagrams differ in their bytes.
                kept[bar.IsEssential ? --essential : _finite++] = new Bar(bar.Birth + 0.0, bar.Death + 0.0);
            }
        }

        var keys = new double[bars.Length];
        for (int i = 0; i < _finite; i++)
        {
            keys[i] = -kept[i].Persistence;
        }

        for (int i = essential; i < kept.Length; i++)
        {
            keys[i] = kept[i].Birth;
        }

        // Sorting plain numbers is several times as fast as calling a comparer, which is left for equal lengths.
        Array.Sort(keys, kept, 0, _finite);
        Array.Sort(keys, kept, essential, kept.Length - essential);
        for (int start = 0; start < _finite;)
        {
            int end = start + 1;
            while (end < _finite && keys[end] == keys[start])
            {
                end++;
            }

            if (end - start > 1)
            {
                Array.Sort(kept, start, end - start, ByBirth.Instance);
            }

            start = end;
        }

        if (essential > _finite)
        {
            kept.AsSpan(essential).CopyTo(kept.AsSpan(_finite));
            kept = kept[..(_finite + kept.Length - essential)];
        }

        _bars = kept;
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

    private sealed class ByBirth : IComparer<Bar>
    {
        public static ByBirth Instance { get; } = new();

        public int Compare(Bar x, Bar y)
        {
            int order = x.Birth.CompareTo(y.Birth);
            return order != 0 ? order : x.Death.CompareTo(y.Death);
        }
    }
}
