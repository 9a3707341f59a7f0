using System.Globalization;
using System.Text;
using AuraMemory.Crash.Workload;
using AuraMemory.Engine;
using AuraMemory.Engine.Durability;

// Modes: mix FOLDER SEED OPERATIONS [POINT TIMES] | hold FOLDER [OBJECTS] | limit FOLDER BYTES SECONDS | stress FOLDER SECONDS [SEED SETTING]
var journal = new Journal(Console.OpenStandardOutput());
string mode = args[0];
string folder = args[1];
try
{
    switch (mode)
    {
        case "mix":
            return await MixAsync(int.Parse(args[2], CultureInfo.InvariantCulture), int.Parse(args[3], CultureInfo.InvariantCulture));
        case "hold":
            await using (MemoryStore held = await MemoryStore.OpenAsync(CrashStore.Options(folder)))
            {
                for (int i = 0; args.Length > 2 && i < int.Parse(args[2], CultureInfo.InvariantCulture); i++)
                {
                    await held.StoreAsync(new StoreCommand { Key = Encoding.ASCII.GetBytes($"held{i}"), Data = SelfCheckingValue.Make($"held{i}", i) });
                }

                journal.Line($"OPEN");
                await Console.In.ReadLineAsync();
                return 0;
            }

        case "stress":
            return await StressLoad.RunAsync(
                folder, journal, double.Parse(args[2], CultureInfo.InvariantCulture),
                args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 1,
                args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : 0);

        default:
            return await MemoryLoad.RunAsync(
                folder, journal, long.Parse(args[2], CultureInfo.InvariantCulture), double.Parse(args[3], CultureInfo.InvariantCulture));
    }
}
catch (HomeOpenException e)
{
    journal.Line($"REFUSED {e.Problem} {e.Message}");
    return 3;
}

async Task<int> MixAsync(int seed, int operations)
{
    IStagePoints stages = args.Length > 5
        ? new KillAtStage(Enum.Parse<StagePoint>(args[4]), int.Parse(args[5], CultureInfo.InvariantCulture))
        : NoStagePoints.Instance;
    await using MemoryStore store = await MemoryStore.OpenAsync(CrashStore.Options(folder, stages));
    journal.Line($"OPEN");
    const int workers = 3;
    var running = new Task[workers];
    for (int i = 0; i < workers; i++)
    {
        // Ids are never used twice over all processes of one folder: seed, worker, count.
        var load = new MixedLoad(store, journal, i, (((long)seed * workers) + i) * 1_000_000 + 1, (seed * workers) + i);
        running[i] = Task.Run(() => load.RunAsync(operations));
    }

    await Task.WhenAll(running);
    journal.Line($"FINISHED {store.Mover.Failure?.ToString().ReplaceLineEndings(" ") ?? "well"}");
    return 0;
}
