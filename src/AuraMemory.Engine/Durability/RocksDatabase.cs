using System.Runtime.InteropServices;
using static AuraMemory.Engine.Durability.RocksNative;

namespace AuraMemory.Engine.Durability;

/// <summary>One open database: native handles and the calls the home needs, errors as values.</summary>
/// <remarks>
/// Not protected against use after <see cref="Dispose"/>: callers hold the <see cref="NativeGate"/>. Error texts arrive in
/// native memory and are freed here, once. Writers take turns (the home's locks), so the newest sequence after a write is its own.
/// </remarks>
internal sealed unsafe class RocksDatabase : IDisposable
{
    private readonly nint _db;
    private readonly nint[] _families;
    private readonly uint[] _familyIds;
    private readonly nint _readOptions;
    private readonly nint _scanOptions;
    private readonly nint[] _writeOptions = new nint[4];

    private RocksDatabase(nint db, nint[] families)
    {
        _db = db;
        _families = families;
        _familyIds = Array.ConvertAll(families, rocksdb_column_family_handle_get_id);
        _readOptions = rocksdb_readoptions_create();
        rocksdb_readoptions_set_verify_checksums(_readOptions, 1);
        _scanOptions = rocksdb_readoptions_create();
        rocksdb_readoptions_set_verify_checksums(_scanOptions, 1);
        rocksdb_readoptions_set_fill_cache(_scanOptions, 0);
        for (int i = 0; i < _writeOptions.Length; i++)
        {
            _writeOptions[i] = rocksdb_writeoptions_create();
            rocksdb_writeoptions_set_sync(_writeOptions[i], (byte)(i & 1));
            rocksdb_writeoptions_disable_WAL(_writeOptions[i], i >> 1);
        }
    }

    /// <summary>Where the end of the log is witnessed from now on; null = nowhere.</summary>
    public LogTail? Tail { get; set; }

    /// <summary>Sequence of the newest entry, logged or not.</summary>
    public long Sequence => (long)rocksdb_get_latest_sequence_number(_db);

    /// <summary>Opens a database to look at it: no file is changed, its logs are replayed in memory only.</summary>
    /// <returns>Null when it cannot be opened.</returns>
    public static RocksDatabase? OpenToLook(string path, string[] names, int objects, RocksSettings settings, bool archive)
    {
        bool direct = settings.DirectIo;
        settings.DirectIo = false;
        nint main = settings.Objects(archive, pointInTime: false);
        nint small = settings.Small(pointInTime: false);
        try
        {
            var families = new nint[names.Length];
            var options = new nint[names.Length];
            Array.Fill(options, small);
            options[objects] = main;
            nint db = OpenFamilies(main, path, names, options, families, readOnly: true, out string? error);
            return error is null ? new RocksDatabase(db, families) : null;
        }
        finally
        {
            settings.DirectIo = direct;
            rocksdb_options_destroy(main);
            rocksdb_options_destroy(small);
        }
    }

    /// <summary>Opens or creates a database.</summary>
    /// <param name="path">Folder.</param>
    /// <param name="names">Column families; the first is "default".</param>
    /// <param name="objects">Index of the family that holds objects.</param>
    /// <param name="settings">Options.</param>
    /// <param name="archive">True for the archive.</param>
    /// <param name="pointInTime">See <see cref="RocksSettings.Objects"/>.</param>
    /// <param name="error">Why not; null on success.</param>
    public static RocksDatabase? Open(
        string path, string[] names, int objects, RocksSettings settings, bool archive, bool pointInTime, out string? error)
    {
        nint main = settings.Objects(archive, pointInTime);
        nint small = settings.Small(pointInTime);
        try
        {
            if (HasUnknownFamily(path, names, small, out error))
            {
                return null;
            }

            var families = new nint[names.Length];
            var options = new nint[names.Length];
            Array.Fill(options, small);
            options[objects] = main;
            nint db = OpenFamilies(main, path, names, options, families, readOnly: false, out error);
            return error is null ? new RocksDatabase(db, families) : null;
        }
        finally
        {
            rocksdb_options_destroy(main);
            rocksdb_options_destroy(small);
        }
    }

