using System.IO.Hashing;
using System.Numerics;
using System.Runtime.CompilerServices;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Persistent;

/// <summary>Receives one live copy; the spans are valid for the length of the call.</summary>
public delegate void PoolCopyHandler(ReadOnlySpan<byte> key, in ObjectHeader header, int dataBytes, uint accessCount);

/// <summary>
/// The <c>pmem_warm</c> tier: durable copies of objects in one mapped file, with a directory in that file, so that a restart
/// finds them at once.
/// </summary>
/// <remarks>
/// <para>
/// Parts: <see cref="PoolLayout"/> (the file), <see cref="PoolDirectory"/> (which keys, and the protocol between readers and
/// writers), <see cref="PoolLog"/> (space and eviction), <see cref="PoolRecord"/> (one copy), <see cref="DurableWriter"/>
/// (how stores become durable), <see cref="PoolFile"/> (mapping, lock, blocks).
/// </para>
/// <para>
/// Reads are optimistic: look up, copy out, check that the stripe of the set did not change; after eight races they take the
/// writer lock once. Nothing read during a race is used before that check, and every length is checked before it is used, so
/// a race costs a retry and never a fault. A copy whose checksum fails is dropped, counted and reported
/// <see cref="ReadStatus.Corrupt"/>; it is never returned. Expired objects are returned: the caller checks.
/// </para>
/// <para>
/// Crash rules. End of the process: mapped pages survive, so program order holds; a record is whole before one 8-byte store
/// publishes it, and removal is one 8-byte store. Power loss: pages may be lost in any order, so records are judged by
/// position and checksum when met, and the caller replays the change sequence from <see cref="SyncedNumber"/> after every
/// open, calling <see cref="Drop"/> for each key that changed since. Why that suffices: at <see cref="Sync"/>(n) the
/// directory held no copy older than change n and was flushed as such; any stale copy that a lost page brings back belongs to
/// a key that changed after n, and is dropped by the replay.
/// </para>
/// <para>All members are safe from any number of threads, except <see cref="Dispose"/>, which must come last.</para>
/// </remarks>
public sealed unsafe partial class PersistentPool : ITierBackend
{
    private const int OptimisticTries = 8;

    private readonly PersistentPoolOptions _options;
    private readonly PoolFile _file;
    private readonly PoolLayout _layout;
    private readonly DurableWriter _writer;
    private readonly PoolDirectory _directory;
    private readonly PoolLog _log;
    private readonly IStagePoints _stagePoints;
    private readonly long _seed;
    private readonly Lock _gate = new();
    private readonly Lock _syncGate = new();
    private PoolState _state;
    private long _syncedNumber;
    private long _corruptCopies;
    private long _displaced;
    private long _abandoned;
    private volatile bool _outOfService;
    private bool _disposed;

    private PersistentPool(
        PersistentPoolOptions options, PoolFile file, in PoolLayout layout, DurableWriter writer, in PoolOpening opening, StoreClock clock)
    {
        _options = options;
        _file = file;
        _layout = layout;
        _writer = writer;
        _stagePoints = options.StagePoints;
        _seed = opening.Seed;
        _state = opening.State;
        _syncedNumber = opening.State.SyncedNumber;
        CleanlyClosed = opening.State.Clean;
        _directory = new PoolDirectory((ulong*)(file.Base + PoolLayout.DirectoryOffset), layout, writer);
        if (!opening.Fresh)
        {
            _directory.Load(opening.Tail, opening.Head);
        }

        _log = new PoolLog(file, layout, writer, _directory, _seed, opening.Tail, opening.Head, clock);
        Description = new BackendDescription(
            file.IsDax ? "fsdax" : "file", file.IsDax, Persistent: true, PoolLayout.UnitBytes, opening.Details);
    }

    /// <inheritdoc/>
    public TierId Tier => TierId.PmemWarm;

    /// <inheritdoc/>
    public BackendDescription Description { get; }

    /// <inheritdoc/>
    /// <remarks>Used bytes are log bytes of live copies: record header, key, metadata and data, rounded up.</remarks>
    public TierUsage Usage => new(_options.CapacityBytes, _directory.UsedBytes, _directory.Entries);

    /// <summary>True while the pool holds no copy.</summary>
    public bool IsEmpty => _directory.Entries == 0;

    /// <inheritdoc/>
    /// <remarks>An eighth of the log, at most 64 MiB: 16 MiB objects fit from a capacity of 256 MiB on.</remarks>
    public long LargestObjectBytes => _layout.LargestRecordBytes - PoolRecord.HeaderBytes;

