using System.IO.Hashing;
using System.Runtime.CompilerServices;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Persistent;

/// <content>Placing and dropping copies, and making them survive power loss.</content>
public sealed unsafe partial class PersistentPool
{
    /// <inheritdoc/>
    public PlaceStatus Place(in ObjectImage image, PlaceMode mode) => Place(image, mode, 0);

    /// <summary>Places a copy that remembers how often its object was read.</summary>
    /// <param name="image">The object; its version must be positive.</param>
    /// <param name="mode">
    /// <see cref="PlaceMode.Admit"/> leaves copies that were read since they were written in place (they may be moved) and can
    /// end as <see cref="PlaceStatus.NotAdmitted"/>; <see cref="PlaceMode.Force"/> evicts them when it must.
    /// </param>
    /// <param name="accessCount">Accesses so far.</param>
    public PlaceStatus Place(in ObjectImage image, PlaceMode mode, uint accessCount) =>
        TryWrite(image, mode, accessCount, out PoolTicket ticket, out PlaceStatus status) ? Publish(ticket) : status;

    /// <summary>Writes a copy without making it visible; the bytes are copied outside every lock.</summary>
    /// <param name="image">The object.</param>
    /// <param name="mode">See <see cref="Place(in ObjectImage, PlaceMode, uint)"/>.</param>
    /// <param name="accessCount">Accesses so far.</param>
    /// <param name="ticket">To be given to <see cref="Publish"/> or <see cref="Abandon"/>.</param>
    /// <param name="status">Why not; <see cref="PlaceStatus.Placed"/> when true is returned.</param>
    public bool TryWrite(
        in ObjectImage image, PlaceMode mode, uint accessCount, out PoolTicket ticket, out PlaceStatus status)
    {
        ticket = default;
        status = Judge(image);
        if (status != PlaceStatus.Placed)
        {
            return false;
        }

        var record = new PoolRecord
        {
            Header = image.Header,
            KeyBytes = image.Key.Length,
            MetadataBytes = image.Metadata.Length,
            DataBytes = image.Data.Length,
            AccessCount = accessCount,
            ContentHash = PoolRecord.HashContent(image.Metadata, image.Data, _seed),
        };
        int pin;
        ReserveResult reserved;
        lock (_gate)
        {
            reserved = _log.Reserve(record.AllocatedBytes, mode, out record.Position, out pin);
        }

        if (reserved != ReserveResult.Reserved)
        {
            status = reserved == ReserveResult.NotAdmitted ? PlaceStatus.NotAdmitted : PlaceStatus.NoSpace;
            return false;
        }

        long offset = _log.OffsetOf(record.Position);
        try
        {
            WriteRecord(offset, record, image);
        }
        finally
        {
            _log.Unpin(pin);
        }

        ulong hash = XxHash3.HashToUInt64(image.Key, _seed);
        ticket = new PoolTicket(
            record.Position, hash, PoolWord.Make(hash, PoolWord.SizeCode(record.Bytes), offset), image.Header.Version);
        if (TryReach(StagePoint.PoolRecordWritten))
        {
            return true;
        }

        Abandon(ticket);
        ticket = default;
        status = PlaceStatus.DeviceFailed;
        return false;
    }

    /// <summary>Makes a written copy visible, unless the pool holds that version or a newer one.</summary>
    /// <returns>
    /// <see cref="PlaceStatus.NoSpace"/> when eviction has passed the record meanwhile (a whole lap of the log later).
    /// </returns>
    public PlaceStatus Publish(in PoolTicket ticket)
    {
        ArgumentOutOfRangeException.ThrowIfZero(ticket.Version);
        if (_outOfService)
        {
            return PlaceStatus.DeviceFailed;
        }

        lock (_gate)
        {
            long offset = PoolWord.OffsetOf(ticket.Word);
            if (ticket.Position < _log.Tail
                || !_log.TryDecode(offset, PoolWord.BytesOf(ticket.Word), out PoolRecord record)
                || record.Position != ticket.Position)
            {
                return PlaceStatus.NoSpace;
            }

            var key = new ReadOnlySpan<byte>(_log.At(offset) + PoolRecord.HeaderBytes, record.KeyBytes);
            long slot = FindLocked(ticket.Hash, key, out long version);
            if (version >= ticket.Version)
            {
                return version == ticket.Version ? PlaceStatus.AlreadyThere : PlaceStatus.Stale;
            }

            if (slot >= 0)
            {
                _directory.Set(slot, ticket.Word);
            }
            else if (_directory.Insert(ticket.Hash, ticket.Word))
            {
                _displaced++;
            }
        }

        if (TryReach(StagePoint.PoolRecordPublished))
        {
            return PlaceStatus.Placed;
        }

        lock (_gate)
        {
            long slot = ticket.Position >= _log.Tail ? _directory.Find(ticket.Hash, ticket.Word) : -1;
            if (slot >= 0)
            {
                _directory.Set(slot, 0);
            }
        }

        return PlaceStatus.DeviceFailed;
    }

    /// <summary>Gives a written copy up: it was never visible, and its space returns when eviction reaches it.</summary>
    /// <remarks>Nothing is to be undone, because a ticket holds nothing; the call says that none was forgotten.</remarks>
    public void Abandon(in PoolTicket ticket) => Interlocked.Increment(ref _abandoned);

