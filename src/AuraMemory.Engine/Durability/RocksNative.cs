using System.Runtime.InteropServices;

namespace AuraMemory.Engine.Durability;

/// <summary>The storage engine's own C functions, under their own names: those the home calls, and no others.</summary>
/// <remarks>
/// The package's managed layer is left out. It builds a type over all 1 774 functions when first touched, which was most of
/// the time the home took to open, and it looks for the native library in the working folder of the process, from where
/// anybody's file would be loaded. Here the runtime looks where the application's own libraries are.
/// Parameters as in <c>rocksdb/c.h</c>: flags are one byte, an error is 0 before the call, and a text to be freed after a failure.
/// </remarks>
internal static unsafe partial class RocksNative
{
    private const string Library = "rocksdb";

    static RocksNative() => NativeLibrary.SetDllImportResolver(typeof(RocksNative).Assembly, Resolve);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint rocksdb_open_column_families(nint options, string path, int count, byte** names, nint* familyOptions, nint* families, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint rocksdb_open_for_read_only_column_families(nint options, string path, int count, byte** names, nint* familyOptions, nint* families, byte refuseIfLogExists, ref nint error);

    [LibraryImport(Library)]
    public static partial ulong rocksdb_get_latest_sequence_number(nint db);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint rocksdb_list_column_families(nint options, string path, out nuint count, ref nint error);

    [LibraryImport(Library)]
    public static partial void rocksdb_list_column_families_destroy(nint list, nuint count);

    [LibraryImport(Library)]
    public static partial void rocksdb_close(nint db);

    [LibraryImport(Library)]
    public static partial uint rocksdb_column_family_handle_get_id(nint family);

    [LibraryImport(Library)]
    public static partial void rocksdb_column_family_handle_destroy(nint family);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rocksdb_property_int_cf(nint db, nint family, string name, out ulong value);

    [LibraryImport(Library)]
    public static partial void rocksdb_free(nint memory);

    [LibraryImport(Library)]
    public static partial void rocksdb_write(nint db, nint options, nint batch, ref nint error);

    [LibraryImport(Library)]
    public static partial nint rocksdb_writebatch_create_from(byte* bytes, nuint length);

    [LibraryImport(Library)]
    public static partial void rocksdb_writebatch_destroy(nint batch);

    [LibraryImport(Library)]
    public static partial void rocksdb_flush_wal(nint db, byte sync, ref nint error);

    [LibraryImport(Library)]
    public static partial void rocksdb_flush_cfs(nint db, nint options, nint* families, int count, ref nint error);

    [LibraryImport(Library)]
    public static partial void rocksdb_compact_range_cf(nint db, nint family, byte* start, nuint startLength, byte* end, nuint endLength);

    [LibraryImport(Library)]
    public static partial nint rocksdb_flushoptions_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_flushoptions_destroy(nint options);

    [LibraryImport(Library)]
    public static partial nint rocksdb_writeoptions_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_writeoptions_destroy(nint options);

    [LibraryImport(Library)]
    public static partial void rocksdb_writeoptions_set_sync(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_writeoptions_disable_WAL(nint options, int on);

    [LibraryImport(Library)]
    public static partial nint rocksdb_get_pinned_cf(nint db, nint options, nint family, byte* key, nuint keyLength, ref nint error);

    [LibraryImport(Library)]
    public static partial nint rocksdb_pinnableslice_value(nint slice, out nuint length);

    [LibraryImport(Library)]
    public static partial void rocksdb_pinnableslice_destroy(nint slice);

    [LibraryImport(Library)]
    public static partial nint rocksdb_create_iterator_cf(nint db, nint options, nint family);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_destroy(nint iterator);

    [LibraryImport(Library)]
    public static partial byte rocksdb_iter_valid(nint iterator);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_seek(nint iterator, byte* key, nuint length);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_seek_to_last(nint iterator);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_next(nint iterator);

    [LibraryImport(Library)]
    public static partial nint rocksdb_iter_key(nint iterator, out nuint length);

    [LibraryImport(Library)]
    public static partial nint rocksdb_iter_value(nint iterator, out nuint length);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_get_error(nint iterator, ref nint error);

    [LibraryImport(Library)]
    public static partial nint rocksdb_readoptions_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_readoptions_destroy(nint options);

    [LibraryImport(Library)]
    public static partial void rocksdb_readoptions_set_verify_checksums(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_readoptions_set_fill_cache(nint options, byte on);

    /// <summary>The package holds a build of its own for musl; otherwise the runtime finds the one there is.</summary>
    private static nint Resolve(string name, System.Reflection.Assembly assembly, DllImportSearchPath? path) =>
        name == Library && RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)
            && NativeLibrary.TryLoad("rocksdb-musl", assembly, path, out nint handle) ? handle : 0;
}