    /// <summary>Changes up to this number are reflected on the medium; replay from here after an open.</summary>
    public long SyncedNumber => Interlocked.Read(ref _syncedNumber);

    /// <summary>True when the pool that was opened had been closed with everything flushed. The replay is due all the same.</summary>
    public bool CleanlyClosed { get; }

    /// <summary>Copies dropped since the open because they failed their checksum or their directory entry was damaged.</summary>
    public long CorruptCopies => Interlocked.Read(ref _corruptCopies) + _log.Damaged;

    /// <summary>Intact copies evicted since the open to make room in the log or in a full directory set.</summary>
    public long Evictions => _log.Evicted + _displaced;

    /// <summary>Copies written since the open and then given up instead of published.</summary>
    public long Abandoned => Interlocked.Read(ref _abandoned);

    internal PoolFile File => _file;

    /// <inheritdoc/>
    public ReadStatus Read(ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        ArgumentNullException.ThrowIfNull(into);
        return Look(key, into, out _);
    }

    /// <summary>Header and data length of a copy, without counting an access. Metadata and data are not checked.</summary>
    /// <returns>False when there is no copy, or only a damaged one.</returns>
    public bool Contains(ReadOnlySpan<byte> key, out ObjectHeader header, out int dataBytes)
    {
        ReadStatus status = Look(key, null, out PoolRecord record);
        header = status == ReadStatus.Found ? record.Header : default;
        dataBytes = status == ReadStatus.Found ? record.DataBytes : 0;
        return status == ReadStatus.Found;
    }

    /// <summary>Walks live copies in directory order, for warming memory after a restart and for audits.</summary>
    /// <param name="cursor">0 to begin; afterwards what the last call left. -1 = the end was reached.</param>
    /// <param name="limit">At most this many copies in this call.</param>
    /// <param name="handler">Called for each; a copy placed or dropped meanwhile may be met or not.</param>
    /// <returns>Copies handed over.</returns>
    public int Enumerate(ref long cursor, int limit, PoolCopyHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Span<byte> scratch = stackalloc byte[PoolRecord.HeaderAndKeyBytes];
        int handed = 0;
        while (cursor >= 0 && handed < limit && !_outOfService)
        {
            if (cursor >= _directory.Slots)
            {
                cursor = -1;
                break;
            }

            long slot = cursor++;
            if (TryLoadStable(slot, scratch, out PoolRecord record))
            {
                handler(scratch.Slice(PoolRecord.HeaderBytes, record.KeyBytes), record.Header, record.DataBytes, record.AccessCount);
                handed++;
            }
        }

        return handed;
    }

    private ReadStatus Look(ReadOnlySpan<byte> key, ObjectBuffer? into, out PoolRecord record)
    {
        record = default;
        if (_outOfService)
        {
            return ReadStatus.DeviceFailed;
        }

        if (key.Length is 0 or > ObjectKey.MaxBytes)
        {
            return ReadStatus.NotFound;
        }

        ulong hash = XxHash3.HashToUInt64(key, _seed);
        for (int attempt = 0; attempt < OptimisticTries; attempt++)
        {
            if (TryLook(hash, key, into, out record, out ReadStatus status))
            {
                return status;
            }
        }

        lock (_gate)
        {
            _ = TryLook(hash, key, into, out record, out ReadStatus status);
            return status;
        }
    }

    // False = a writer unlinked something of this stripe meanwhile, so nothing that was seen may be used.
    [SkipLocalsInit]
    private bool TryLook(ulong hash, ReadOnlySpan<byte> key, ObjectBuffer? into, out PoolRecord record, out ReadStatus status)
    {
        Span<byte> scratch = stackalloc byte[PoolRecord.HeaderAndKeyBytes];
        long set = _directory.SetOf(hash);
        ulong tag = PoolWord.Tag(hash);
        int stripe = _directory.ReadStripe(set);
        status = ReadStatus.NotFound;
        record = default;
        for (int i = 0; i < 4; i++)
        {
            int line = (PoolDirectory.HomeLine(hash) + i) & 3;
            uint matches = _directory.Match(set, line, tag);
            for (; matches != 0; matches &= matches - 1)
            {
                long slot = PoolDirectory.Slot(set, line, BitOperations.TrailingZeroCount(matches));
                ulong word = _directory.Word(slot);
                if (word == 0 || PoolWord.TagOf(word) != tag)
                {
                    continue;
                }

                bool intact = TryCopyHeader(word, scratch, out record);
                if (!intact || !scratch.Slice(PoolRecord.HeaderBytes, record.KeyBytes).SequenceEqual(key))
                {
                    intact = intact && IsAtHome(scratch.Slice(PoolRecord.HeaderBytes, record.KeyBytes), set, tag);
                }
                else if (into is null)
                {
                    status = ReadStatus.Found;
                    return IsUnchanged(set, stripe);
                }
                else if (!into.TryPrepare(record.Header, record.MetadataBytes, record.DataBytes, out Span<byte> content))
                {
                    status = ReadStatus.Throttled;
                    return true;
                }
                else
                {
                    intact = TryCopyContent(word, record, content);
                    if (!IsUnchanged(set, stripe))
                    {
                        into.Release();
                        return false;
                    }

                    if (intact)
                    {
                        into.AccessCount = record.AccessCount + 1L;
                        into.LastAccessSeconds = 0;
                        into.Tier = TierId.PmemWarm;
                        _directory.MarkReferenced(slot);
                        status = ReadStatus.Found;
                        return true;
                    }

                    into.Release();
                }

                if (!intact)
                {
                    if (!IsUnchanged(set, stripe))
                    {
                        return false;
                    }

                    DropDamaged(slot, word);
                    stripe = _directory.ReadStripe(set);
                    status = ReadStatus.Corrupt;
                }
            }
        }

        return IsUnchanged(set, stripe);
    }