    /// <summary>Number by which batches name a family; the same after every reopening.</summary>
    public uint FamilyId(int family) => _familyIds[family];

    /// <summary>Gets a value without copying it; dispose the result.</summary>
    public PinnedValue Get(int family, ReadOnlySpan<byte> key)
    {
        fixed (byte* k = key)
        {
            nint failure = 0;
            nint slice = rocksdb_get_pinned_cf(_db, _readOptions, _families[family], k, (nuint)key.Length, ref failure);
            return failure == 0 ? new PinnedValue(slice, RocksFailure.None) : new PinnedValue(0, RocksErrors.Classify(TakeError(failure)));
        }
    }

    /// <summary>Writes a batch atomically.</summary>
    /// <returns>The error text; null on success.</returns>
    public string? Write(WriteBatchImage image, bool sync, bool log)
    {
        ReadOnlySpan<byte> bytes = image.Finish();
        nint batch;
        fixed (byte* b = bytes)
        {
            batch = rocksdb_writebatch_create_from(b, (nuint)bytes.Length);
        }

        nint failure = 0;
        rocksdb_write(_db, _writeOptions[(sync && log ? 1 : 0) | (log ? 0 : 2)], batch, ref failure);
        rocksdb_writebatch_destroy(batch);
        if (failure == 0 && log)
        {
            Tail?.Written(Sequence, sync);
        }

        return TakeError(failure);
    }

    /// <summary>Syncs the log.</summary>
    public string? SyncLog()
    {
        nint failure = 0;
        long before = Sequence;
        rocksdb_flush_wal(_db, 1, ref failure);
        return Synced(TakeError(failure), before);
    }

    /// <summary>Writes all write buffers into tables and syncs these.</summary>
    public string? FlushBuffers()
    {
        nint options = rocksdb_flushoptions_create();
        nint failure = 0;
        long before = Sequence;
        fixed (nint* families = _families)
        {
            rocksdb_flush_cfs(_db, options, families, _families.Length, ref failure);
        }

        rocksdb_flushoptions_destroy(options);
        return Synced(TakeError(failure), before);
    }

    private string? Synced(string? error, long sequence)
    {
        if (error is null)
        {
            Tail?.Synced(sequence);
        }

        return error;
    }

    /// <summary>Rewrites a family's tables; for tests and tools.</summary>
    public void Compact(int family) => rocksdb_compact_range_cf(_db, _families[family], (byte*)null, (nuint)0, (byte*)null, (nuint)0);

    /// <summary>A cursor over one family; dispose it before leaving the gate.</summary>
    /// <param name="family">Index of the family.</param>
    /// <param name="once">True for a walk whose blocks should not displace cached ones.</param>
    public RocksCursor Cursor(int family, bool once) =>
        new(rocksdb_create_iterator_cf(_db, once ? _scanOptions : _readOptions, _families[family]));

    /// <summary>Bytes that open tables hold outside the cache.</summary>
    public long TableReaderBytes()
    {
        long sum = 0;
        foreach (nint family in _families)
        {
            if (rocksdb_property_int_cf(_db, family, "rocksdb.estimate-table-readers-mem", out ulong value) == 0)
            {
                sum += (long)value;
            }
        }

        return sum;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (nint family in _families)
        {
            rocksdb_column_family_handle_destroy(family);
        }

        rocksdb_close(_db);
        rocksdb_readoptions_destroy(_readOptions);
        rocksdb_readoptions_destroy(_scanOptions);
        foreach (nint options in _writeOptions)
        {
            rocksdb_writeoptions_destroy(options);
        }
    }

    /// <summary>Takes and frees a native error text.</summary>
    internal static string? TakeError(nint failure)
    {
        if (failure == 0)
        {
            return null;
        }

        string text = Marshal.PtrToStringUTF8(failure) ?? "unknown error";
        rocksdb_free(failure);
        return text;
    }

