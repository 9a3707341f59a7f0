using System.Runtime.InteropServices;

namespace AuraMemory.Engine.Durability;

/// <content>Options, caches and table formats.</content>
internal static unsafe partial class RocksNative
{
    [LibraryImport(Library)]
    public static partial nint rocksdb_cache_create_lru(nuint bytes);

    [LibraryImport(Library)]
    public static partial void rocksdb_cache_destroy(nint cache);

    [LibraryImport(Library)]
    public static partial nuint rocksdb_cache_get_usage(nint cache);

    [LibraryImport(Library)]
    public static partial nint rocksdb_write_buffer_manager_create_with_cache(nuint bytes, nint cache, byte allowStall);

    [LibraryImport(Library)]
    public static partial void rocksdb_write_buffer_manager_destroy(nint manager);

    [LibraryImport(Library)]
    public static partial nint rocksdb_filterpolicy_create_bloom_full(double bitsPerKey);

    [LibraryImport(Library)]
    public static partial nint rocksdb_block_based_options_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_destroy(nint options);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_block_cache(nint options, nint cache);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_block_size(nint options, nuint bytes);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_cache_index_and_filter_blocks(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_cache_index_and_filter_blocks_with_high_priority(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_filter_policy(nint options, nint policy);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_whole_key_filtering(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_data_block_index_type(nint options, int type);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_data_block_hash_ratio(nint options, double ratio);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_format_version(nint options, int version);

    [LibraryImport(Library)]
    public static partial nint rocksdb_options_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_options_destroy(nint options);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_create_if_missing(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_create_missing_column_families(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_write_buffer_manager(nint options, nint manager);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_block_based_table_factory(nint options, nint tables);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_wal_recovery_mode(nint options, int mode);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_track_and_verify_wals(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_atomic_flush(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_max_bgerror_resume_count(nint options, int count);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_paranoid_checks(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_max_background_jobs(nint options, int count);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_max_write_buffer_number(nint options, int count);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_level_compaction_dynamic_level_bytes(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_bytes_per_sync(nint options, ulong bytes);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_info_log_level(nint options, int level);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_keep_log_file_num(nint options, nuint count);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_stats_dump_period_sec(nint options, uint seconds);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_skip_stats_update_on_db_open(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_use_direct_reads(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_use_direct_io_for_flush_and_compaction(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_write_buffer_size(nint options, nuint bytes);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_enable_blob_files(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_min_blob_size(nint options, ulong bytes);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_enable_blob_gc(nint options, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_blob_compression_type(nint options, int type);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_compression(nint options, int type);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_compression_per_level(nint options, int* types, nuint count);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_compression_options(nint options, int windowBits, int level, int strategy, int dictionaryBytes);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_compression_options_zstd_max_train_bytes(nint options, int bytes);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_compression_options_max_dict_buffer_bytes(nint options, ulong bytes);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_bottommost_compression(nint options, int type);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_bottommost_compression_options(nint options, int windowBits, int level, int strategy, int dictionaryBytes, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_bottommost_compression_options_zstd_max_train_bytes(nint options, int bytes, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_bottommost_compression_options_max_dict_buffer_bytes(nint options, ulong bytes, byte on);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_memtable_prefix_bloom_size_ratio(nint options, double share);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_memtable_whole_key_filtering(nint options, byte on);
}
