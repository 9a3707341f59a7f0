using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>
/// Stores with shapes, hostile analyses and searches at once on a service with 512 MiB: no answer is a fault of the service, its memory stays where the limit says, and every stored
/// object is afterwards what was acknowledged. AURA_SHAPE_LOAD_SECONDS makes it longer than the usual few seconds.
/// </summary>
public sealed class ShapeLoadTests(RunningService service) : IClassFixture<RunningService>
{
    /// <summary>The limit of 512 MiB, and what the machine's page cache of mapped files may add to the resident set.</summary>
    private const long MostResidentBytes = 640L << 20;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("AURA_SHAPE_LOAD_SECONDS") ?? "8", CultureInfo.InvariantCulture));

    private readonly ConcurrentDictionary<string, byte[]> _acknowledged = new();
    private readonly ConcurrentDictionary<int, int> _answers = new();
    private readonly ConcurrentQueue<string> _faults = new();

    [Fact]
    public async Task Stores_hostile_analyses_and_searches_at_once_keep_the_service_whole()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string[] hostile = Hostile();
        long end = Stopwatch.GetTimestamp() + (long)(Duration.TotalSeconds * Stopwatch.Frequency);
        long peak = 0;
        Task[] load =
        [
            .. Enumerable.Range(0, 3).Select(writer => Task.Run(() => StoreAsync(writer, end), cancellation)),
            .. Enumerable.Range(0, 3).Select(i => Task.Run(() => AnalyseAsync(hostile, i, end), cancellation)),
            Task.Run(() => SearchAsync(end), cancellation),
        ];
        Task all = Task.WhenAll(load);
        while (!all.IsCompleted)
        {
            peak = Math.Max(peak, ResidentBytes());
            await Task.WhenAny(all, Task.Delay(100, cancellation));
        }

        await all;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"answers {string.Join(", ", _answers.OrderBy(a => a.Key).Select(a => $"{a.Key}: {a.Value}"))}; {_acknowledged.Count} objects; peak {peak >> 20} MiB");
        Assert.Empty(_faults);
        Assert.True(_answers.GetValueOrDefault(200) > 0);
        if (OperatingSystem.IsLinux())
        {
            Assert.True(peak < MostResidentBytes, $"{peak >> 20} MiB were resident.");
        }

        foreach ((string key, byte[] digest) in _acknowledged)
        {
            byte[] data = await service.Client.GetByteArrayAsync("/api/v1/objects/" + key, cancellation);
            Assert.True(SHA256.HashData(data).AsSpan().SequenceEqual(digest), $"{key} is not what was acknowledged.");
        }

        Assert.Equal("healthy", (await service.GetOkAsync("/api/v1/health")).GetProperty("status").GetString());
    }

    private static string[] Hostile()
    {
        var random = new Random(11);
        double[,] lengths = new double[256, 256];
        for (int i = 0; i < 256; i++)
        {
            for (int j = 0; j < i; j++)
            {
                lengths[i, j] = lengths[j, i] = 1 + random.NextDouble();
            }
        }

        return
        [
            $$"""{"data":{{Many(1_000_000, i => $"[{i % 10},{i / 100_000}]")}}}""",
            $$"""{"data":{{Many(256, i => Many(256, j => lengths[i, j].ToString("R", CultureInfo.InvariantCulture)))}},"max_dimension":2}""",
            $$"""{"data":{{Many(1_000_000, i => (i * 7919 % 1000).ToString(CultureInfo.InvariantCulture))}}}""",
            "{\"data\":{\"edges\":[" + string.Join(',', from i in Enumerable.Range(0, 300) from j in Enumerable.Range(0, i) select $"[{i},{j}]") + "]}}",
            $$"""{"data":{{Many(1000, i => $"[{random.NextDouble():R},{random.NextDouble():R},{random.NextDouble():R}]")}},"max_points":1000,"max_dimension":2}""",
            $$"""{"data":{{Many(10_000, _ => "[1,1,1]")}}}""",
            $$"""{"data":{{Many(500, i => i % 2 == 0 ? "[1e308,-1e308]" : "[-1.7e308,1.7e308]")}}}""",
            $$"""{"data":{{Many(500, i => $"[{i % 3}e-320,{i % 5}e-322]")}}}""",
            "{\"data\":{\"volume\":" + Many(48, i => Many(48, j => Many(48, k => (((i * 7919) + (j * 104_729) + (k * 31)) % 1009).ToString(CultureInfo.InvariantCulture)))) + "}}",
            $$"""{"data":{{Many(2_000, i => "[" + string.Join(',', Enumerable.Range(0, 1 + (i % 17))) + "]")}}}""",
            $$"""{"data":{{new string('[', 64)}}1{{new string(']', 64)}}}""",
        ];
    }

    private static string Many(int count, Func<int, string> element)
    {
        var text = new StringBuilder("[");
        for (int i = 0; i < count; i++)
        {
            text.Append(i > 0 ? "," : "").Append(element(i));
        }

        return text.Append(']').ToString();
    }

    private async Task StoreAsync(int writer, long end)
    {
        var random = new Random(writer);
        for (int i = 0; Stopwatch.GetTimestamp() < end; i++)
        {
            int points = i % 20 == 19 ? 20_000 : 20 + random.Next(200);
            string data = i % 2 == 0
                ? Many(points, _ => $"[{random.Next(1000)},{random.Next(1000)}]")
                : Many(points, _ => random.Next(1000).ToString(CultureInfo.InvariantCulture));
            string key = $"load:{writer}:{i % 400}";
            using HttpResponseMessage answer = await service.PostAsync("/store", $$"""{"key":"{{key}}","data":{{data}}}""");
            if (await CountAsync(answer, "store"))
            {
                _acknowledged[key] = SHA256.HashData(Encoding.UTF8.GetBytes(data));
            }
        }
    }

    private async Task AnalyseAsync(string[] hostile, int from, long end)
    {
        for (int i = from; Stopwatch.GetTimestamp() < end; i++)
        {
            using HttpResponseMessage answer = await service.PostAsync("/shape/analyze", hostile[i % hostile.Length]);
            await CountAsync(answer, $"analysis {i % hostile.Length}");
        }
    }

    private async Task SearchAsync(long end)
    {
        var random = new Random(99);
        while (Stopwatch.GetTimestamp() < end)
        {
            string mode = random.Next(2) == 0 ? "exact" : "approx";
            string metric = random.Next(3) switch { 0 => "wasserstein", 1 => "bottleneck", _ => "euclidean" };
            string data = Many(60, _ => random.Next(1000).ToString(CultureInfo.InvariantCulture));
            using HttpResponseMessage answer = await service.PostAsync(
                "/query/shape", $$"""{"query_data":{{data}},"k":3,"mode":"{{mode}}","distance_metric":"{{metric}}"}""");
            await CountAsync(answer, "search");
        }
    }

    /// <summary>503 with a time to come back is an answer of a busy service; any other above 499 is a fault.</summary>
    private async Task<bool> CountAsync(HttpResponseMessage answer, string what)
    {
        int status = (int)answer.StatusCode;
        _answers.AddOrUpdate(status, 1, (_, count) => count + 1);
        if (status >= 500 && !(status == 503 && answer.Headers.RetryAfter is not null))
        {
            _faults.Enqueue($"{what}: {status} {await answer.Content.ReadAsStringAsync()}");
        }

        return status == 200;
    }

    private long ResidentBytes()
    {
        using var process = Process.GetProcessById(service.Process.Id);
        return process.WorkingSet64;
    }
}
