using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Durability;

/// <summary>A derived table over a small RocksDB database of its own.</summary>
/// <remarks>
/// Users of the database are inside the gate; <see cref="Reset"/> and <see cref="Dispose"/> shut it first and so never pull it away
/// from under them. States: open, or without a database (failed to open, or closed), in which every call says so. A database that
/// cannot be opened, for whatever reason but that somebody else holds it, is deleted: nothing in it is the truth.
/// </remarks>
internal sealed class DerivedTable : IDerivedTable, IDisposable
{
    private const long MinBytes = 2L << 20;
    private static readonly string[] Families = ["default"];

    private readonly string _folder;
    private readonly HomeOptions _options;
    private readonly NativeGate _gate = new();
    private readonly Lock _writing = new();
    private readonly WriteBatchImage _batch = new();
    private RocksSettings? _settings;
    private bool _refusesDirectIo;
    private RocksDatabase? _database;

    /// <param name="folder">Folder; created when missing.</param>
    /// <param name="memoryBytes">Block cache and write buffers together, bytes; at least 2 MiB are taken.</param>
    /// <param name="directIo">Bypass the page cache where possible.</param>
    public DerivedTable(string folder, long memoryBytes, bool directIo)
    {
        _folder = folder;
        long half = Math.Max(memoryBytes, MinBytes) / 2;
        _options = new HomeOptions { SsdPath = folder, ArchivePath = folder, BlockCacheBytes = half, WriteBufferBytes = half, DirectIo = directIo };
        Lost = TryOpen(out string? error) ? null : error;
        if (Lost is not null && Clear())
        {
            Lost = TryOpen(out error) ? Lost : error;
        }
    }

    /// <inheritdoc/>
    public string? Lost { get; }

    /// <inheritdoc/>
    public long MemoryBytes
    {
        get
        {
            int slot = _gate.Enter();
            try
            {
                return _database is null ? 0 : _settings!.CacheBytes + _database.TableReaderBytes();
            }
            finally
            {
                _gate.Exit(slot);
            }
        }
    }

    /// <inheritdoc/>
    public ReadStatus Get(ReadOnlySpan<byte> key, out byte[]? value)
    {
        value = null;
        int slot = _gate.Enter();
        try
        {
            if (_database is null)
            {
                return ReadStatus.DeviceFailed;
            }

            using PinnedValue found = _database.Get(0, key);
            if (found.Found)
            {
                value = found.Bytes.ToArray();
                return ReadStatus.Found;
            }

            return found.Failure == RocksFailure.None ? ReadStatus.NotFound : RocksErrors.ToRead(found.Failure);
        }
        finally
        {
            _gate.Exit(slot);
        }
    }

    /// <inheritdoc/>
    public bool Scan(ReadOnlySpan<byte> after, int limit, List<KeyValuePair<byte[], byte[]>> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        int slot = _gate.Enter();
        try
        {
            if (_database is null)
            {
                return false;
            }

            using RocksCursor cursor = _database.Cursor(0, once: true);
            cursor.Seek(after);
            if (cursor.Valid && !after.IsEmpty && cursor.Key.SequenceEqual(after))
            {
                cursor.Next();
            }

            for (; limit > 0 && cursor.Valid; cursor.Next(), limit--)
            {
                into.Add(new(cursor.Key.ToArray(), cursor.Value.ToArray()));
            }

            return cursor.Failure == RocksFailure.None;
        }
        finally
        {
            _gate.Exit(slot);
        }
    }

    /// <inheritdoc/>
    public bool Write(IReadOnlyList<KeyValuePair<byte[], byte[]?>> puts)
    {
        ArgumentNullException.ThrowIfNull(puts);
        lock (_writing)
        {
            int slot = _gate.Enter();
            try
            {
                if (_database is null)
                {
                    return false;
                }

                _batch.Clear();
                foreach ((byte[] key, byte[]? value) in puts)
                {
                    if (value is null)
                    {
                        _batch.Delete(_database.FamilyId(0), key);
                    }
                    else
                    {
                        _batch.Put(_database.FamilyId(0), key, value);
                    }
                }

                return _database.Write(_batch, sync: false, log: true) is null;
            }
            finally
            {
                _gate.Exit(slot);
            }
        }
    }

    /// <inheritdoc/>
    public bool Reset()
    {
        lock (_writing)
        {
            _gate.Shut();
            try
            {
                Close();
                return Clear() && TryOpen(out _);
            }
            finally
            {
                _gate.Open();
            }
        }
    }

    /// <summary>Syncs and closes; calls after it find no database.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            _gate.Shut();
            try
            {
                _database?.SyncLog();
                Close();
            }
            finally
            {
                _gate.Open();
            }
        }
    }

    private bool TryOpen(out string? error)
    {
        try
        {
            Directory.CreateDirectory(_folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = e.Message;
            return false;
        }

        while (true)
        {
            _settings = new RocksSettings(_options) { DirectIo = _options.DirectIo && !_refusesDirectIo };
            _database = RocksDatabase.Open(_folder, Families, 0, _settings, archive: false, pointInTime: false, out error);
            if (_database is not null)
            {
                return true;
            }

            _settings.Dispose();
            _settings = null;
            if (RocksErrors.Classify(error) != RocksFailure.NoDirectIo || _refusesDirectIo)
            {
                return false;
            }

            _refusesDirectIo = true;
        }
    }

    private void Close()
    {
        _database?.Dispose();
        _database = null;
        _settings?.Dispose();
        _settings = null;
    }

    private bool Clear()
    {
        try
        {
            if (Directory.Exists(_folder))
            {
                Directory.Delete(_folder, recursive: true);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
