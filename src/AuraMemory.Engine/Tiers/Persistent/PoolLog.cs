using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Persistent;

/// <summary>How a reservation in the log ended.</summary>
internal enum ReserveResult : byte
{
    Reserved,

    /// <summary>Everything at the tail was read since it was written, and the caller may not displace that.</summary>
    NotAdmitted,

    /// <summary>The file system has no blocks, a slow writer still fills the record at the tail, or 64 writers fill one each.</summary>
    NoSpace,
}

/// <summary>The ring of records: appended at the head, reclaimed in order at the tail (FIFO with reinsertion).</summary>
/// <remarks>
/// <para>
/// Positions only grow; a position modulo the ring's length is the place. Records lie between tail and head and are
/// contiguous: what is left before the end of the ring is covered by a filler. Reclaiming the record at the tail: a dead one
/// (no directory word points at it) costs nothing; a live one that was read since it was written is copied to the head and
/// its reference forgotten (CLOCK; Corbató 1968), so is any live one while a quarter of the log or more is dead
/// (overwritten or dropped copies: this is the log's compaction, at most four bytes copied for one gained); the others are
/// evicted. What one reservation may copy is bounded (a segment, at least 256 KiB, and twice its own size), so a long run of
/// live records gives up one now and then.
/// </para>
/// <para>
/// All members run under the pool's writer lock except <see cref="Unpin"/>. A reserved record is written outside the lock;
/// until then it is pinned and the tail stops before it. Order of stores: words cleared, tail stored, head stored, record
/// written, word published. A process killed between two of them leaves at most dead space. Where the tail meets bytes that
/// are no intact record (a writer was killed, the medium lost a page) it searches on in steps of 64 bytes: the position in
/// each record tells it from an earlier lap's. Words that point at such bytes are emptied when the tail leaves their segment.
/// </para>
/// <para>
/// The two position words carry a 16-bit check and share a cache line: a damaged one makes the pool begin anew.
/// </para>
/// </remarks>
internal sealed unsafe class PoolLog
{
    private const int PositionBits = 48;
    private const ulong PositionMask = (1UL << PositionBits) - 1;
    private const int PinCount = 64;
    private const long MinCopyBudgetBytes = 256 * 1024;

    private const int AllocateRetryMs = 1000;
    private const int MostUses = 4096;
    private const uint SecondsPerDay = 86_400;

    private readonly StoreClock _clock;
    private readonly PoolFile _file;
    private readonly PoolLayout _layout;
    private readonly DurableWriter _writer;
    private readonly PoolDirectory _directory;
    private readonly long _seed;
    private readonly byte* _data;
    private readonly long[] _pins = new long[PinCount];
    private readonly List<(byte[] Key, uint Seconds)> _uses = [];
    private long _tail;
    private long _head;
    private long _allocateAgainMs;
    private long _allocated;

    public PoolLog(PoolFile file, in PoolLayout layout, DurableWriter writer, PoolDirectory directory, long seed, long tail, long head, StoreClock clock)
    {
        _clock = clock;
        _file = file;
        _layout = layout;
        _writer = writer;
        _directory = directory;
        _seed = seed;
        _data = file.Base + layout.DataOffset;
        _tail = tail;
        _head = head;
        _allocated = AllocatedFor(layout, head);
        Array.Fill(_pins, long.MaxValue);
    }

    public long Tail => Volatile.Read(ref _tail);

    public long Head => Volatile.Read(ref _head);

    /// <summary>Copies dropped because their records did not pass; copies evicted while intact; copies moved to the head.</summary>
    public long Damaged { get; private set; }

    public long Evicted { get; private set; }

    public long Reinserted { get; private set; }

    /// <summary>Bytes of the log that have been allocated when its head is here.</summary>
    public static long AllocatedFor(in PoolLayout layout, long head) => Math.Min(
        layout.DataBytes, (head + layout.AllocationStepBytes - 1) / layout.AllocationStepBytes * layout.AllocationStepBytes);

    /// <summary>Decodes a position word; false when its check fails.</summary>
    public static bool TryReadWord(ReadOnlySpan<byte> at, long seed, out long position)
    {
        ulong word = BinaryPrimitives.ReadUInt64LittleEndian(at);
        position = (long)(word & PositionMask) * PoolLayout.UnitBytes;
        return word == Encode(position, seed);
    }

