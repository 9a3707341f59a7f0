using AuraMemory.Engine.Access;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Movement;

/// <summary>Walks the memory tiers and copies what is used there into the persistent pool, a little at a time.</summary>
internal sealed class PoolWarmer(StoreParts parts) : IDisposable
{
    private const int SegmentsPerStep = 64;
    private const int CopiesPerStep = 4000;
    private const long ClosingNs = 5_000_000_000;

    private readonly List<ulong> _hashes = [];
    private readonly ObjectBuffer _buffer = new();
    private int _tier;
    private int _segment;

    /// <summary>Objects copied since the start.</summary>
    public long Copied { get; private set; }

    /// <summary>One step of the walk; it begins anew after the last segment.</summary>
    public void Step()
    {
        if (parts.Pool is null)
        {
            return;
        }

        int copies = 0;
        for (int looked = 0; looked < SegmentsPerStep && copies < CopiesPerStep; looked++)
        {
            copies += Next(openToo: false);
        }
    }

    /// <summary>Walks everything once, open segments too, for at most five seconds: before the store closes.</summary>
    public void Finish()
    {
        if (parts.Pool is null)
        {
            return;
        }

        long start = Nanoseconds.Now;
        _tier = 0;
        _segment = 0;
        do
        {
            Next(openToo: true);
        }
        while ((_tier, _segment) != (0, 0) && Nanoseconds.Since(start) < ClosingNs);
    }

    public void Dispose() => _buffer.Dispose();

    private int Next(bool openToo)
    {
        Arena arena = parts.Memory.Arenas[_tier];
        int copies = 0;
        if (_segment < arena.SegmentCount)
        {
            _hashes.Clear();
            parts.Memory.CollectWarm(arena.Tier, _segment, openToo, _hashes);
            foreach (ulong hash in _hashes)
            {
                copies += parts.Memory.Warm(hash, _buffer) ? 1 : 0;
            }

            Copied += copies;
            _segment++;
        }

        if (_segment >= arena.SegmentCount)
        {
            _segment = 0;
            _tier = (_tier + 1) % TierIds.MemoryCount;
        }

        return copies;
    }
}
