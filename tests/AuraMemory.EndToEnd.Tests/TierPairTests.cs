using System.Text;
using System.Text.Json;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>Every ordered pair of tiers, as a caller sees it: the move, the read, and every report about it.</summary>
public class TierPairTests(RunningService service) : IClassFixture<RunningService>
{
    private static readonly string[] Homes = ["nvme_cold", "hdd_archive"];

    private sealed record Content(Dictionary<string, (long Entries, long Bytes)> Tiers)
    {
        public long Entries(string tier) => Tiers[tier].Entries;

        public long Bytes(string tier) => Tiers[tier].Bytes;
    }

    [Theory]
    [InlineData(256)]
    [InlineData(1024)]
    [InlineData(16 * 1024)]
    [InlineData(256 * 1024)]
    public async Task An_object_moves_between_every_two_tiers_and_every_report_says_where_it_is(int size)
    {
        JsonElement tiers = (await service.GetOkAsync("/api/v1/tiers")).GetProperty("tiers");
        string[] names = [.. tiers.EnumerateObject().Select(t => t.Name)];
        Assert.Equal(["l1_cache", "l2_cache", "l3_cache", "cxl_hot", "dram", "pmem_warm", "nvme_cold", "hdd_archive"], names);
        int pairs = 0;
        foreach (string from in names)
        {
            foreach (string to in names.Where(n => n != from))
            {
                bool fits = Fits(tiers, from, size) && Fits(tiers, to, size);
                await MoveAsync(from, to, size, pairs, fits);
                pairs++;
            }
        }

        Assert.Equal(56, pairs);
    }

    private static bool Fits(JsonElement tiers, string tier, int size) =>
        tiers.GetProperty(tier).GetProperty("largest_object_bytes").GetInt64() > size + 256;

    private async Task MoveAsync(string from, string to, int size, int seed, bool fits)
    {
        string key = $"pair:{size}:{from}:{to}";
        string data = Document(size, seed);
        Content before = await AgreedAsync();
        await service.PostOkAsync("/store", $"{{\"key\":\"{key}\",\"data\":{data}}}");
        JsonElement placed = await MigrateAsync(key, from);
        if (fits)
        {
            Assert.Equal(from, placed.GetProperty("to_tier").GetString());
            await HoldsAsync(before, from, size, key);
        }

        JsonElement moved = await MigrateAsync(key, to);
        if (fits)
        {
            Assert.Equal(("migrated", from, to, size), (
                moved.GetProperty("status").GetString(), moved.GetProperty("from_tier").GetString(),
                moved.GetProperty("to_tier").GetString(), moved.GetProperty("size_bytes").GetInt32()));
            Assert.True(moved.GetProperty("duration_us").GetDouble() > 0);
            await HoldsAsync(before, to, size, key);
        }

        await ReadsAsync(key, data, fits ? to : null);
        using HttpResponseMessage gone = await service.Client.DeleteAsync("/api/v1/objects/" + key);
        Assert.True(gone.IsSuccessStatusCode);
        Content after = await AgreedAsync();
        Assert.All(before.Tiers, t => Assert.Equal((t.Key, t.Value.Entries), (t.Key, after.Entries(t.Key))));
    }

    /// <summary>Exactly one object more than before in the tier, one home, and nothing more than one copy anywhere.</summary>
    private async Task HoldsAsync(Content before, string tier, int size, string key)
    {
        Content now = await AgreedAsync();
        Assert.True(now.Entries(tier) - before.Entries(tier) == 1, $"{key}: {tier} {before.Entries(tier)} -> {now.Entries(tier)}");
        Assert.Equal(1, Homes.Sum(h => now.Entries(h) - before.Entries(h)));
        Assert.All(before.Tiers, t => Assert.InRange(now.Entries(t.Key) - t.Value.Entries, 0, 1));
        long added = now.Bytes(tier) - before.Bytes(tier);
        if (!Homes.Contains(tier))
        {
            Assert.True(added >= size && added <= size + (size / 4) + 512, $"{key}: {tier} grew by {added} bytes");
        }
    }

