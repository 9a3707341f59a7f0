using System.Runtime.CompilerServices;

namespace AuraMemory.Topology.Rips;

/// <summary>
/// A priority queue of walkers by edge rank: one linked list a rank, and a <see cref="BitLadder"/> of the ranks that have one.
/// Insert and next are a constant number of steps; the walkers of a rank come out in no particular order.
/// </summary>
internal sealed unsafe class RankQueue(int ranks) : IDisposable
{
    private const int End = -1;

    private readonly BitLadder _waiting = new(ranks);
    private readonly NativeBlock<int> _heads = new(ranks);

    /// <summary>Adds a walker to a rank.</summary>
    /// <param name="rank">Rank.</param>
    /// <param name="walker">Number of the walker.</param>
    /// <param name="next">Gets the walker that stood first before, or -1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Insert(int rank, int walker, out int next)
    {
        int* head = _heads.Pointer + rank;
        bool first = _waiting.TryAdd(rank);
        next = first ? End : *head;
        *head = walker;
    }

    /// <summary>Smallest rank not below <paramref name="from"/> that has walkers, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(int from) => _waiting.Next(from);

    /// <summary>Empties a rank that has walkers.</summary>
    /// <returns>The first of them.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take(int rank)
    {
        _waiting.Remove(rank);
        return _heads.Pointer[rank];
    }

    /// <summary>Forgets all walkers.</summary>
    public void Clear() => _waiting.Clear();

    public void Dispose()
    {
        _waiting.Dispose();
        _heads.Dispose();
    }
}