    private static nint OpenFamilies(
        nint main, string path, string[] names, nint[] options, nint[] families, bool readOnly, out string? error)
    {
        byte** texts = stackalloc byte*[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            texts[i] = (byte*)Marshal.StringToCoTaskMemUTF8(names[i]);
        }

        fixed (nint* familyOptions = options, handles = families)
        {
            nint failure = 0;
            nint db = readOnly
                ? rocksdb_open_for_read_only_column_families(main, path, names.Length, texts, familyOptions, handles, 0, ref failure)
                : rocksdb_open_column_families(main, path, names.Length, texts, familyOptions, handles, ref failure);
            for (int i = 0; i < names.Length; i++)
            {
                Marshal.FreeCoTaskMem((nint)texts[i]);
            }

            error = TakeError(failure);
            return db;
        }
    }

    private static bool HasUnknownFamily(string path, string[] names, nint options, out string? error)
    {
        error = null;
        if (!File.Exists(Path.Combine(path, "CURRENT")))
        {
            return false;
        }

        nint failure = 0;
        nint list = rocksdb_list_column_families(options, path, out nuint count, ref failure);
        error = TakeError(failure);
        if (error is not null)
        {
            return true;
        }

        for (int i = 0; i < (int)count; i++)
        {
            string name = Marshal.PtrToStringUTF8(((nint*)list)[i]) ?? string.Empty;
            if (Array.IndexOf(names, name) < 0)
            {
                error = $"unknown column family '{name}', created with newer version";
            }
        }

        rocksdb_list_column_families_destroy(list, count);
        return error is not null;
    }
}

/// <summary>A value in the storage engine's own memory, pinned until disposed.</summary>
internal readonly ref struct PinnedValue
{
    private readonly nint _slice;

    internal PinnedValue(nint slice, RocksFailure failure)
    {
        _slice = slice;
        Failure = failure;
    }

    /// <summary>Why the look-up failed.</summary>
    public RocksFailure Failure { get; }

    /// <summary>True when the key is there.</summary>
    public bool Found => _slice != 0;

    /// <summary>The bytes.</summary>
    public unsafe ReadOnlySpan<byte> Bytes
    {
        get
        {
            nint at = rocksdb_pinnableslice_value(_slice, out nuint length);
            return new ReadOnlySpan<byte>((void*)at, (int)length);
        }
    }

    /// <summary>Unpins.</summary>
    public void Dispose()
    {
        if (_slice != 0)
        {
            rocksdb_pinnableslice_destroy(_slice);
        }
    }
}

/// <summary>A position in one column family's key order, on a snapshot taken when it was made.</summary>
internal readonly unsafe struct RocksCursor : IDisposable
{
    private readonly nint _iterator;

    internal RocksCursor(nint iterator) => _iterator = iterator;

    /// <summary>True while it stands on an entry.</summary>
    public bool Valid => rocksdb_iter_valid(_iterator) != 0;

    /// <summary>Key at the position; valid until it moves.</summary>
    public ReadOnlySpan<byte> Key
    {
        get
        {
            nint at = rocksdb_iter_key(_iterator, out nuint length);
            return new ReadOnlySpan<byte>((void*)at, (int)length);
        }
    }

    /// <summary>Value at the position; valid until it moves.</summary>
    public ReadOnlySpan<byte> Value
    {
        get
        {
            nint at = rocksdb_iter_value(_iterator, out nuint length);
            return new ReadOnlySpan<byte>((void*)at, (int)length);
        }
    }

    /// <summary>Why the walk ended early; <see cref="RocksFailure.None"/> at the real end.</summary>
    public RocksFailure Failure
    {
        get
        {
            nint failure = 0;
            rocksdb_iter_get_error(_iterator, ref failure);
            return RocksErrors.Classify(RocksDatabase.TakeError(failure));
        }
    }

    /// <summary>Goes to the first key at or after <paramref name="key"/>.</summary>
    public void Seek(ReadOnlySpan<byte> key)
    {
        byte none = 0;
        fixed (byte* k = key)
        {
            rocksdb_iter_seek(_iterator, k is null ? &none : k, (nuint)key.Length);
        }
    }

    /// <summary>Goes to the last key.</summary>
    public void SeekToLast() => rocksdb_iter_seek_to_last(_iterator);

    /// <summary>Goes on by one.</summary>
    public void Next() => rocksdb_iter_next(_iterator);

    /// <inheritdoc/>
    public void Dispose() => rocksdb_iter_destroy(_iterator);
}
