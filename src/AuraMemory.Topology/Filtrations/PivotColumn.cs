using System.Numerics;

namespace AuraMemory.Topology.Filtrations;

/// <summary>One column of a matrix over Z/2 while it is being reduced: a set of rows whose least member is wanted again and again.</summary>
/// <remarks>
/// A tree of 64-bit words: a bit of an upper word says that the word below it is not empty, so adding a row is a flip and seldom more, and
/// the least row is found in one step a level (Bauer, Kerber, Reininghaus, Wagner, PHAT, 2017: bit tree pivot columns).
/// </remarks>
internal sealed class PivotColumn
{
    private readonly ulong[][] _levels;

    /// <summary>An empty column.</summary>
    /// <param name="rows">Number of rows, at least 0.</param>
    public PivotColumn(int rows)
    {
        var levels = new List<ulong[]>();
        int width = Math.Max(1, rows);
        do
        {
            width = (width + 63) >> 6;
            levels.Add(new ulong[width]);
        }
        while (width > 1);

        _levels = [.. levels];
    }

    /// <summary>The least row, or -1.</summary>
    public int Least
    {
        get
        {
            int index = 0;
            for (int level = _levels.Length - 1; level >= 0; level--)
            {
                ulong word = _levels[level][index];
                if (word == 0)
                {
                    return -1;
                }

                index = (index << 6) + BitOperations.TrailingZeroCount(word);
            }

            return index;
        }
    }

    /// <summary>Adds a row: one that is there goes, as 1 + 1 = 0.</summary>
    public void Flip(int row)
    {
        foreach (ulong[] level in _levels)
        {
            ref ulong word = ref level[row >> 6];
            ulong before = word;
            word ^= 1UL << row;

            // Only a word that became empty or ceased to be is news for the level above.
            if (before != 0 && word != 0)
            {
                return;
            }

            row >>= 6;
        }
    }

    /// <summary>Takes all rows out and appends them, rising.</summary>
    public void DrainTo(List<int> rows)
    {
        for (int row = Least; row >= 0; row = Least)
        {
            rows.Add(row);
            Flip(row);
        }
    }
}
