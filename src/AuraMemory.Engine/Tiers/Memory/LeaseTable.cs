using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Memory;

/// <summary>The leases on large values, bounded in number and time.</summary>
/// <remarks>
/// A lease pins the segment of one record. When the table is full the read is throttled, not queued. A reclaimer that meets a
/// pinned segment calls <see cref="RevokeOverdue"/>: a lease past its deadline ends as soon as the chunk being copied, if any,
/// is done. So a slow client holds nothing up for longer than the lease time.
/// </remarks>
internal sealed unsafe class LeaseTable
{
    private readonly Lock _gate = new();
    private readonly HashSet<ArenaLease> _held;
    private readonly StoreClock _clock;
    private readonly int _most;
    private readonly long _milliseconds;

    public LeaseTable(StoreClock clock, int most, TimeSpan duration)
    {
        _clock = clock;
        _most = most;
        _milliseconds = (long)duration.TotalMilliseconds;
        _held = new HashSet<ArenaLease>(most);
    }

    /// <summary>Leases held now.</summary>
    public int Held
    {
        get
        {
            lock (_gate)
            {
                return _held.Count;
            }
        }
    }

    /// <summary>Leases a record's data; the caller holds the record's bucket lock. Null when the table is full.</summary>
    public ArenaLease? TryLease(Arena arena, byte* record, byte* data, int bytes)
    {
        lock (_gate)
        {
            if (_held.Count >= _most)
            {
                return null;
            }

            // Pinned last: a pin without a lease, for want of memory, would keep its segment for ever.
            var lease = new ArenaLease(this, arena, record, data, bytes, _clock.NowMs + _milliseconds);
            _held.Add(lease);
            arena.Pin(record);
            return lease;
        }
    }

    /// <summary>Revokes the leases whose time is over.</summary>
    public int RevokeOverdue() => Revoke(_clock.NowMs);

    /// <summary>Revokes all leases: before the memory they are on goes.</summary>
    public void RevokeAll() => Revoke(long.MaxValue);

    private int Revoke(long now)
    {
        List<ArenaLease> overdue = [];
        lock (_gate)
        {
            foreach (ArenaLease lease in _held)
            {
                if (lease.DeadlineMs <= now)
                {
                    overdue.Add(lease);
                }
            }
        }

        foreach (ArenaLease lease in overdue)
        {
            lease.Dispose();
        }

        return overdue.Count;
    }

    internal void Ended(ArenaLease lease)
    {
        lock (_gate)
        {
            _held.Remove(lease);
        }
    }
}

/// <summary>A lease on a record in an arena.</summary>
internal sealed unsafe class ArenaLease : ReadLease
{
    private readonly Lock _gate = new();
    private readonly LeaseTable _table;
    private readonly Arena _arena;
    private readonly byte* _record;
    private readonly byte* _data;
    private bool _ended;

    internal ArenaLease(LeaseTable table, Arena arena, byte* record, byte* data, int bytes, long deadlineMs)
    {
        _table = table;
        _arena = arena;
        _record = record;
        _data = data;
        Bytes = bytes;
        DeadlineMs = deadlineMs;
    }

    /// <inheritdoc/>
    public override int Bytes { get; }

    /// <summary>Unix time, milliseconds, after which the lease may be revoked.</summary>
    public long DeadlineMs { get; }

    /// <inheritdoc/>
    public override bool TryCopy(int offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)offset + destination.Length, Bytes);
        lock (_gate)
        {
            if (_ended)
            {
                return false;
            }

            new ReadOnlySpan<byte>(_data + offset, destination.Length).CopyTo(destination);
            return true;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
        }

        _arena.Unpin(_record);
        _table.Ended(this);
    }
}
