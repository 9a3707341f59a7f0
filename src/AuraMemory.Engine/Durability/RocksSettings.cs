using static AuraMemory.Engine.Durability.RocksNative;

namespace AuraMemory.Engine.Durability;

/// <summary>Native options of the two databases, and the memory they share.</summary>
/// <remarks>
/// One least-recently-used cache holds data, index and filter blocks of both databases, and the write buffers are charged to
/// it, so that one figure bounds them all. All column families of a database are flushed together (atomic flush): a batch
/// that was not logged is in the tables as a whole or not at all. A log notes how its predecessor ended, so that one cut off
/// before the newest is an error. Nothing is retried after a background error: the caller
/// decides, by reopening. Blocks of 4 KiB carry a hash index, and the upper levels of the SSD are not compressed, because
/// point reads of about 1 KB decide there; the archive is compressed with zstd and a dictionary trained on each file.
/// </remarks>
internal sealed unsafe class RocksSettings : IDisposable
{
    private const int NoCompression = 0;
    private const int Lz4 = 4;
    private const int Zstd = 7;
    private const int Levels = 7;
    private const double FilterBitsPerKey = 10;
    private const double WriteBufferFilterShare = 0.02;
    private const int WarnLevel = 2;
    private const int TolerateCorruptedTail = 0;
    private const int PointInTime = 2;
    private readonly HomeOptions _options;
    private readonly nint _tables;
    private readonly nint _writeBufferManager;

    /// <summary>Makes the shared parts.</summary>
    public RocksSettings(HomeOptions options)
    {
        _options = options;
        Cache = rocksdb_cache_create_lru((nuint)options.BlockCacheBytes);
        _writeBufferManager = rocksdb_write_buffer_manager_create_with_cache((nuint)options.WriteBufferBytes, Cache, 0);
        _tables = rocksdb_block_based_options_create();
        rocksdb_block_based_options_set_block_cache(_tables, Cache);
        rocksdb_block_based_options_set_block_size(_tables, (nuint)4096);
        rocksdb_block_based_options_set_cache_index_and_filter_blocks(_tables, 1);
        rocksdb_block_based_options_set_cache_index_and_filter_blocks_with_high_priority(_tables, 1);
        rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(_tables, 1);
        rocksdb_block_based_options_set_filter_policy(_tables, rocksdb_filterpolicy_create_bloom_full(FilterBitsPerKey));
        rocksdb_block_based_options_set_whole_key_filtering(_tables, 1);
        rocksdb_block_based_options_set_data_block_index_type(_tables, 1);
        rocksdb_block_based_options_set_data_block_hash_ratio(_tables, 0.75);
        rocksdb_block_based_options_set_format_version(_tables, 6);
        DirectIo = options.DirectIo;
    }

    /// <summary>The shared cache.</summary>
    public nint Cache { get; }

    /// <summary>Whether unbuffered I/O is asked for; set to false when the file system refuses it.</summary>
    public bool DirectIo { get; set; }

    /// <summary>Bytes in the cache, write buffers included.</summary>
    public long CacheBytes => (long)rocksdb_cache_get_usage(Cache);

    /// <summary>Options of a database and of its object family; the caller destroys them.</summary>
    /// <param name="archive">True for the archive.</param>
    /// <param name="pointInTime">True = keep what comes before damage in the log; false = refuse to open.</param>
    public nint Objects(bool archive, bool pointInTime)
    {
        nint options = Common(pointInTime);
        long buffer = Math.Max(_options.WriteBufferBytes / (archive ? 4 : 2), 1 << 20);
        rocksdb_options_set_write_buffer_size(options, (nuint)buffer);
        rocksdb_options_set_enable_blob_files(options, 1);
        rocksdb_options_set_min_blob_size(options, (ulong)_options.BlobThresholdBytes);
        rocksdb_options_set_enable_blob_gc(options, 1);
        int cold = !_options.CompressCold ? NoCompression : archive ? Zstd : Lz4;
        rocksdb_options_set_blob_compression_type(options, cold);
        if (archive)
        {
            rocksdb_options_set_compression(options, cold);
            rocksdb_options_set_bottommost_compression(options, cold);
            if (_options.CompressCold)
            {
                const int level = 6;
                const int dictionaryBytes = 16 << 10;
                rocksdb_options_set_compression_options(options, -14, level, 0, dictionaryBytes);
                rocksdb_options_set_compression_options_zstd_max_train_bytes(options, 100 * dictionaryBytes);
                rocksdb_options_set_compression_options_max_dict_buffer_bytes(options, 8 << 20);
                rocksdb_options_set_bottommost_compression_options(options, -14, level, 0, dictionaryBytes, 1);
                rocksdb_options_set_bottommost_compression_options_zstd_max_train_bytes(options, 100 * dictionaryBytes, 1);
                rocksdb_options_set_bottommost_compression_options_max_dict_buffer_bytes(options, 8 << 20, 1);
            }
        }
        else
        {
            int* none = stackalloc int[Levels];
            rocksdb_options_set_compression_per_level(options, none, Levels);
            rocksdb_options_set_bottommost_compression(options, cold);

            // Every store asks first what the home has. Most new keys are answered here, without a walk through the write buffer.
            rocksdb_options_set_memtable_prefix_bloom_size_ratio(options, WriteBufferFilterShare);
            rocksdb_options_set_memtable_whole_key_filtering(options, 1);
        }

        return options;
    }

    /// <summary>Options of the small families; the caller destroys them.</summary>
    public nint Small(bool pointInTime)
    {
        nint options = Common(pointInTime);
        rocksdb_options_set_write_buffer_size(options, (nuint)Math.Max(_options.WriteBufferBytes / 4, 1 << 20));
        return options;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        rocksdb_block_based_options_destroy(_tables);
        rocksdb_write_buffer_manager_destroy(_writeBufferManager);
        rocksdb_cache_destroy(Cache);
    }

    private nint Common(bool pointInTime)
    {
        nint options = rocksdb_options_create();
        rocksdb_options_set_create_if_missing(options, 1);
        rocksdb_options_set_create_missing_column_families(options, 1);
        rocksdb_options_set_write_buffer_manager(options, _writeBufferManager);
        rocksdb_options_set_block_based_table_factory(options, _tables);
        rocksdb_options_set_wal_recovery_mode(options, pointInTime ? PointInTime : TolerateCorruptedTail);
        rocksdb_options_set_track_and_verify_wals(options, 1);
        rocksdb_options_set_atomic_flush(options, 1);
        rocksdb_options_set_max_bgerror_resume_count(options, 0);
        rocksdb_options_set_paranoid_checks(options, 1);
        rocksdb_options_set_max_background_jobs(options, 2);
        rocksdb_options_set_max_write_buffer_number(options, 4);
        rocksdb_options_set_level_compaction_dynamic_level_bytes(options, 1);
        rocksdb_options_set_compression(options, NoCompression);
        rocksdb_options_set_bytes_per_sync(options, 1 << 20);
        rocksdb_options_set_info_log_level(options, WarnLevel);
        rocksdb_options_set_keep_log_file_num(options, (nuint)4);
        rocksdb_options_set_stats_dump_period_sec(options, 0);
        rocksdb_options_set_skip_stats_update_on_db_open(options, 1);
        if (DirectIo)
        {
            rocksdb_options_set_use_direct_reads(options, 1);
            rocksdb_options_set_use_direct_io_for_flush_and_compaction(options, 1);
        }

        return options;
    }
}
