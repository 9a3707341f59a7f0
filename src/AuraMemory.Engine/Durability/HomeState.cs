using System.Buffers.Binary;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Durability;

/// <content>What is read at open: format, identity, totals, numbers; and the full count that repairs or audits the totals.</content>
public sealed partial class Home
{
    private const int Objects = 1;
    private const int ChangeLog = 2;
    private const int Relations = 3;
    private const int Expiry = 4;
    private const int Touched = 5;
    private const int Notes = 6;
    private const int CleanUp = 7;
    private HomeCounters _counters;
    private volatile bool _archiveMayHold;
    private volatile bool _relationsMayExist;
    private bool _unlogged;
    private bool _lossUnheard;
    private long _reserved;
    private long _lastChange;
    private long _trimmed;

    // Families are numbered in creation order, and Open creates them in the order of the list, for good.
    private static uint ObjectsFamily => Objects;

    private static uint NotesFamily => Notes;

    private static ReadOnlySpan<byte> CountersNote => "\0totals"u8;

    private static ReadOnlySpan<byte> ReservedNote => "\0reserved"u8;

    private static ReadOnlySpan<byte> TrimmedNote => "\0trimmed"u8;

    private static ReadOnlySpan<byte> UnloggedNote => "\0unlogged"u8;

    private static ReadOnlySpan<byte> FormatKey => "format"u8;

    private static ReadOnlySpan<byte> IdentityKey => "identity"u8;

    /// <inheritdoc/>
    public long FirstFreeNumber => Math.Max(1, Math.Max(Volatile.Read(ref _reserved), Volatile.Read(ref _lastChange) + 1));

    /// <inheritdoc/>
    public long LastChangeNumber => Volatile.Read(ref _lastChange);

    /// <summary>
    /// Versions above this number may not be in the log: a crash may lose them or, right after an opening, may have lost
    /// them while copies survived elsewhere. Null when everything is logged or flushed.
    /// </summary>
    internal long? UnloggedAfter { get; private set; }

    /// <summary>
    /// Whoever keeps copies has dropped those of versions that may have been lost: only from now on may a flush end the mark.
    /// Otherwise a pool that could not be opened at this start would bring the lost versions back at a later one.
    /// </summary>
    internal void LossHeard()
    {
        lock (_commitLock)
        {
            _lossUnheard = false;
        }
    }

    /// <summary>Present totals.</summary>
    internal HomeCounters Counters
    {
        get
        {
            lock (_commitLock)
            {
                return _counters;
            }
        }
    }

    /// <summary>Counts the totals by a full walk of both databases: O(objects). For audits.</summary>
    internal HomeCounters Recount()
    {
        lock (_moveLock)
        {
            lock (_commitLock)
            {
                return RecountLocked();
            }
        }
    }

    private void LoadState(bool repaired)
    {
        VerifyFamilies();
        byte[]? ssdIdentity = LoadAbout(_ssd!, _options.SsdPath);
        byte[]? archiveIdentity = LoadAbout(_archive!, _options.ArchivePath);
        _counters = HomeCounters.TryRead(Require(Notes, CountersNote) ?? [], out HomeCounters counters) ? counters : default;
        PairUp(ssdIdentity, archiveIdentity);
        _reserved = NoteNumber(ReservedNote);
        _trimmed = NoteNumber(TrimmedNote);
        _unlogged = Require(Notes, UnloggedNote) is not null;
        _lossUnheard = _unlogged;
        UnloggedAfter = _unlogged ? NoteNumber(UnloggedNote) : null;
        _lastChange = Math.Max(_trimmed, NewestChange(_ssd!));
        _archiveMayHold = HasAny(_archive!, Objects);
        _relationsMayExist = HasAny(_ssd!, Relations);
        if (repaired)
        {
            RecoveryNote += $" The newest change that was kept is {_lastChange}; numbers below {_reserved} may have been given out.";
        }

        if (_unlogged || repaired)
        {
            _counters = RecountLocked();
            _own.Clear();
            _counters.Write(_own.Put(NotesFamily, CountersNote, HomeCounters.Bytes));
            WriteAtOpen(_ssd!, _options.SsdPath); // the mark stays until a flush: others have yet to learn of the loss
        }
    }

    private void VerifyFamilies()
    {
        for (int i = 0; i < SsdFamilies.Length; i++)
        {
            if (_ssd!.FamilyId(i) != i)
            {
                throw new HomeOpenException(
                    HomeOpenProblem.Corrupt, _options.SsdPath, $"'{_options.SsdPath}' holds a database that this service did not create. Choose another folder.");
            }
        }
    }

