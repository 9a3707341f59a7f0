using System.Numerics;
using AuraMemory.Graph.Query.Evaluation;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>Which pairs of nodes a step has looked at before, so that it need not look again. It decides by itself whether that is worth while.</summary>
/// <remarks>
/// A direct-mapped table, so that forgetting is free. Pairs are only watched at first; their findings are kept once half of them come again within a window, and
/// no longer when few do. A generalisation of the cache of the last intersection of A. Mhedhbi, S. Salihoglu, PVLDB 12(11), 2019, section 5.
/// </remarks>
internal sealed class PairMemo(QueryContext context)
{
    /// <summary>Pairs it can know at a time.</summary>
    public const int Places = 4096;

    private const long None = -1;
    private const int Idle = 64;
    private const int Window = 256;
    private const int Fruitless = 128;
    private const int BytesEach = 16;
    private long[]? _pairs;
    private bool _keeps;
    private int _seen = -Idle;
    private int _again;
    private int _without;

    /// <summary>Looks a pair up, and takes it in.</summary>
    /// <param name="one">A node.</param>
    /// <param name="two">A node.</param>
    /// <param name="isKnown">Whether what was found for it is kept.</param>
    /// <returns>The place where its findings are, or are to be kept; -1 = they are not to be kept.</returns>
    public int Place(int one, int two, out bool isKnown)
    {
        isKnown = false;
        if (++_seen <= 0 || _without == Fruitless)
        {
            return -1;
        }

        _pairs ??= Made();
        long pair = ((long)one << 32) | (uint)two;
        int place = (int)((((ulong)pair * 0x9E3779B97F4A7C15UL) >> (64 - BitOperations.Log2(Places))));
        bool isAgain = _pairs[place] == pair;
        _pairs[place] = pair;
        _again += isAgain ? 1 : 0;
        bool kept = _keeps;
        if (_seen == Window)
        {
            Judge();
        }

        isKnown = isAgain && kept && _keeps;
        return kept && _keeps ? place : -1;
    }

    /// <summary>Forgets all findings.</summary>
    public void Clear() => Array.Fill(_pairs!, None);

    private void Judge()
    {
        bool wasKept = _keeps;
        _keeps = _again >= (wasKept ? Window / 4 : Window / 2);
        _without = _keeps ? 0 : _without + 1;
        (_seen, _again) = (0, 0);
        if (_keeps && !wasKept)
        {
            // The pairs were only watched: nothing is kept of them.
            Clear();
        }
    }

    private long[] Made()
    {
        context.Charge(Places * BytesEach);
        var pairs = new long[Places];
        Array.Fill(pairs, None);
        return pairs;
    }
}
