namespace AuraMemory.Engine.Durability;

/// <content>Opening the two databases: logs are judged before the storage engine sees them.</content>
public sealed partial class Home
{
    private void OpenDatabases()
    {
        bool repaired = false;
        _ssd = OpenOne(_options.SsdPath, SsdFamilies, archive: false, ref repaired);
        _archive = OpenOne(_options.ArchivePath, ArchiveFamilies, archive: true, ref repaired);
        LoadState(repaired);
        BeginTails();
    }

    private RocksDatabase OpenOne(string path, string[] families, bool archive, ref bool repaired)
    {
        long mustReach = Tail(archive)?.Required(out _) ?? 0; // before the logs, which may be another process's and grow
        bool cut = CutDamagedLog(path, out long inLogs);
        repaired |= cut || (inLogs < mustReach && MissesItsTail(path, families, archive, mustReach));
        RocksDatabase? database = RocksDatabase.Open(path, families, Objects, _settings, archive, pointInTime: cut, out string? error);
        if (database is null && _settings.DirectIo && RocksErrors.Classify(error) == RocksFailure.NoDirectIo)
        {
            DirectIoFallback = $"The file system of '{path}' refuses direct I/O; the page cache is used. ({error})";
            _settings.DirectIo = false;
            database = RocksDatabase.Open(path, families, Objects, _settings, archive, pointInTime: false, out error);
        }

        if (database is null && _options.AllowPointInTimeRecovery && RocksErrors.Classify(error) == RocksFailure.Corruption)
        {
            string? damage = error;
            database = RocksDatabase.Open(path, families, Objects, _settings, archive, pointInTime: true, out error);
            if (database is not null)
            {
                repaired = true;
                RecoveryNote = $"The log of '{path}' was damaged ({damage}); what was written after the damage is lost.";
            }
        }

        return database ?? throw HomeOpenException.From(path, error ?? "unknown error", mayRepair: !_options.AllowPointInTimeRecovery);
    }

    /// <summary>Refuses a log with damage in its middle, or, where the operator allows it, ends it there.</summary>
    private bool CutDamagedLog(string path, out long inLogs)
    {
        inLogs = 0;
        try
        {
            if (LogScan.Find(path, out inLogs) is not { } damage)
            {
                return false;
            }

            string where = $"the log '{Path.GetFileName(damage.File)}' cannot be read at byte {damage.Offset}, and whole records follow";
            if (!_options.AllowPointInTimeRecovery)
            {
                throw HomeOpenException.From(path, "Corruption: " + where, mayRepair: true);
            }

            LogScan.CutBefore(damage);
            RecoveryNote = $"The log of '{path}' was damaged ({where}); what was written after the damage is lost, and kept in files named .damaged.";
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw HomeOpenException.From(path, e.Message, mayRepair: false);
        }
    }

    /// <summary>Refuses a log that ends before what was acknowledged, or, where the operator allows it, takes it for what it is.</summary>
    /// <remarks>The logs alone fall short where their entries are in tables already. So the database is looked at, without
    /// changing a file: refused, it stays as it was found, and will be refused again.</remarks>
    private bool MissesItsTail(string path, string[] families, bool archive, long mustReach)
    {
        if (!File.Exists(Path.Combine(path, "CURRENT")))
        {
            return false;
        }

        using RocksDatabase? look = RocksDatabase.OpenToLook(path, families, Objects, _settings, archive);
        LogTail tail = Tail(archive)!;
        tail.Required(out Guid witnessed);
        if (look is null || look.Sequence >= mustReach || Identity(look) != witnessed)
        {
            return false; // what cannot be looked at is explained by the real opening
        }

        string where = $"its log ends at entry {look.Sequence}, but {mustReach} were acknowledged ({mustReach - look.Sequence} are missing)";
        if (!archive)
        {
            long last = Math.Max(NoteNumber(look, TrimmedNote), NewestChange(look));
            where += last < tail.Change
                ? $"; the newest change left is {last}, the newest acknowledged {tail.Change}: up to {tail.Change - last} changes are missing"
                : "; no change of an object is missing";
        }

        if (!_options.AllowPointInTimeRecovery)
        {
            throw HomeOpenException.From(path, "Corruption: " + where, mayRepair: true);
        }

        RecoveryNote = $"The log of '{path}' was damaged ({where}); what is missing is lost.";
        return true;
    }

    /// <summary>Replaces the archive's handle alone; the caller holds both locks.</summary>
    private bool ReopenArchive()
    {
        _gate.Shut();
        try
        {
            _archive?.Dispose();
            _archive = null;
            bool repaired = false;
            _archive = OpenOne(_options.ArchivePath, ArchiveFamilies, archive: true, ref repaired);
            BeginArchiveTail();
            _archiveFailure = RocksFailure.None;
            return true;
        }
        catch (HomeOpenException)
        {
            return false;
        }
        finally
        {
            _gate.Open();
        }
    }

    private LogTail? Tail(bool archive) => archive ? _witness?.Archive : _witness?.Ssd;

    private void OpenWitness()
    {
        if (_options.WitnessPath is not { } path)
        {
            return;
        }

        try
        {
            _witness = TailWitness.Open(path, _options.BootId);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw HomeOpenException.From(path, e.Message, mayRepair: false);
        }
    }

    /// <summary>From here on every write is witnessed; what was lost with consent is demanded no longer.</summary>
    private void BeginTails()
    {
        _ssd!.Tail = _witness?.Ssd;
        _ssd.Tail?.Begin(Identity(_ssd), _ssd.Sequence, _lastChange);
        BeginArchiveTail();
    }

    private void BeginArchiveTail()
    {
        _archive!.Tail = _witness?.Archive;
        _archive.Tail?.Begin(Identity(_archive), _archive.Sequence, 0);
    }

    private static Guid Identity(RocksDatabase database)
    {
        using PinnedValue identity = database.Get(0, IdentityKey);
        return identity.Found && identity.Bytes.Length == 16 ? new Guid(identity.Bytes) : Guid.Empty;
    }
}