    private static byte[]? LoadAbout(RocksDatabase database, string path)
    {
        using PinnedValue format = database.Get(0, FormatKey);
        if (format.Failure != RocksFailure.None)
        {
            throw HomeOpenException.From(path, "Corruption: the format note cannot be read", mayRepair: false);
        }

        if (!format.Found)
        {
            return null;
        }

        if (format.Bytes.Length != 1 || format.Bytes[0] > StoreFormat)
        {
            throw HomeOpenException.From(path, $"format {(format.Bytes.Length > 0 ? format.Bytes[0] : -1)}, created with newer version", mayRepair: false);
        }

        using PinnedValue identity = database.Get(0, IdentityKey);
        return identity.Found ? identity.Bytes.ToArray() : throw HomeOpenException.From(path, "Corruption: the identity note is missing", mayRepair: false);
    }

    /// <summary>An archive that is missing, or another store's, would make archived objects vanish silently: refuse.</summary>
    private void PairUp(byte[]? ssd, byte[]? archive)
    {
        string? problem = (ssd, archive) switch
        {
            (null, null) => null,
            ({ }, { }) when ssd.AsSpan().SequenceEqual(archive) => null,
            ({ }, null) when _counters.ArchiveEntries == 0 => null,
            ({ }, null) => $"it is empty, but {_counters.ArchiveEntries} archived objects belong there. Is the disk mounted?",
            (null, { }) => $"it belongs to another store than '{_options.SsdPath}', which is empty. Is the SSD mounted?",
            _ => $"it belongs to another store than '{_options.SsdPath}'.",
        };
        if (problem is not null)
        {
            throw new HomeOpenException(
                HomeOpenProblem.Mismatch, _options.ArchivePath, $"The archive folder '{_options.ArchivePath}' does not fit: {problem} Correct the two paths.");
        }

        byte[] identity = ssd ?? Guid.NewGuid().ToByteArray();
        if (ssd is null)
        {
            WriteAbout(_ssd!, _options.SsdPath, identity);
        }

        if (archive is null)
        {
            WriteAbout(_archive!, _options.ArchivePath, identity);
        }
    }

    private void WriteAbout(RocksDatabase database, string path, byte[] identity)
    {
        _own.Clear();
        _own.Put(0, FormatKey, [StoreFormat]);
        _own.Put(0, IdentityKey, identity);
        WriteAtOpen(database, path);
    }

    private void WriteAtOpen(RocksDatabase database, string path)
    {
        if (database.Write(_own, sync: true, log: true) is { } error)
        {
            throw HomeOpenException.From(path, error, mayRepair: false);
        }
    }

    private byte[]? Require(int family, ReadOnlySpan<byte> key) => Require(_ssd!, family, key);

    private byte[]? Require(RocksDatabase ssd, int family, ReadOnlySpan<byte> key)
    {
        using PinnedValue value = ssd.Get(family, key);
        return value.Failure != RocksFailure.None
            ? throw HomeOpenException.From(_options.SsdPath, "Corruption: a note cannot be read", mayRepair: false)
            : value.Found ? value.Bytes.ToArray() : null;
    }

    private long NoteNumber(ReadOnlySpan<byte> note) => NoteNumber(_ssd!, note);

    private long NoteNumber(RocksDatabase ssd, ReadOnlySpan<byte> note) =>
        Require(ssd, Notes, note) is { Length: 8 } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;

    private static long NewestChange(RocksDatabase ssd)
    {
        using RocksCursor cursor = ssd.Cursor(ChangeLog, once: true);
        cursor.SeekToLast();
        return cursor.Valid && cursor.Key.Length == 8 ? BinaryPrimitives.ReadInt64BigEndian(cursor.Key) : 0;
    }

    private static bool HasAny(RocksDatabase database, int family)
    {
        using RocksCursor cursor = database.Cursor(family, once: true);
        cursor.Seek([]);
        return cursor.Valid || cursor.Failure != RocksFailure.None;
    }

    private HomeCounters RecountLocked()
    {
        HomeCounters sum = default;
        using RocksCursor ssd = _ssd!.Cursor(Objects, once: true);
        using RocksCursor archive = _archive!.Cursor(Objects, once: true);
        ssd.Seek([]);
        archive.Seek([]);
        while (ssd.Valid || archive.Valid)
        {
            int order = !ssd.Valid ? 1 : !archive.Valid ? -1 : ssd.Key.SequenceCompareTo(archive.Key);
            if (order <= 0)
            {
                if (!Envelope.TryParse(ssd.Key, ssd.Value, out Envelope envelope) || !envelope.IsGrave)
                {
                    sum.Add(TierId.NvmeCold, 1, ssd.Key.Length + ssd.Value.Length);
                }

                ssd.Next();
            }
            else
            {
                sum.Add(TierId.HddArchive, 1, archive.Key.Length + archive.Value.Length);
            }

            if (order >= 0)
            {
                archive.Next();
            }
        }

        using RocksCursor changes = _ssd.Cursor(ChangeLog, once: true);
        for (changes.Seek([]); changes.Valid; changes.Next())
        {
            sum.Changes++;
        }

        return sum;
    }
}
