using System.Diagnostics;
using AuraMemory.Crash.Workload;
using AuraMemory.Engine;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Crash.Tests;

/// <summary>A real file system that is really full.</summary>
public class DiskFullTests
{
    [Fact]
    public async Task A_full_disk_refuses_writes_keeps_reads_and_heals_by_itself_when_there_is_room()
    {
        using var folder = new DataFolder();
        Assert.SkipUnless(OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder.Path), "Needs Linux and the right to mount a tmpfs.");
        try
        {
            string ballast = Path.Combine(folder.Path, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[32 << 20]);
            var held = new Dictionary<string, long>();
            await using (MemoryStore store = await MemoryStore.OpenAsync(
                CrashStore.Options(folder.Path) with { TimeProvider = new StoppedTime() }))
            {
                long id = 0;
                StoreOutcome outcome;
                do
                {
                    string key = $"k{id}";
                    outcome = await store.StoreAsync(new StoreCommand { Key = ObjectKey.Parse(key), Data = SelfCheckingValue.Make(key, ++id) });
                    if (outcome.Status == WriteStatus.Done)
                    {
                        held[key] = id;
                    }
                }
                while (outcome.Status == WriteStatus.Done && id < 20_000);

                Assert.Equal(WriteStatus.NoSpace, outcome.Status);
                Assert.Equal(HomeHealth.ReadOnlyNoSpace, store.Parts.Home.Health);
                Assert.Contains(store.Report().Components, c => !c.Healthy);
                Assert.Equal(WriteStatus.NoSpace, (await store.StoreAsync(new StoreCommand { Key = ObjectKey.Parse("more"), Data = "1"u8.ToArray() })).Status);
                Check(store, held);

                // A little room is none: the home would be full again at once.
                using (FileStream file = File.OpenWrite(ballast))
                {
                    file.SetLength(file.Length - (8 << 20));
                }

                Assert.False(store.Mover.Recover());
                Assert.Equal(HomeHealth.ReadOnlyNoSpace, store.Parts.Home.Health);
                Check(store, held);
                Assert.Empty(Directory.GetFiles(folder.Path, "recovery.probe", SearchOption.AllDirectories));

                File.Delete(ballast);
                Assert.True(store.Mover.Recover());
                Assert.Equal(WriteStatus.Done, (await store.StoreAsync(new StoreCommand { Key = ObjectKey.Parse("k0"), Data = SelfCheckingValue.Make("k0", 1) })).Status);
                Assert.All(store.Report().Components, c => Assert.True(c.Healthy, $"{c.Name}: {c.Detail}"));
                Check(store, held);
                Assert.Null(store.Mover.Failure);
            }

            await using MemoryStore reopened = await MemoryStore.OpenAsync(CrashStore.Options(folder.Path));
            Check(reopened, held);
        }
        finally
        {
            Assert.True(Run("umount", "-l", folder.Path));
        }
    }

    private static void Check(MemoryStore store, Dictionary<string, long> held)
    {
        var wrong = new List<string>();
        foreach ((string key, long id) in held)
        {
            (long found, _) = StoreAudit.Read(store, key, wrong);
            if (found != id)
            {
                wrong.Add($"{key} holds id {found}, not {id}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong.Take(10)));
    }

    /// <summary>A clock that stands still: the mover's rounds are made by hand.</summary>
    private sealed class StoppedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    }

    private static bool Run(string program, params IEnumerable<string> arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