    /// <inheritdoc/>
    public bool Drop(ReadOnlySpan<byte> key, long version)
    {
        if (_outOfService || key.Length is 0 or > ObjectKey.MaxBytes)
        {
            return false;
        }

        ulong hash = XxHash3.HashToUInt64(key, _seed);
        lock (_gate)
        {
            long slot = FindLocked(hash, key, out long held);
            if (slot < 0 || held > version)
            {
                return false;
            }

            _directory.Set(slot, 0);
            return true;
        }
    }

    /// <summary>
    /// Makes the pool survive power loss and notes that it reflects the change sequence up to <paramref name="changeNumber"/>.
    /// </summary>
    /// <param name="changeNumber">
    /// The caller has dropped or replaced the copies of every key changed up to here. A smaller number than before is ignored.
    /// </param>
    /// <returns>
    /// False when the medium failed; the pool then goes out of service and is begun anew at the next open, because after a
    /// failed flush nobody can say what the medium holds.
    /// </returns>
    /// <remarks>Waits for the medium; places and reads go on meanwhile.</remarks>
    public bool Sync(long changeNumber)
    {
        lock (_syncGate)
        {
            return !_disposed && TrySync(Math.Max(changeNumber, SyncedNumber), clean: false);
        }
    }

    /// <summary>Flushes everything, notes a clean close and ends the mapping. No other call may be under way.</summary>
    public void Dispose()
    {
        lock (_syncGate)
        {
            if (_disposed)
            {
                return;
            }

            _ = TrySync(SyncedNumber, clean: true);
            _disposed = true;
            _outOfService = true;
            _file.Dispose();
        }
    }

    private PlaceStatus Judge(in ObjectImage image)
    {
        if (_outOfService)
        {
            return PlaceStatus.DeviceFailed;
        }

        ArgumentOutOfRangeException.ThrowIfZero(image.Key.Length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(image.Header.Version);
        long bytes = (long)image.Key.Length + image.Metadata.Length + image.Data.Length;
        if (image.Key.Length > ObjectKey.MaxBytes || bytes > LargestObjectBytes)
        {
            return PlaceStatus.TooLarge;
        }

        return !Contains(image.Key, out ObjectHeader held, out _) || held.Version < image.Header.Version ? PlaceStatus.Placed
            : held.Version == image.Header.Version ? PlaceStatus.AlreadyThere
            : PlaceStatus.Stale;
    }

    [SkipLocalsInit]
    private void WriteRecord(long offset, in PoolRecord record, in ObjectImage image)
    {
        Span<byte> header = stackalloc byte[PoolRecord.HeaderAndKeyBytes];
        image.Key.CopyTo(header[PoolRecord.HeaderBytes..]);
        record.Encode(header, _seed);
        _writer.Write(
            _log.At(offset), header[..(PoolRecord.HeaderBytes + image.Key.Length)], image.Metadata, image.Data, []);
    }

    // Finds the newest copy of a key; others of the same key (a lost page can bring one back) and damaged ones are dropped.
    [SkipLocalsInit]
    private long FindLocked(ulong hash, ReadOnlySpan<byte> key, out long version)
    {
        Span<byte> scratch = stackalloc byte[PoolRecord.HeaderAndKeyBytes];
        long set = _directory.SetOf(hash);
        long found = -1;
        version = 0;
        for (long slot = PoolDirectory.Slot(set, 0, 0); slot < PoolDirectory.Slot(set + 1, 0, 0); slot++)
        {
            ulong word = _directory.Word(slot);
            if (word == 0 || PoolWord.TagOf(word) != PoolWord.Tag(hash))
            {
                continue;
            }

            if (!TryCopyHeader(word, scratch, out PoolRecord record))
            {
                DropDamaged(slot, word);
            }
            else if (scratch.Slice(PoolRecord.HeaderBytes, record.KeyBytes).SequenceEqual(key))
            {
                if (record.Header.Version <= version)
                {
                    _directory.Set(slot, 0);
                    continue;
                }

                if (found >= 0)
                {
                    _directory.Set(found, 0);
                }

                found = slot;
                version = record.Header.Version;
            }
        }

        return found;
    }

    private bool TryReach(StagePoint point)
    {
        try
        {
            _stagePoints.Reached(point);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // The state is written only after everything it speaks of is on the medium.
    private bool TrySync(long changeNumber, bool clean)
    {
        if (_outOfService)
        {
            return false;
        }

        bool flushed = _file.Flush(_layout.DataOffset, _layout.DataBytes)
            && _file.Flush(PoolLayout.LogWordsOffset, _layout.DataOffset - PoolLayout.LogWordsOffset);
        PoolState state = new(_state.Sequence + 1, flushed ? changeNumber : SyncedNumber, clean && flushed, !flushed);
        WriteState(_file, _writer, state, _seed);
        if (!(_file.Flush(0, PoolLayout.LogWordsOffset) && flushed))
        {
            _outOfService = true;
            _state = state with { Sequence = state.Sequence + 1, SyncedNumber = SyncedNumber, Clean = false, Failed = true };
            WriteState(_file, _writer, _state, _seed);
            return false;
        }

        _state = state;
        Interlocked.Exchange(ref _syncedNumber, state.SyncedNumber);
        return true;
    }
}
