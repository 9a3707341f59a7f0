using System.Globalization;
using System.Text.Json;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>Shapes after the service was killed: every one that was acknowledged as indexed is found, none of a deleted object is.</summary>
public sealed class ShapeCrashTests : IDisposable
{
    private const int Objects = 60;

    private readonly string _folder = Directory.CreateTempSubdirectory("aura-e2e-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task After_kill_9_stored_shapes_are_found_and_deleted_ones_never()
    {
        var expected = new SortedSet<string>(StringComparer.Ordinal);
        for (int round = 0; round < 2; round++)
        {
            await using var service = new RunningService(_folder);
            await service.InitializeAsync();
            Assert.Equal(expected, await FoundAsync(service));
            for (int i = 0; i < Objects; i++)
            {
                string key = $"r{round}-{i}";
                JsonElement stored = await service.PostOkAsync("/store", $$"""{"key":"{{key}}","data":{{Series(i)}}}""");
                Assert.Contains(stored.GetProperty("shape_status").GetString(), (string[])["indexed", "pending"]);
                if (i % 3 == 0)
                {
                    using HttpResponseMessage deleted = await service.Client.DeleteAsync($"/api/v1/objects/{key}");
                    Assert.True(deleted.IsSuccessStatusCode);
                }
                else if (i % 10 == 1)
                {
                    await service.PostOkAsync("/store", $$"""{"key":"{{key}}","data":{{Series(i)}},"enable_shape_analysis":false}""");
                }
                else
                {
                    expected.Add(key);
                }
            }

            await service.Process.KillAsync();
        }

        await using var last = new RunningService(_folder);
        await last.InitializeAsync();
        Assert.Equal(expected, await FoundAsync(last));
    }

    /// <summary>Every key that a search finds, once the service has caught up with its changes.</summary>
    private static async Task<SortedSet<string>> FoundAsync(RunningService service)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            JsonElement answer = await service.PostOkAsync("/query/shape", $$"""{"query_data":{{Series(0)}},"k":100,"mode":"exact"}""");
            var found = new SortedSet<string>(
                answer.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("key").GetString()!), StringComparer.Ordinal);

            // What is stored and asked for is known to the store itself; the search has to come to the same.
            JsonElement listed = await service.GetOkAsync("/api/v1/objects?limit=1000");
            var there = new SortedSet<string>(StringComparer.Ordinal);
            foreach (JsonElement item in listed.GetProperty("items").EnumerateArray())
            {
                string key = item.GetProperty("key").GetString()!;
                JsonElement shape = await service.GetOkAsync($"/api/v1/objects/{key}/shape");
                if (shape.GetProperty("shape_status").GetString() is "indexed" or "pending")
                {
                    there.Add(key);
                }
            }

            if (found.SetEquals(there))
            {
                return found;
            }

            Assert.Empty(found.Except(there));
            Assert.False(limit.IsCancellationRequested, $"{found.Count} of {there.Count} shapes were found.");
        }
    }

    private static string Series(int i) =>
        "[" + string.Join(",", Enumerable.Range(0, 12).Select(n => (n % 2 * (1 + i) * 0.5 + (n * 0.01)).ToString(CultureInfo.InvariantCulture))) + "]";
}
