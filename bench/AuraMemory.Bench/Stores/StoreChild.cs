using System.Diagnostics;
using System.Globalization;
using AuraMemory.Bench.Processes;

namespace AuraMemory.Bench.Stores;

/// <summary>
/// The process that holds one store: it loads it, says what memory that took, and makes one timed run for every line it
/// reads, until there are no more. A process a store keeps memory and the runtime's own optimisation attributable.
/// </summary>
internal static class StoreChild
{
    public const string Command = "stores-child";

    public static Task<int> RunAsync(BenchArguments arguments)
    {
        string engine = arguments.Text("engine", "aura");
        long objects = arguments.Number("n", 5_000_000);
        int bytes = (int)arguments.Number("size", 100, least: 8);
        uint[][] keys = StoreLoad.DrawKeys(objects, (int)arguments.Number("threads", 2));
        ProcessMemory before = ProcessMemory.ReadCollected();
        long start = Stopwatch.GetTimestamp();
        using StoreUnderTest store = engine == "faster"
            ? new FasterStore(objects, bytes)
            : new AuraStore(objects, bytes, Directory.CreateTempSubdirectory("aura-bench-").FullName);
        using (StoreSession session = store.Open(bytes, durable: false))
        {
            for (long i = 0; i < objects; i++)
            {
                session.Write((uint)i);
            }
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        ProcessMemory after = ProcessMemory.ReadCollected();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(double)(after.Anonymous - before.Anonymous) / objects:F2} {(double)(after.Shared - before.Shared) / objects:F2} {objects / seconds:F0}"));
        var load = new StoreLoad(store, keys, bytes);
        while (Console.ReadLine() is { } line)
        {
            string[] part = line.Split(' ');
            LoadResult result = load.Run(
                threads: int.Parse(part[1], CultureInfo.InvariantCulture),
                writePercent: part[0] switch { "A" => 50, "B" => 5, _ => 0 },
                grouped: part[0] == "multiget",
                durable: part[2] == "process",
                seconds: double.Parse(part[3], CultureInfo.InvariantCulture));
            Console.WriteLine(result);
        }

        return Task.FromResult(0);
    }
}
