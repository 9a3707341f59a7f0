using System.Buffers.Binary;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;

namespace AuraMemory.Engine.Durability;

/// <summary>The durable home over two RocksDB databases, one per physical path.</summary>
/// <remarks>
/// <para>Layout. SSD database, by column family: <c>default</c>: format and identity of the store · <c>objects</c>: key →
/// <see cref="Envelope"/> · <c>changes</c>: number, 8 bytes big-endian → kind, version, key · <c>relations</c>: <c>o</c> source 00 type
/// 00 target, and mirrored <c>i</c> target 00 type 00 source → weight · <c>expiry</c>: milliseconds, 8 bytes big-endian, key →
/// version · <c>touched</c>: key → seconds · <c>notes</c>: the caller's (01 name) and our own (00 name: totals, reserved numbers,
/// trim mark) · <c>cleanup</c>: keys whose archive copy may have to go. Archive database: <c>default</c> and <c>objects</c>.</para>
/// <para>Truth. An entry in the SSD's <c>objects</c> decides: an object is the object, a grave (a deletion) hides whatever the
/// archive holds. Only without an entry does the archive decide. So every change of an object or of its home is exactly one
/// atomic batch of the SSD database, with the totals in it, and the archive database is merely told before (copies appear
/// and are synced before the batch that makes them the home) or after (copies are deleted once nothing refers to them).
/// A crash leaves at most a hidden archive copy with its <c>cleanup</c> entry; <see cref="CleanUpArchive"/> removes copy, then
/// grave and entry. Before it deletes a copy the SSD's log is synced: the newer version must not be easier to lose than the
/// copy. All of it is idempotent.</para>
/// <para>Log. Batches without log are atomic too, because all families flush together; a logged mark is set before the first
/// one, and while it is set an open counts the totals anew instead of believing the note.</para>
/// <para>Locks. <c>_moveLock</c> serialises all writers of the archive (moves, clean-up), <c>_commitLock</c> all writers of the SSD;
/// the first is taken before the second. Readers take neither: they pass the <see cref="NativeGate"/>. Handles are replaced
/// only by a thread that holds both locks and has shut the gate, so a holder of either lock needs no gate. A reader looks
/// at the SSD first, then at the archive; a copy may be deleted there in between because the home moved back, so a miss
/// counts only when no deletion began since (<c>_archiveRemovals</c>).</para>
/// <para>Failure. After a failed write nothing is written until <see cref="TryRecover"/> has reopened both databases: the
/// engine underneath refuses writes after an error, and what a failed sync left behind is not known before the log is read
/// again.</para>
/// </remarks>
public sealed partial class Home : IHome
{
    private const byte StoreFormat = 1;
    private const long LeastRecoveryRoomBytes = 16 << 20;
    internal static readonly string[] SsdFamilies =
        ["default", "objects", "changes", "relations", "expiry", "touched", "notes", "cleanup"];

    internal static readonly string[] ArchiveFamilies = ["default", "objects"];
    private readonly HomeOptions _options;
    private readonly StoreClock _clock;
    private readonly RocksSettings _settings;
    private readonly NativeGate _gate = new();
    private readonly Lock _moveLock = new();
    private readonly Lock _commitLock = new();
    private readonly WriteBatchImage _own = new();
    private RocksDatabase? _ssd;
    private RocksDatabase? _archive;
    private TailWitness? _witness;
    private volatile HomeHealth _health;
    private bool _disposed;

    private Home(HomeOptions options, StoreClock clock)
    {
        _options = options;
        _clock = clock;
        _settings = new RocksSettings(options);
        Ssd = new HomeTierView(this, TierId.NvmeCold);
        Archive = new HomeTierView(this, TierId.HddArchive);
    }

    /// <inheritdoc/>
    public ITierBackend Ssd { get; }

    /// <inheritdoc/>
    public ITierBackend Archive { get; }

    /// <inheritdoc/>
    public HomeHealth Health => _health;

    /// <inheritdoc/>
    public string? RecoveryNote { get; private set; }

    /// <summary>Why direct I/O was asked for and is not used; null otherwise.</summary>
    public string? DirectIoFallback { get; private set; }

