using System.Numerics;
using AuraMemory.Graph.Query.Evaluation;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>What a step found for pairs of nodes, so that it need not look again when they come again. It decides by itself whether that is worth while.</summary>
/// <remarks>
/// A direct-mapped table, so that forgetting is free; it grows while it sees pairs that do not come again, as they may do so later than it remembers, and ends when they never do, or when
/// looking costs no more than remembering.
/// A generalisation of the cache of the last intersection of A. Mhedhbi, S. Salihoglu, PVLDB 12(11), 2019, section 5.
/// </remarks>
/// <param name="context">Whom memory is charged to.</param>
/// <param name="isCheap">Whether findings are kept from the start; otherwise pairs are only watched until half of them come again within a window, and again when few do.</param>
internal sealed class PairMemo<T>(QueryContext context, bool isCheap)
    where T : struct
{
    private const long None = -1;
    private const int First = 1 << 10;
    private const int Growth = 4;
    private const int Fruitless = 512;
    private const int BytesEach = 24;
    private const int LittleWork = 8;
    private readonly bool _isCheap = isCheap;
    private long[] _pairs = [];
    private T?[] _found = [];
    private bool _keeps = isCheap;
    private int _place;
    private int _seen = -PairMemo.Idle;
    private int _again;
    private int _windows;
    private int _without;
    private long _worked;

    /// <summary>Whether what is found for the pair that was asked for last is to be kept.</summary>
    public bool IsWanted { get; private set; }

    /// <summary>Looks a pair up, and takes it in.</summary>
    /// <param name="one">A node.</param>
    /// <param name="two">A node.</param>
    /// <param name="work">Steps along rows that looking has cost so far, in all.</param>
    /// <returns>What was found for it; null = not known.</returns>
    public T? Find(int one, int two, long work)
    {
        IsWanted = false;
        if (_without == Fruitless || ++_seen <= 0)
        {
            return null;
        }

        if (_pairs.Length == 0)
        {
            if (!PairMemo.HasRoom(context, First * BytesEach))
            {
                _without = Fruitless;
                return null;
            }

            Grow(First);
        }
        else if (_seen > PairMemo.Window)
        {
            Judge(work);
            if (_without == Fruitless)
            {
                return null;
            }
        }

        long pair = ((long)one << 32) | (uint)two;
        _place = Place(pair, _pairs.Length);
        IsWanted = _keeps;
        if (_pairs[_place] == pair)
        {
            _again++;
            return _found[_place];
        }

        _pairs[_place] = pair;
        _found[_place] = null;
        return null;
    }

    /// <summary>Keeps what was found for the pair that was asked for last, when it is wanted.</summary>
    public void Keep(T found) => _found[_place] = found;

    /// <summary>Forgets all findings.</summary>
    public void Clear() => Array.Clear(_found);

    private static int Place(long pair, int places) => (int)(((ulong)pair * 0x9E3779B97F4A7C15UL) >> (64 - BitOperations.Log2((uint)places)));

    // At the end of a window, with the first pair of the next.
    private void Judge(long work)
    {
        bool isFruitful = _again >= PairMemo.Window / 4;
        _keeps = _isCheap || _again >= (_keeps ? PairMemo.Window / 4 : PairMemo.Window / 2);
        bool isLittle = work - _worked < LittleWork * PairMemo.Window;
        _without = isFruitful ? 0 : isLittle ? Fruitless : _without + 1;
        _worked = work;
        (_seen, _again) = (1, 0);
        _windows++;
        if (_without == Fruitless)
        {
            context.Charge(-(long)_pairs.Length * BytesEach);
            (_pairs, _found) = ([], []);
        }
        else if (!isFruitful && _pairs.Length < PairMemo.Most && _windows * PairMemo.Window >= _pairs.Length
            && PairMemo.HasRoom(context, (long)_pairs.Length * Growth * BytesEach))
        {
            Grow(_pairs.Length * Growth);
        }
    }

    private void Grow(int places)
    {
        context.Charge((long)(places - _pairs.Length) * BytesEach);
        (long[] pairs, T?[] found) = (_pairs, _found);
        (_pairs, _found) = (new long[places], new T?[places]);
        Array.Fill(_pairs, None);
        for (int i = 0; i < pairs.Length; i++)
        {
            if (pairs[i] != None)
            {
                int place = Place(pairs[i], places);
                (_pairs[place], _found[place]) = (pairs[i], found[i]);
            }
        }
    }
}

/// <summary>What others know of a <see cref="PairMemo{T}"/>.</summary>
internal static class PairMemo
{
    /// <summary>Pairs it can know at a time, at most.</summary>
    public const int Most = 1 << 16;

    /// <summary>Pairs before it takes any in.</summary>
    public const int Idle = 64;

    /// <summary>Pairs after which it judges whether they come again.</summary>
    public const int Window = 256;

    /// <summary>Whether so many bytes more leave half of the query's memory free: remembering must not end a query that could go on without.</summary>
    public static bool HasRoom(QueryContext context, long bytes) => context.Charged + bytes <= context.Limits.Memory / 2;
}
