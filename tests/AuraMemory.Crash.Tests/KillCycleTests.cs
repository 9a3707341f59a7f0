using System.Globalization;
using AuraMemory.Crash.Workload;
using AuraMemory.Engine;
using AuraMemory.Engine.Durability;

namespace AuraMemory.Crash.Tests;

/// <summary>One data folder lives through many processes that are killed, at named points and at any moment.</summary>
public class KillCycleTests(ITestOutputHelper output)
{
    private const int LeastCycles = 24;
    private const int Operations = 3000;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_wrong_is_read_over_many_kills()
    {
        int cycles = Math.Max(
            LeastCycles,
            int.TryParse(Environment.GetEnvironmentVariable("AURA_CRASH_CYCLES"), CultureInfo.InvariantCulture, out int asked) ? asked : 0);
        StagePoint[] points = Enum.GetValues<StagePoint>();
        using var folder = new DataFolder();
        var model = new CrashModel();
        var random = new Random(20261123);
        int staged = 0;
        for (int cycle = 0; cycle < cycles; cycle++)
        {
            // Every third cycle is a kill at any moment; the others go through the points in turn.
            if (cycle % 3 == 2)
            {
                await RunAndKillAsync(folder.Path, cycle, model, random.Next(1, 2500));
            }
            else
            {
                StagePoint point = points[staged++ % points.Length];
                await RunToPointAsync(folder.Path, cycle, model, point, Times(point, random));
            }

            if (random.Next(3) == 0)
            {
                await KillWhileOpeningAsync(folder.Path, random);
            }

            await using MemoryStore store = await MemoryStore.OpenAsync(CrashStore.Options(folder.Path));
            StoreAudit.Check(store, model);
            output.WriteLine($"cycle {cycle}: {model.Acknowledged} acknowledged, {model.Edges.Count} relationships, {store.Parts.Home.LastChangeNumber} is the last change");
        }

        Assert.True(staged >= points.Length, "Every point must be hit.");
    }

    private static int Times(StagePoint point, Random random) => point switch
    {
        StagePoint.BeforeCommit or StagePoint.AfterCommit => random.Next(1, 600),
        StagePoint.BeforeWriteBack => random.Next(1, 60),
        _ => random.Next(1, 80),
    };

    private static async Task RunToPointAsync(string folder, int cycle, CrashModel model, StagePoint point, int times)
    {
        using WorkloadProcess process = WorkloadProcess.Start(
            "mix", folder, Text(cycle + 1), Text(Operations), point.ToString(), Text(times));
        string last = "";
        while (await process.LineAsync() is { } line)
        {
            model.Take(line);
            last = line;
        }

        Assert.False(last.StartsWith("FINISHED", StringComparison.Ordinal), $"{point} was not reached {times} times: {last}");
        Assert.NotEqual(0, await process.ExitCodeAsync());
    }

    private static async Task RunAndKillAsync(string folder, int cycle, CrashModel model, int lines)
    {
        using WorkloadProcess process = WorkloadProcess.Start("mix", folder, Text(cycle + 1), Text(Operations));
        while (await process.LineAsync() is { } line)
        {
            model.Take(line);
            if (--lines == 0)
            {
                process.Kill();
            }
        }

        Assert.True(lines <= 0, "The process ended before it was killed.");
        Assert.NotEqual(0, await process.ExitCodeAsync());
    }

    /// <summary>A crash during recovery: the next process is killed at any moment up to its first use.</summary>
    private static async Task KillWhileOpeningAsync(string folder, Random random)
    {
        using WorkloadProcess process = WorkloadProcess.Start("hold", folder);
        Task<string?> opened = process.LineAsync();
        await Task.WhenAny(opened, Task.Delay(random.Next(50, 500)));
        process.Kill();
        await opened;
        await process.ExitCodeAsync();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