    private async Task ReadsAsync(string key, string data, string? tier)
    {
        using HttpResponseMessage answer = await service.PostAsync("/retrieve", $"{{\"key\":\"{key}\",\"prefetch_related\":false}}");
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        using JsonDocument read = JsonDocument.Parse(body);
        Assert.Equal(data, read.RootElement.GetProperty("data").GetRawText());
        string said = read.RootElement.GetProperty("tier").GetString()!;
        Assert.Equal(said, answer.Headers.GetValues("X-Memory-Tier").Single());
        Assert.True(read.RootElement.GetProperty("latency_ns").GetInt64() > 0);
        if (tier is not null)
        {
            Assert.Equal(tier, said);
        }

        Assert.Equal(data, await service.Client.GetStringAsync("/api/v1/objects/" + key));
    }

    private Task<JsonElement> MigrateAsync(string key, string tier) =>
        service.PostOkAsync("/tier/migrate", $"{{\"key\":\"{key}\",\"target_tier\":\"{tier}\",\"force\":true,\"reason\":\"test\"}}");

    /// <summary>What the four reports say, once they say the same: background work may stand between two of them.</summary>
    private async Task<Content> AgreedAsync()
    {
        long deadline = Environment.TickCount64 + 20_000;
        while (true)
        {
            Content tiers = Of((await service.GetOkAsync("/api/v1/tiers")).GetProperty("tiers"));
            Content stats = Of((await service.GetOkAsync("/api/v1/stats/efficiency")).GetProperty("tier_distribution"));
            Content health = Of((await service.GetOkAsync("/api/v1/health")).GetProperty("tier_distribution"));
            Content metrics = await OfMetricsAsync();
            if (Same(tiers, stats) && Same(tiers, health) && Same(tiers, metrics))
            {
                return tiers;
            }

            Assert.True(
                Environment.TickCount64 < deadline,
                $"The reports do not agree.\ntiers {Show(tiers)}\nstats {Show(stats)}\nhealth {Show(health)}\nmetrics {Show(metrics)}");
        }
    }

    private async Task<Content> OfMetricsAsync()
    {
        var found = new Dictionary<string, (long Entries, long Bytes)>();
        foreach (string line in (await service.Client.GetStringAsync("/metrics")).Split('\n'))
        {
            bool entries = line.StartsWith("memory_tier_entries{", StringComparison.Ordinal);
            if (entries || line.StartsWith("memory_usage_bytes{", StringComparison.Ordinal))
            {
                string tier = line.Split('"')[1];
                long value = long.Parse(line[(line.IndexOf('}') + 2)..], System.Globalization.CultureInfo.InvariantCulture);
                (long Entries, long Bytes) now = found.GetValueOrDefault(tier);
                found[tier] = entries ? now with { Entries = value } : now with { Bytes = value };
            }
        }

        return new Content(found);
    }

    private static Content Of(JsonElement tiers) => new(tiers.EnumerateObject().ToDictionary(
        t => t.Name, t => (t.Value.GetProperty("entries").GetInt64(), t.Value.GetProperty("usage_bytes").GetInt64())));

    private static bool Same(Content one, Content other) =>
        one.Tiers.Count == other.Tiers.Count && one.Tiers.All(t => other.Tiers.TryGetValue(t.Key, out var value) && value == t.Value);

    private static string Show(Content content) => string.Join(", ", content.Tiers.Select(t => $"{t.Key} {t.Value.Entries}/{t.Value.Bytes}"));

    /// <summary>A JSON array of exactly so many bytes that does not compress to nothing.</summary>
    internal static string Document(int size, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder("[\"");
        while (text.Length < size - 2)
        {
            text.Append((char)('a' + random.Next(26)));
        }

        return text.Append("\"]").ToString();
    }
}
