using AuraMemory.Engine.Access;
using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Reading;

/// <summary>Reads through the ladder: memory, then the persistent pool, then the home.</summary>
/// <remarks>
/// A copy met below memory is offered to DRAM, where it starts on trial. It is published only if the key's bucket has not
/// changed since before the read (see <see cref="CatalogToken"/>), so a read that was overtaken by a write never leaves an old
/// version behind. Reads of one cold key share one disk read: the others wait for it and then find the object in memory.
/// </remarks>
internal sealed class ObjectReader
{
    private const int FlightLanes = 1024;
    private const uint TouchAfterSeconds = 6 * 3600;

    private readonly StoreParts _parts;
    private readonly MemoryLadder _memory;
    private readonly AccessLanes _lanes;
    private readonly Lock[] _flights = new Lock[FlightLanes];
    private readonly LargeReads _large;

    public ObjectReader(StoreParts parts)
    {
        _parts = parts;
        _memory = parts.Memory;
        _lanes = parts.Lanes;
        _large = parts.LargeReads;
        for (int i = 0; i < FlightLanes; i++)
        {
            _flights[i] = new Lock();
        }
    }

    /// <summary>Reads an object; see <see cref="IObjectStore.Read"/>.</summary>
    public ReadStatus Read(ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        AccessLane lane = _lanes.Current;
        long start = into.Timed || lane.ShouldTime() ? Nanoseconds.Now : 0;
        into.LatencyNs = 0;
        ulong hash = _memory.Catalog.Hash(key);
        ReadStatus status = _memory.TryRead(hash, key, into, lane);
        if (status == ReadStatus.Found)
        {
            Served(lane, hash, into, start);
            return status;
        }

        if (status == ReadStatus.NotFound)
        {
            start = start == 0 ? Nanoseconds.Now : start;
            status = ReadBelow(hash, key, into, lane);
            if (status == ReadStatus.Found)
            {
                Served(lane, hash, into, start);
                return status;
            }
        }

        lane.CountMiss(AccessLane.Nowhere, StoreOperation.Retrieve);
        return status;
    }

    /// <summary>Reads what memory or the pool holds; see <see cref="IObjectStore.TryReadFast"/>.</summary>
    public bool TryReadFast(ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        AccessLane lane = _lanes.Current;
        long start = into.Timed || lane.ShouldTime() ? Nanoseconds.Now : 0;
        into.LatencyNs = 0;
        ulong hash = _memory.Catalog.Hash(key);
        bool found = _memory.TryRead(hash, key, into, lane) == ReadStatus.Found
            || ReadPool(hash, key, into) == ReadStatus.Found;
        if (found)
        {
            Served(lane, hash, into, start);
        }

        return found;
    }

    /// <summary>Reads without leaving a trace; see <see cref="IObjectStore.Peek"/>.</summary>
    public ReadStatus Peek(ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        ulong hash = _memory.Catalog.Hash(key);
        ReadStatus status;
        if (_memory.TryCopy(hash, key, into, out _, out TierId tier))
        {
            into.Tier = tier;
            status = ReadStatus.Found;
        }
        else
        {
            into.LargeCopies = _large;
            status = _parts.Pool is { IsEmpty: false } pool ? pool.Read(key, into) : ReadStatus.NotFound;
            into.Tier = TierId.PmemWarm;
            if (status is ReadStatus.NotFound or ReadStatus.Corrupt)
            {
                _large.Enter();
                try
                {
                    status = _parts.Home.Read(key, into);
                }
                finally
                {
                    _large.Exit();
                }
            }
        }

        if (status == ReadStatus.Found && into.Header.IsExpired(_parts.Clock.NowMs))
        {
            into.Release();
            status = ReadStatus.NotFound;
        }

        return status;
    }

    /// <summary>Reads what is below memory, and offers it to DRAM.</summary>
    public ReadStatus ReadBelow(ulong hash, ReadOnlySpan<byte> key, ObjectBuffer into, AccessLane lane)
    {
        ReadStatus status = ReadPool(hash, key, into);
        if (status is ReadStatus.NotFound or ReadStatus.Corrupt)
        {
            lock (_flights[(int)(hash >> 20) & (FlightLanes - 1)])
            {
                status = _memory.TryRead(hash, key, into, lane);
                status = status == ReadStatus.NotFound ? ReadHome(hash, key, into) : status;
            }
        }

        return status;
    }

    private ReadStatus ReadPool(ulong hash, ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        if (_parts.Pool is not { } pool || pool.IsEmpty)
        {
            return ReadStatus.NotFound;
        }

        into.LargeCopies = _large;
        CatalogToken token = _memory.Catalog.Token(hash);
        ReadStatus status = pool.Read(key, into);
        if (status != ReadStatus.Found)
        {
            return status; // a damaged copy was dropped by the pool; the home has the object
        }

        if (into.Header.IsExpired(_parts.Clock.NowMs))
        {
            into.Release();
            return ReadStatus.NotFound;
        }

        into.Tier = TierId.PmemWarm;
        Offer(hash, key, into, token);
        return status;
    }

    private ReadStatus ReadHome(ulong hash, ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        CatalogToken token = _memory.Catalog.Token(hash);
        if (_memory.TryDescribe(hash, key, out MemoryEntry entry) && entry.Header.IsExpired(_parts.Clock.NowMs))
        {
            return ReadStatus.NotFound; // the home may still have the version that the expired one replaced
        }

        into.LargeCopies = _large;
        ReadStatus status;
        _large.Enter();
        try
        {
            status = _parts.Home.Read(key, into);
        }
        finally
        {
            _large.Exit();
        }

        if (status != ReadStatus.Found)
        {
            return status;
        }

        _large.Met(into.DataBytes);

        if (into.Header.IsExpired(_parts.Clock.NowMs))
        {
            into.Release();
            return ReadStatus.NotFound;
        }

        // Counts of objects that left memory are what the sketch remembers of them.
        into.AccessCount = _parts.Sketch.Estimate(hash) + 1;
        into.LastAccessSeconds = 0;
        uint now = _memory.NowSeconds;
        if (now - Math.Min(now, into.Header.StoredSeconds) > TouchAfterSeconds)
        {
            _parts.Home.Touch(key, now);
        }

        Offer(hash, key, into, token);
        return status;
    }

    private void Offer(ulong hash, ReadOnlySpan<byte> key, ObjectBuffer into, in CatalogToken token)
    {
        ObjectImage image = into.Image(key);
        if (_memory.AdmitsToDram(image))
        {
            _memory.Fill(hash, image, TierId.Dram, token, into.AccessCount, prefetched: false, force: false);
        }
    }

    private static void Served(AccessLane lane, ulong hash, ObjectBuffer into, long start)
    {
        lane.CountHit((int)into.Tier, StoreOperation.Retrieve, into.DataBytes);
        lane.Post(hash);
        if (start != 0)
        {
            long ns = Nanoseconds.Since(start);
            into.LatencyNs = ns;
            lane.CountTime((int)into.Tier, StoreOperation.Retrieve, ns, into.DataBytes);
        }
    }
}