    /// <summary>Encodes the position words of an empty log.</summary>
    public static void WriteEmpty(Span<byte> at, long seed)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(at, Encode(0, seed));
        BinaryPrimitives.WriteUInt64LittleEndian(at[sizeof(ulong)..], Encode(0, seed));
    }

    /// <summary>Hands over the copies that reclaiming met and that had been read, with the time of the meeting; at most 4096 are kept.</summary>
    public void TakeUses(List<(byte[] Key, uint Seconds)> into)
    {
        into.AddRange(_uses);
        _uses.Clear();
    }

    /// <summary>True when uses wait to be taken. Without the lock a hint.</summary>
    public bool HasUses => _uses.Count > 0;

    /// <summary>Reserves space for a record and pins it.</summary>
    public ReserveResult Reserve(long bytes, PlaceMode mode, out long position, out int pin)
    {
        position = 0;
        pin = Array.IndexOf(_pins, long.MaxValue);
        if (pin < 0)
        {
            return ReserveResult.NoSpace;
        }

        ReserveResult result = MakeRoom(bytes, mode);
        if (result != ReserveResult.Reserved)
        {
            return result;
        }

        if (!TryAdvance(bytes, out position))
        {
            return ReserveResult.NoSpace;
        }

        Volatile.Write(ref _pins[pin], position);
        return ReserveResult.Reserved;
    }

    /// <summary>Ends a pin; the record's bytes are complete, or will never be.</summary>
    public void Unpin(int pin) => Volatile.Write(ref _pins[pin], long.MaxValue);

    /// <summary>First byte of a place in the log.</summary>
    public byte* At(long offset) => _data + offset;

    public long OffsetOf(long position) => position % _layout.DataBytes;

    /// <summary>Reads header and key at a place whose bounds are known to be good.</summary>
    public bool TryDecode(long offset, long limitBytes, out PoolRecord record)
    {
        int n = (int)Math.Min(limitBytes, PoolRecord.HeaderAndKeyBytes);
        return PoolRecord.TryDecode(new ReadOnlySpan<byte>(At(offset), n), limitBytes, _seed, out record);
    }

    /// <summary>True when metadata and data of a record in place pass their hash.</summary>
    public bool IsContentIntact(long offset, in PoolRecord record)
    {
        byte* content = At(offset) + PoolRecord.HeaderBytes + record.KeyBytes;
        return record.ContentHash == PoolRecord.HashContent(
            new ReadOnlySpan<byte>(content, record.MetadataBytes),
            new ReadOnlySpan<byte>(content + record.MetadataBytes, record.DataBytes),
            _seed);
    }

    private static ulong Encode(long position, long seed)
    {
        ulong units = (ulong)position / PoolLayout.UnitBytes;
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, units);
        return units | (XxHash3.HashToUInt64(bytes, seed) & ~PositionMask);
    }

    private ulong* WordAt(int index) => (ulong*)(_file.Base + PoolLayout.LogWordsOffset) + index;

    private long FillerBefore(long bytes)
    {
        long left = _layout.DataBytes - OffsetOf(_head);
        return left < bytes ? left : 0;
    }

    private ReserveResult MakeRoom(long bytes, PlaceMode mode)
    {
        long copyBudget = Math.Max(MinCopyBudgetBytes, _layout.SegmentBytes) + (2 * bytes);
        while (_layout.DataBytes - (_head - _tail) < bytes + FillerBefore(bytes) + _layout.ReserveBytes)
        {
            long stop = Math.Min(_head, FirstPinned());
            if (_tail >= stop)
            {
                return ReserveResult.NoSpace;
            }

            if (!ReclaimOne(stop, mode, ref copyBudget))
            {
                return ReserveResult.NotAdmitted;
            }
        }

        return ReserveResult.Reserved;
    }

    private long FirstPinned()
    {
        long first = long.MaxValue;
        foreach (ref long pin in _pins.AsSpan())
        {
            first = Math.Min(first, Volatile.Read(ref pin));
        }

        return first;
    }

    private bool ReclaimOne(long stop, PlaceMode mode, ref long copyBudget)
    {
        long offset = OffsetOf(_tail);
        long limit = Math.Min(stop - _tail, _layout.DataBytes - offset);
        if (!TryDecode(offset, limit, out PoolRecord record) || record.Position != _tail)
        {
            MoveTail(NextIntact(_tail + PoolLayout.UnitBytes));
            return true;
        }

        long bytes = record.AllocatedBytes;
        if (!record.IsFiller)
        {
            ulong hash = XxHash3.HashToUInt64(Key(offset, record), _seed);
            ulong word = PoolWord.Make(hash, PoolWord.SizeCode(record.Bytes), offset);
            long slot = _directory.Find(hash, word);
            if (slot >= 0 && !TryKeep(slot, hash, offset, bytes, ref record, mode, ref copyBudget))
            {
                return false;
            }
        }

        MoveTail(_tail + bytes);
        return true;
    }

    // False = the record stays at the tail, because it was read and this caller may not displace it.
    private bool TryKeep(
        long slot, ulong hash, long offset, long bytes, ref PoolRecord record, PlaceMode mode, ref long copyBudget)
    {
        bool referenced = _directory.IsReferenced(slot);
        if (referenced && _uses.Count < MostUses && _clock.NowSeconds - Math.Min(_clock.NowSeconds, record.Header.StoredSeconds) > SecondsPerDay)
        {
            _uses.Add((Key(offset, record).ToArray(), _clock.NowSeconds)); // whatever becomes of the copy, its mark is forgotten
        }

        bool compacting = (_head - _tail - _directory.UsedBytes) * 4 >= _layout.DataBytes;
        if ((referenced || compacting) && bytes <= copyBudget && HasRoomToMove(bytes))
        {
            if (!IsContentIntact(offset, record))
            {
                Damaged++;
                _directory.Set(slot, 0);
                return true;
            }

            if (TryMove(slot, hash, offset, bytes, ref record, referenced))
            {
                copyBudget -= bytes;
                return true;
            }
        }
        else if (referenced && mode == PlaceMode.Admit && bytes > copyBudget)
        {
            return false;
        }

        _directory.Set(slot, 0);
        Evicted++;
        return true;
    }

    // A segment must stay free, so that no new record begins in the segment that the tail is leaving.
    private bool HasRoomToMove(long bytes) =>
        _layout.DataBytes - (_head - _tail) - bytes - FillerBefore(bytes) >= _layout.SegmentBytes;

    [SkipLocalsInit]
    private bool TryMove(long slot, ulong hash, long offset, long bytes, ref PoolRecord record, bool referenced)
    {
        if (!TryAdvance(bytes, out long position))
        {
            return false;
        }

        Span<byte> header = stackalloc byte[PoolRecord.HeaderAndKeyBytes];
        int start = PoolRecord.HeaderBytes + record.KeyBytes;
        Key(offset, record).CopyTo(header[PoolRecord.HeaderBytes..]);
        record.Position = position;
        if (referenced && record.AccessCount < uint.MaxValue)
        {
            record.AccessCount++;
        }

        record.Encode(header, _seed);
        long to = OffsetOf(position);
        _writer.Write(
            At(to), header[..start], new ReadOnlySpan<byte>(At(offset) + start, record.MetadataBytes + record.DataBytes), [], []);
        _directory.Set(slot, PoolWord.Make(hash, PoolWord.SizeCode(record.Bytes), to));
        Reinserted++;
        return true;
    }

    private ReadOnlySpan<byte> Key(long offset, in PoolRecord record) =>
        new(At(offset) + PoolRecord.HeaderBytes, record.KeyBytes);

    // Moves the head over a filler, if one is needed, and over the record.
    private bool TryAdvance(long bytes, out long position)
    {
        long filler = FillerBefore(bytes);
        position = _head + filler;
        long end = position + bytes;
        if (_allocated < _layout.DataBytes && !TryAllocate(Math.Min(end, _layout.DataBytes)))
        {
            return false;
        }

        if (filler > 0)
        {
            Span<byte> header = stackalloc byte[PoolRecord.HeaderBytes];
            new PoolRecord { Position = _head, DataBytes = (int)filler, IsFiller = true }.Encode(header, _seed);
            _writer.Write(At(OffsetOf(_head)), header, [], [], []);
        }

        Volatile.Write(ref _head, end);
        _writer.WriteWord(WordAt(1), Encode(end, _seed));
        return true;
    }

    private bool TryAllocate(long end)
    {
        if (end <= _allocated)
        {
            return true;
        }

        // A full disk answers slowly and every placement would ask it again while others wait for the log.
        if (_clock.NowMs < _allocateAgainMs)
        {
            return false;
        }

        long upTo = AllocatedFor(_layout, end);
        if (!_file.Allocate(_layout.DataOffset + _allocated, upTo - _allocated, fresh: true))
        {
            _allocateAgainMs = _clock.NowMs + AllocateRetryMs;
            return false;
        }

        _allocated = upTo;
        return true;
    }

    private long NextIntact(long position)
    {
        long end = Math.Min(_head, FirstPinned());
        while (position < end)
        {
            long offset = OffsetOf(position);
            if (*(ulong*)(At(offset) + 8) == PoolRecord.Mark(position)
                && TryDecode(offset, Math.Min(_head - position, _layout.DataBytes - offset), out _))
            {
                return position;
            }

            position += PoolLayout.UnitBytes;
        }

        return end;
    }

    private void MoveTail(long tail)
    {
        long first = _tail / _layout.SegmentBytes;
        long after = tail / _layout.SegmentBytes;
        for (long segment = first; segment < after; segment++)
        {
            Damaged += _directory.Close(segment % (_layout.DataBytes / _layout.SegmentBytes));
        }

        Volatile.Write(ref _tail, tail);
        _writer.WriteWord(WordAt(0), Encode(tail, _seed));
    }
}
