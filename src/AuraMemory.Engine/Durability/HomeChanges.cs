using System.Buffers.Binary;
using System.Text;

namespace AuraMemory.Engine.Durability;

/// <content>The change sequence, numbers, notes and the expiry index.</content>
public sealed partial class Home
{
    private const int ChangeHeadBytes = 9;
    private const int MostStaleAtOnce = 1024;

    /// <inheritdoc/>
    public bool ReserveNumbers(long limit)
    {
        lock (_commitLock)
        {
            if (limit <= _reserved)
            {
                return true;
            }

            if (_health != HomeHealth.Healthy)
            {
                return false;
            }

            _own.Clear();
            _own.Put(NotesFamily, ReservedNote, limit);
            if (_ssd!.Write(_own, sync: true, log: true) is { } error)
            {
                Failed(RocksErrors.Classify(error));
                return false;
            }

            Volatile.Write(ref _reserved, limit);
            return true;
        }
    }

    /// <inheritdoc/>
    public bool Changes(long after, int limit, List<Change> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        int slot = _gate.Enter();
        try
        {
            if (_ssd is null)
            {
                return true;
            }

            using RocksCursor cursor = _ssd.Cursor(ChangeLog, once: true);
            if (after < Volatile.Read(ref _trimmed))
            {
                return false;
            }

            for (cursor.Seek(Big(after + 1)); limit > 0 && cursor.Valid; cursor.Next(), limit--)
            {
                ReadOnlySpan<byte> value = cursor.Value;
                if (cursor.Key.Length != 8 || value.Length < ChangeHeadBytes)
                {
                    return false;
                }

                into.Add(new Change(
                    BinaryPrimitives.ReadInt64BigEndian(cursor.Key),
                    (ChangeKind)value[0],
                    value[ChangeHeadBytes..].ToArray(),
                    BinaryPrimitives.ReadInt64LittleEndian(value[1..])));
            }

            return cursor.Failure != RocksFailure.Corruption;
        }
        finally
        {
            _gate.Exit(slot);
        }
    }

    /// <inheritdoc/>
    public void TrimChanges(long upTo)
    {
        lock (_commitLock)
        {
            upTo = Math.Min(upTo, _lastChange);
            if (upTo <= _trimmed || _health != HomeHealth.Healthy)
            {
                return;
            }

            long count = 0;
            using (RocksCursor cursor = _ssd!.Cursor(ChangeLog, once: true))
            {
                for (cursor.Seek(Big(_trimmed + 1)); cursor.Valid && BinaryPrimitives.ReadInt64BigEndian(cursor.Key) <= upTo; cursor.Next())
                {
                    count++;
                }
            }

            Trim(upTo, count);
        }
    }

    /// <inheritdoc/>
    public byte[]? GetNote(string name)
    {
        int slot = _gate.Enter();
        try
        {
            if (_ssd is null)
            {
                return null;
            }

            using PinnedValue value = _ssd.Get(Notes, NoteKey(name));
            return value.Found ? value.Bytes.ToArray() : null;
        }
        finally
        {
            _gate.Exit(slot);
        }
    }

    /// <inheritdoc/>
    public bool PutNote(string name, ReadOnlySpan<byte> value)
    {
        lock (_commitLock)
        {
            if (_health != HomeHealth.Healthy)
            {
                return false;
            }

            _own.Clear();
            _own.Put(NotesFamily, NoteKey(name), value);
            if (_ssd!.Write(_own, sync: false, log: true) is { } error)
            {
                Failed(RocksErrors.Classify(error));
                return false;
            }

            return true;
        }
    }

    /// <inheritdoc/>
    public void Expired(long nowMs, int limit, List<(byte[] Key, long Version)> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        List<byte[]>? stale = null;
        int slot = _gate.Enter();
        try
        {
            if (_ssd is null)
            {
                return;
            }

            using RocksCursor cursor = _ssd.Cursor(Expiry, once: true);
            for (cursor.Seek([]); limit > 0 && cursor.Valid && stale is not { Count: >= MostStaleAtOnce }; cursor.Next())
            {
                ReadOnlySpan<byte> entry = cursor.Key;
                if (entry.Length > 8 && BinaryPrimitives.ReadInt64BigEndian(entry) > nowMs)
                {
                    break;
                }

                if (entry.Length <= 8 || IsStale(entry, out HomeStat stat))
                {
                    (stale ??= []).Add(entry.ToArray());
                    continue;
                }

                if (stat.Exists)
                {
                    into.Add((entry[8..].ToArray(), stat.Header.Version));
                    limit--;
                }
            }
        }
        finally
        {
            _gate.Exit(slot);
        }

        if (stale is not null)
        {
            DropStale(stale);
        }
    }

    /// <summary>True when an index entry's object is gone or expires at another time; false also when that cannot be read.</summary>
    private bool IsStale(ReadOnlySpan<byte> entry, out HomeStat stat) => LookUp(entry[8..], null, out stat) switch
    {
        Entry.Object => stat.Header.ExpiresAtMs != BinaryPrimitives.ReadInt64BigEndian(entry),
        Entry.Absent or Entry.Grave => true,
        _ => false,
    };

    private void DropStale(List<byte[]> entries)
    {
        lock (_commitLock)
        {
            if (_health != HomeHealth.Healthy)
            {
                return;
            }

            _own.Clear();
            foreach (byte[] entry in entries)
            {
                if (entry.Length <= 8 || IsStale(entry, out _))
                {
                    _own.Delete(Expiry, entry);
                }
            }

            if (_ssd!.Write(_own, sync: false, log: true) is { } error)
            {
                Failed(RocksErrors.Classify(error));
            }
        }
    }

    /// <summary>Trims in steps, so that the walk to the new beginning is paid once for many commits. The caller holds the commit lock.</summary>
    private void TrimBeyondRetained()
    {
        long excess = _counters.Changes - _options.RetainedChanges;
        if (excess <= Math.Clamp(_options.RetainedChanges / 64, 16, 4096))
        {
            return;
        }

        long upTo = 0;
        long count = 0;
        using (RocksCursor cursor = _ssd!.Cursor(ChangeLog, once: true))
        {
            for (cursor.Seek(Big(_trimmed + 1)); count < excess && cursor.Valid; cursor.Next(), count++)
            {
                upTo = BinaryPrimitives.ReadInt64BigEndian(cursor.Key);
            }
        }

        Trim(upTo, count);
    }

    /// <summary>
    /// The mark goes up before the entries go: a follower that looks in between is told to rebuild, which is safe; the other
    /// order would let it skip entries silently.
    /// </summary>
    private void Trim(long upTo, long count)
    {
        long before = _trimmed;
        Volatile.Write(ref _trimmed, Math.Max(before, upTo));
        HomeCounters after = _counters;
        after.Changes -= count;
        _own.Clear();
        _own.DeleteRange(ChangeLog, Big(0), Big(upTo + 1));
        _own.Put(NotesFamily, TrimmedNote, upTo);
        if (WriteWithCounters(_own, after, sync: false, log: true) != CommitStatus.Done)
        {
            Volatile.Write(ref _trimmed, before);
        }
    }

    private static byte[] NoteKey(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return [1, .. Encoding.UTF8.GetBytes(name)];
    }
}