    /// <inheritdoc/>
    public long MemoryBytes
    {
        get
        {
            int slot = _gate.Enter();
            try
            {
                return _disposed ? 0 : _settings.CacheBytes + (_ssd?.TableReaderBytes() ?? 0) + (_archive?.TableReaderBytes() ?? 0);
            }
            finally
            {
                _gate.Exit(slot);
            }
        }
    }

    internal HomeOptions Options => _options;

    /// <summary>Opens the home, creating it when both folders are empty, and finishes what a crash interrupted.</summary>
    /// <exception cref="HomeOpenException">Locked, damaged, newer, mismatched or unavailable folders.</exception>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public static Home Open(HomeOptions options, StoreClock clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        options.Validate();
        CreateFolder(options.SsdPath);
        CreateFolder(options.ArchivePath);
        var home = new Home(options, clock);
        try
        {
            home.OpenWitness();
            home.OpenDatabases();
            home.CleanUpArchive(CleanUpAtOpen);
            return home;
        }
        catch
        {
            home.CloseDatabases();
            home._witness?.Dispose();
            home._settings.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A full disk is probed for room first, so that readers are not deprived of open tables in vain. Asked for is what lets
    /// the home write on for a while, not one batch: twice the write buffers, which a reopening writes out as tables while new
    /// ones fill, and at least 16 MiB. Less would make the home flap between writable and full.
    /// </remarks>
    public bool TryRecover()
    {
        lock (_moveLock)
        {
            lock (_commitLock)
            {
                if (_disposed || (_health == HomeHealth.Healthy && _ssd is not null))
                {
                    return !_disposed;
                }

                if (_ssd is not null && !HasRoom())
                {
                    return false;
                }

                return Reopen();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_moveLock)
        {
            lock (_commitLock)
            {
                if (_disposed)
                {
                    return;
                }

                if (_health == HomeHealth.Healthy)
                {
                    DrainTouches(int.MaxValue);
                    if (_unlogged)
                    {
                        FlushLocked();
                    }
                }

                _disposed = true;
                _health = HomeHealth.Failed;
                _gate.Shut();
                CloseDatabases();
                _witness?.Dispose();
                _settings.Dispose();
                _gate.Open();
            }
        }
    }

    /// <summary>Replaces both handles; the caller holds both locks.</summary>
    private bool Reopen()
    {
        _gate.Shut();
        try
        {
            CloseDatabases();
            OpenDatabases();
            ForgetMoves();
            _archiveFailure = RocksFailure.None;
            _cleanUpPending = true;
            WriteBatchImage probe = _own;
            probe.Clear();
            probe.Put(NotesFamily, "\0probe"u8, _clock.NowMs);
            string? error = _ssd!.Write(probe, sync: true, log: true);
            _health = error is null ? HomeHealth.Healthy : HealthAfter(RocksErrors.Classify(error));
            return error is null;
        }
        catch (HomeOpenException)
        {
            CloseDatabases();
            _health = HomeHealth.Failed;
            return false;
        }
        finally
        {
            _gate.Open();
        }
    }

    private void CloseDatabases()
    {
        _ssd?.Dispose();
        _archive?.Dispose();
        _ssd = null;
        _archive = null;
    }

    private bool HasRoom()
    {
        string path = Path.Combine(_options.SsdPath, "recovery.probe");
        long wanted = Math.Max(LeastRecoveryRoomBytes, 2 * _options.WriteBufferBytes);
        try
        {
            // Reserved, which counts against quotas too; the piece that is written shows that the device takes writes.
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Options = FileOptions.DeleteOnClose,
                PreallocationSize = wanted,
            });
            file.Write(new byte[1 << 20]);
            file.Flush(flushToDisk: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new HomeOpenException(
                HomeOpenProblem.Unavailable, path, $"The data folder '{path}' cannot be created: {e.Message} Check the path and its permissions.", e);
        }
    }

    private static HomeHealth HealthAfter(RocksFailure failure) =>
        failure == RocksFailure.NoSpace ? HomeHealth.ReadOnlyNoSpace : HomeHealth.Failed;

    private static byte[] Big(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return bytes;
    }
}
