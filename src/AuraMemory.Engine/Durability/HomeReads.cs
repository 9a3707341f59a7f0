using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Durability;

/// <content>Point look-ups.</content>
public sealed partial class Home
{
    private long _archiveRemovals;

    /// <summary>Called after the SSD was looked at and before the archive is: tests let a move happen there.</summary>
    internal Action? BetweenPaths { get; set; }

    private enum Entry : byte
    {
        Absent,
        Object,
        Grave,
        Corrupt,
        Failed,
        NoRoom,
    }

    /// <inheritdoc/>
    public ReadStatus Read(ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        ArgumentNullException.ThrowIfNull(into);
        int slot = _gate.Enter();
        try
        {
            return Status(LookUp(key, into, out _));
        }
        finally
        {
            _gate.Exit(slot);
        }
    }

    /// <inheritdoc/>
    public ReadStatus Stat(ReadOnlySpan<byte> key, out HomeStat stat)
    {
        int slot = _gate.Enter();
        try
        {
            Entry entry = LookUp(key, null, out stat);
            if (entry == Entry.Grave)
            {
                stat = default;
            }

            return Status(entry);
        }
        finally
        {
            _gate.Exit(slot);
        }
    }

    /// <summary>Reads one tier's copy, if that tier is the key's home.</summary>
    internal ReadStatus ReadTier(TierId tier, ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        ReadStatus status = Read(key, into);
        if (status == ReadStatus.Found && into.Tier != tier)
        {
            into.Release();
            return ReadStatus.NotFound;
        }

        return status;
    }

    private static ReadStatus Status(Entry entry) => entry switch
    {
        Entry.Object => ReadStatus.Found,
        Entry.Absent or Entry.Grave => ReadStatus.NotFound,
        Entry.Corrupt => ReadStatus.Corrupt,
        Entry.NoRoom => ReadStatus.Throttled,
        _ => ReadStatus.DeviceFailed,
    };

    /// <summary>The one look-up protocol; the caller is inside the gate or holds a lock.</summary>
    private Entry LookUp(ReadOnlySpan<byte> key, ObjectBuffer? into, out HomeStat stat)
    {
        while (true)
        {
            long removals = Volatile.Read(ref _archiveRemovals);
            Entry entry = Fetch(_ssd, TierId.NvmeCold, key, into, out stat);
            if (entry != Entry.Absent || !_archiveMayHold)
            {
                return entry;
            }

            BetweenPaths?.Invoke();
            entry = Fetch(_archive, TierId.HddArchive, key, into, out stat);
            if (entry != Entry.Absent || Volatile.Read(ref _archiveRemovals) == removals)
            {
                return entry;
            }
        }
    }

    private static Entry Fetch(RocksDatabase? database, TierId tier, ReadOnlySpan<byte> key, ObjectBuffer? into, out HomeStat stat)
    {
        stat = default;
        if (database is null)
        {
            return Entry.Failed;
        }

        using PinnedValue value = database.Get(Objects, key);
        if (!value.Found)
        {
            return value.Failure switch
            {
                RocksFailure.None => Entry.Absent,
                RocksFailure.Corruption => Entry.Corrupt,
                _ => Entry.Failed,
            };
        }

        ReadOnlySpan<byte> bytes = value.Bytes;
        if (!Envelope.TryParse(key, bytes, out Envelope envelope))
        {
            return Entry.Corrupt;
        }

        if (envelope.IsGrave)
        {
            stat = new HomeStat(false, default, new ObjectHeader(envelope.Header.Version, 0, 0, 0, ObjectFlags.None), 0, 0);
            return Entry.Grave;
        }

        stat = new HomeStat(true, tier, envelope.Header, key.Length + bytes.Length, envelope.Data.Length);
        if (into is not null)
        {
            if (!into.TryPrepare(envelope.Header, envelope.Metadata.Length, envelope.Data.Length, out Span<byte> to))
            {
                return Entry.NoRoom;
            }

            envelope.Metadata.CopyTo(to);
            envelope.Data.CopyTo(to[envelope.Metadata.Length..]);
            into.Tier = tier;
        }

        return Entry.Object;
    }
}