    private bool IsUnchanged(long set, int stripe)
    {
        Volatile.ReadBarrier();
        return _directory.ReadStripe(set) == stripe;
    }

    private bool IsAtHome(ReadOnlySpan<byte> key, long set, ulong tag)
    {
        ulong hash = XxHash3.HashToUInt64(key, _seed);
        return PoolWord.Tag(hash) == tag && _directory.SetOf(hash) == set;
    }

    // Copies before it judges: what is judged must not change under the judge.
    private bool TryCopyHeader(ulong word, Span<byte> scratch, out PoolRecord record)
    {
        long offset = PoolWord.OffsetOf(word);
        long bytes = PoolWord.BytesOf(word);
        if (bytes == 0 || offset + bytes > _layout.DataBytes)
        {
            record = default;
            return false;
        }

        Span<byte> copy = scratch[..(int)Math.Min(bytes, scratch.Length)];
        new ReadOnlySpan<byte>(_log.At(offset), copy.Length).CopyTo(copy);
        if (!PoolRecord.TryDecode(copy, bytes, _seed, out record) || record.IsFiller || record.AllocatedBytes != bytes)
        {
            return false;
        }

        // While the word is live its record lies between tail and head, whenever in that time these are read.
        return _log.OffsetOf(record.Position) == offset && record.Position >= _log.Tail && record.Position < _log.Head;
    }

    private bool TryCopyContent(ulong word, in PoolRecord record, Span<byte> to)
    {
        byte* from = _log.At(PoolWord.OffsetOf(word)) + PoolRecord.HeaderBytes + record.KeyBytes;
        new ReadOnlySpan<byte>(from, to.Length).CopyTo(to);
        return record.ContentHash
            == PoolRecord.HashContent(to[..record.MetadataBytes], to[record.MetadataBytes..], _seed);
    }

    private bool TryLoadStable(long slot, Span<byte> scratch, out PoolRecord record)
    {
        long set = _directory.SetOfSlot(slot);
        for (int attempt = 0; ; attempt++)
        {
            int stripe = _directory.ReadStripe(set);
            ulong word = _directory.Word(slot);
            record = default;
            bool intact = word != 0
                && TryCopyHeader(word, scratch, out record)
                && IsAtHome(scratch.Slice(PoolRecord.HeaderBytes, record.KeyBytes), set, PoolWord.TagOf(word));
            if (IsUnchanged(set, stripe) || attempt == OptimisticTries)
            {
                if (word != 0 && !intact)
                {
                    DropDamaged(slot, word);
                }

                return intact;
            }
        }
    }

    // The verdict is made again under the lock: the slot may hold the same word for a newer record at the same place.
    [SkipLocalsInit]
    private void DropDamaged(long slot, ulong word)
    {
        Span<byte> scratch = stackalloc byte[PoolRecord.HeaderAndKeyBytes];
        lock (_gate)
        {
            if (_directory.Word(slot) != word)
            {
                return;
            }

            if (TryCopyHeader(word, scratch, out PoolRecord record)
                && IsAtHome(
                    scratch.Slice(PoolRecord.HeaderBytes, record.KeyBytes), _directory.SetOfSlot(slot), PoolWord.TagOf(word))
                && _log.IsContentIntact(PoolWord.OffsetOf(word), record))
            {
                return;
            }

            _directory.Set(slot, 0);
            Interlocked.Increment(ref _corruptCopies);
        }
    }
}
