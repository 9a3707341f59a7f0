using AuraMemory.Crash.Workload;
using AuraMemory.Engine;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Machine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Crash.Tests;

/// <summary>A killed process leaves a log that is whole; one that lost its end afterwards is refused.</summary>
public class LostEndTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    public async Task After_a_kill_the_folder_opens_and_not_when_its_log_is_cut(int cut)
    {
        using var folder = new DataFolder();
        using (WorkloadProcess process = WorkloadProcess.Start("hold", folder.Path, "300"))
        {
            // At rest when it is killed: the end of the log is then something that was acknowledged.
            Assert.Equal("OPEN", await process.LineAsync());
            process.Kill();
            await process.ExitCodeAsync();
        }

        StoreOptions options = CrashStore.Options(folder.Path);
        string log = Directory.GetFiles(TierFolders.PathOf(options, TierId.NvmeCold)!, "*.log").Order(StringComparer.Ordinal).Last();
        await using (FileStream file = File.OpenWrite(log))
        {
            file.SetLength(Math.Max(0, file.Length - cut));
        }

        if (cut == 0)
        {
            await using MemoryStore store = await MemoryStore.OpenAsync(options);
            Assert.Equal(300, store.Report().DistinctObjects);
            return;
        }

        HomeOpenException e = await Assert.ThrowsAsync<HomeOpenException>(() => MemoryStore.OpenAsync(options));
        Assert.Equal(HomeOpenProblem.Corrupt, e.Problem);
        Assert.Contains("are missing", e.Message, StringComparison.Ordinal);
    }
}
