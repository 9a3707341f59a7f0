using System.Text;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Durability;

/// <summary>A temporary home that is deleted at the end, and short forms of its operations.</summary>
internal sealed class HomeFolder : IDisposable
{
    private const int CopyAttempts = 100;

    public static readonly Guid Boot = new("11111111-2222-3333-4444-555555555555");

    private long _next;

    public HomeFolder(string? root = null, bool open = true)
    {
        Root = root ?? Directory.CreateTempSubdirectory("aura-home-").FullName;
        Options = OptionsFor(Root);
        if (open)
        {
            Home = Open(Options);
        }
    }

    public string Root { get; }

    public HomeOptions Options { get; set; }

    public Home Home { get; private set; } = null!;

    public Stages Stages { get; } = new();

    public static Home Open(HomeOptions options) => Home.Open(options, new StoreClock(TimeProvider.System));

    public HomeOptions OptionsFor(string root) => new()
    {
        SsdPath = Path.Combine(root, "ssd"),
        ArchivePath = Path.Combine(root, "archive"),
        BlockCacheBytes = 8 << 20,
        WriteBufferBytes = 4 << 20,
        StagePoints = Stages,
        WitnessPath = Path.Combine(root, "tail.witness"),
        BootId = Boot,
    };

    public void Reopen()
    {
        Home?.Dispose();
        Home = Open(Options);
    }

    /// <summary>Copies the folders as they are on disk now, which is what a kill would leave, and opens the copy.</summary>
    public HomeFolder Crash()
    {
        var copy = new HomeFolder(Directory.CreateTempSubdirectory("aura-home-").FullName, open: false);
        CopyTree(Root, copy.Root);
        copy._next = _next;
        copy.Home = Open(copy.Options);
        return copy;
    }

    /// <summary>Copies a folder of open databases; again when their background work changed files meanwhile, so that all are of one moment.</summary>
    public static void CopyTree(string from, string to)
    {
        for (int attempt = 0; attempt < CopyAttempts; attempt++)
        {
            Dictionary<string, long> before = FilesOf(from);
            if (TryCopy(before.Keys, from, to) && Same(before, FilesOf(from)))
            {
                return;
            }

            Directory.Delete(to, recursive: true);
            Directory.CreateDirectory(to);
        }

        Assert.Fail("The files of the open databases do not stand still.");
    }

    private static bool TryCopy(IEnumerable<string> files, string from, string to)
    {
        foreach (string folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        try
        {
            foreach (string file in files)
            {
                File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)), overwrite: true);
            }

            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private static Dictionary<string, long> FilesOf(string folder)
    {
        var files = new Dictionary<string, long>();
        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            var info = new FileInfo(file);
            if (info.Name != "LOCK" && info.Exists)
            {
                files[file] = info.Length;
            }
        }

        return files;
    }

    private static bool Same(Dictionary<string, long> one, Dictionary<string, long> other)
    {
        bool same = one.Count == other.Count;
        foreach ((string file, long length) in one)
        {
            same &= other.TryGetValue(file, out long now) && now == length;
        }

        return same;
    }

    public long Put(string key, string data, string metadata = "", long expiresAtMs = 0, uint stored = 1000, bool sync = false, bool log = true)
    {
        long version = ++_next;
        CommitStatus status = TryPut(key, data, metadata, expiresAtMs, stored, sync, log, version);
        Assert.Equal(CommitStatus.Done, status);
        return version;
    }

    public CommitStatus TryPut(string key, string data, string metadata, long expiresAtMs, uint stored, bool sync, bool log, long version)
    {
        using IHomeBatch batch = Home.NewBatch();
        Home.Stat(Bytes(key), out HomeStat previous);
        var header = new ObjectHeader(version, 900, stored, expiresAtMs, ObjectFlags.None);
        batch.Put(new ObjectImage(Bytes(key), header, Bytes(metadata), Bytes(data)), previous, version);
        return Home.Commit(batch, sync, log);
    }

    public long Delete(string key, bool log = true)
    {
        long number = ++_next;
        using IHomeBatch batch = Home.NewBatch();
        Home.Stat(Bytes(key), out HomeStat previous);
        batch.Delete(Bytes(key), previous, ChangeKind.Deleted, number);
        Assert.Equal(CommitStatus.Done, Home.Commit(batch, sync: false, log));
        return number;
    }

    public string? Get(string key) => Get(Home, key, out _);

    public static string? Get(Home home, string key, out TierId tier)
    {
        using var buffer = new ObjectBuffer();
        ReadStatus status = home.Read(Bytes(key), buffer);
        tier = buffer.Tier;
        Assert.True(status is ReadStatus.Found or ReadStatus.NotFound, status.ToString());
        return status == ReadStatus.Found ? Encoding.UTF8.GetString(buffer.Data) : null;
    }

    public PlaceStatus Move(string key, TierId target)
    {
        Home.Stat(Bytes(key), out HomeStat stat);
        return Home.Move(Bytes(key), stat.Header.Version, target);
    }

    /// <summary>The totals must be what a full walk counts.</summary>
    public void Audit() => Assert.Equal(Home.Recount().ToString(), Home.Counters.ToString());

    public List<string> Keys(string prefix = "")
    {
        var list = new List<HomeListing>();
        Home.List(Bytes(prefix), [], int.MaxValue, list);
        return list.ConvertAll(l => Encoding.UTF8.GetString(l.Key));
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public void Dispose()
    {
        Home?.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}

/// <summary>Throws at a chosen stage point.</summary>
internal sealed class Stages : IStagePoints
{
    public StagePoint? At { get; set; }

    public Func<Exception> Fault { get; set; } = () => new StoppedException();

    public Action<StagePoint>? Seen { get; set; }

    public void Reached(StagePoint point)
    {
        Seen?.Invoke(point);
        if (At == point)
        {
            throw Fault();
        }
    }
}

/// <summary>Stands for the end of the process at a stage point.</summary>
internal sealed class StoppedException : Exception;
