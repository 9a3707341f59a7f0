using AuraMemory.Crash.Workload;
using AuraMemory.Engine;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Machine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Crash.Tests;

/// <summary>Bytes that a medium flipped or lost: said, or survived, but never served.</summary>
public class DamageTests(ITestOutputHelper output)
{
    private const int Keys = 120;

    [Theory]
    [InlineData("nvme", "*.log", 14)]
    [InlineData("nvme", "*.sst", 14)]
    [InlineData("nvme", "*.blob", 10)]
    [InlineData("nvme", "MANIFEST-*", 8)]
    [InlineData("nvme", "CURRENT", 4)]
    [InlineData("archive", "*.log", 6)]
    [InlineData("archive", "*.sst", 6)]
    [InlineData("pmem", "pool.dat", 16)]
    public async Task A_damaged_file_is_refused_or_every_read_is_right_or_says_corrupt(string tier, string files, int times)
    {
        using var origin = new DataFolder();
        Dictionary<string, HashSet<long>> history = await FillAsync(origin.Path);
        var seen = new Dictionary<string, int>();
        for (int i = 0; i < times; i++)
        {
            using var folder = new DataFolder();
            CopyTree(origin.Path, folder.Path);
            string what = Damage(FolderOf(folder.Path, tier), files, new Random((i * 31) + files.Length));
            string end = await OpenAndReadAsync(folder.Path, history, what);
            seen[end] = seen.GetValueOrDefault(end) + 1;
        }

        output.WriteLine($"{tier}/{files}: {string.Join(", ", seen.Select(s => $"{s.Key} {s.Value}"))}");
    }

    private static string FolderOf(string root, string tier)
    {
        StoreOptions options = CrashStore.Options(root);
        TierId id = tier switch { "nvme" => TierId.NvmeCold, "archive" => TierId.HddArchive, _ => TierId.PmemWarm };
        return TierFolders.PathOf(options, id)!;
    }

    /// <summary>A folder with something in every file: tables, blobs, logs, both homes and the pool are in use.</summary>
    private static async Task<Dictionary<string, HashSet<long>>> FillAsync(string folder)
    {
        using var living = new DataFolder();
        var history = new Dictionary<string, HashSet<long>>();
        long id = 0;
        const int all = Keys;
        await using (MemoryStore first = await MemoryStore.OpenAsync(CrashStore.Options(living.Path)))
        {
            id = await FillAsync(first, history, id, all);
            id = await FillAsync(first, history, id, all);
        }

        // Opening turns the logs of before into tables and blobs; what half of the keys get then is in logs only.
        await using (MemoryStore second = await MemoryStore.OpenAsync(CrashStore.Options(living.Path)))
        {
            await FillAsync(second, history, id, all / 2);
        }

        CopyTree(living.Path, folder);
        return history;
    }

    private static async Task<long> FillAsync(MemoryStore store, Dictionary<string, HashSet<long>> history, long id, int keys)
    {
        for (int i = 0; i < keys; i++)
        {
            string key = $"k{(int)id % Keys}";
            byte[] bytes = ObjectKey.Parse(key);
            StoreOutcome outcome = await store.StoreAsync(new StoreCommand { Key = bytes, Data = SelfCheckingValue.Make(key, ++id) });
            Assert.Equal(WriteStatus.Done, outcome.Status);
            history.TryAdd(key, []);
            history[key].Add(id);
            TierId target = (i % 4) switch { 0 => TierId.HddArchive, 1 => TierId.PmemWarm, _ => TierId.NvmeCold };
            await store.MigrateAsync(bytes, target, force: true);
        }

        return id;
    }

    private static string Damage(string folder, string files, Random random)
    {
        string[] found = [.. Directory.GetFiles(folder, files).Where(f => new FileInfo(f).Length > 0).Order()];
        Assert.True(found.Length > 0, $"There is no {files} in {folder} to damage.");
        string file = found[random.Next(found.Length)];
        byte[] bytes = File.ReadAllBytes(file);
        string what;
        int kind = random.Next(4);
        if (kind == 0)
        {
            int keep = random.Next(bytes.Length);
            what = $"{Path.GetFileName(file)} cut from {bytes.Length} to {keep}";
            bytes = bytes[..keep];
        }
        else if (kind == 1)
        {
            int at = random.Next(bytes.Length);
            int length = Math.Min(bytes.Length - at, 4096);
            bytes.AsSpan(at, length).Clear();
            what = $"{Path.GetFileName(file)} zeroed at {at} for {length}";
        }
        else
        {
            // The first pages hold headers and directories: they are met more often than chance would have it.
            int at = kind == 2 ? random.Next(Math.Min(bytes.Length, 64 << 10)) : random.Next(bytes.Length);
            bytes[at] ^= (byte)(1 << random.Next(8));
            what = $"{Path.GetFileName(file)} flipped at {at} of {bytes.Length}";
        }

        File.WriteAllBytes(file, bytes);
        return what;
    }

    private static async Task<string> OpenAndReadAsync(string folder, Dictionary<string, HashSet<long>> history, string what)
    {
        MemoryStore store;
        try
        {
            store = await MemoryStore.OpenAsync(CrashStore.Options(folder));
        }
        catch (HomeOpenException e)
        {
            Assert.True(e.Problem is HomeOpenProblem.Corrupt or HomeOpenProblem.Mismatch or HomeOpenProblem.Unavailable, $"{what}: {e.Message}");
            Assert.Contains(folder, e.Message, StringComparison.Ordinal);
            return $"refused ({e.Problem})";
        }

        bool corrupt = false;
        bool lost = false;
        await using (store)
        {
            foreach ((string key, HashSet<long> ids) in history)
            {
                using var buffer = new ObjectBuffer();
                ReadStatus status = store.Read(ObjectKey.Parse(key), buffer);
                if (status == ReadStatus.Found)
                {
                    byte[] data = new byte[buffer.DataBytes];
                    buffer.TryCopyData(0, data);
                    Assert.True(SelfCheckingValue.TryGetId(key, data, out long id), $"{what}: {key} was read wrong from {buffer.Tier}");
                    Assert.True(ids.Contains(id), $"{what}: {key} has id {id}, which was never stored");
                    lost |= id != ids.Max();
                }
                else
                {
                    Assert.True(status is ReadStatus.Corrupt or ReadStatus.DeviceFailed or ReadStatus.NotFound, $"{what}: {key} ended {status}");
                    lost |= status == ReadStatus.NotFound;
                    corrupt |= status != ReadStatus.NotFound;
                }
            }
        }

        Assert.True(!lost, $"{what}: acknowledged values are gone and nothing said so");
        return corrupt ? "some reads corrupt" : "all right";
    }

    private static void CopyTree(string from, string to)
    {
        foreach (string folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) != "LOCK")
            {
                File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)), overwrite: true);
            }
        }
    }
}
