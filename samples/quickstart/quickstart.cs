// Loads the sample data, reads, moves and prefetches it, finds the like of a window by its shape, and prints the efficiency report.
//
//     dotnet run --project samples/quickstart -- [http://localhost:8001]
//
// Ends with 1 when something is not as expected. Nothing is cleaned up: look at the objects afterwards.
using AuraMemory.Client;
using AuraMemory.Client.Wire;

string address = args.Length > 0 ? args[0] : Environment.GetEnvironmentVariable("AURA_MEMORY_URL") ?? "http://localhost:8001";
using var client = new AuraMemoryClient(new AuraMemoryClientOptions
{
    BaseAddress = new Uri(address),
    ApiKey = Environment.GetEnvironmentVariable("AURA_MEMORY_API_KEY"),
});
try
{
    // 1. Store everything in two requests; the lines are in the wire's form already.
    foreach (string name in new[] { "activities.ndjson", "digits.ndjson" })
    {
        var items = new List<ReadOnlyMemory<byte>>();
        await foreach (string line in File.ReadLinesAsync(Path.Combine(AppContext.BaseDirectory, "data", name)))
        {
            items.Add(System.Text.Encoding.UTF8.GetBytes(line));
        }

        BulkStoreResponse stored = await client.BulkStoreTextAsync(items, enableShapeAnalysis: true, waitForShapes: true);
        Console.WriteLine($"{name}: {stored.Stored} stored, {stored.Failed} failed, {stored.DurationUs} us");
        Expect(stored.Stored == items.Count && stored.Failed == 0, $"all of {name} stored");
    }

    // 2. Read one back.
    const string Key = "activity:act-a09-0";
    RetrieveResponse? read = await client.RetrieveAsync(Key, includeMetadata: true);
    Expect(read is not null, "the object is there");
    Console.WriteLine($"{Key}: read from {read!.Tier} in {read.LatencyNs} ns, {read.Data.GetProperty("points").GetArrayLength()} points");
    Expect(read.Metadata?.GetProperty("label").GetString() == "a09", "the metadata is what was stored");

    // 3. Make the memory pool the fastest tier that holds it.
    MigrateResponse moved = await client.MigrateAsync(new MigrateRequest(Key, "cxl_hot", "quickstart", Force: true));
    Console.WriteLine($"{Key}: {moved.FromTier} -> {moved.ToTier}, {moved.Status}, {moved.DurationUs} us");
    Expect(moved.ToTier == "cxl_hot", "the object is in cxl_hot");

    // 4. Bring it and the windows that follow it into DRAM.
    PrefetchResponse fetched = await client.PrefetchAsync(new PrefetchRequest([Key], "dram", Recursive: true, MaxDepth: 3));
    Console.WriteLine($"prefetched {fetched.PrefetchedKeys.Count} keys, {fetched.RelatedKeysFound} of them related");
    Expect(fetched.RelatedKeysFound >= 3, "three windows follow the first");

    // 5. Find windows of the same shape.
    ShapeQueryResponse like = await client.QueryShapeAsync(new ShapeQueryRequest { QueryData = read.Data, K = 3 });
    foreach (ShapeMatch match in like.Results)
    {
        Console.WriteLine($"like {Key}: {match.Key}, similarity {match.SimilarityScore:F3}");
    }

    Expect(like.NumResults == 3 && like.Results[0].Key == Key, "the window is most like itself, and two others are found");

    // 6. What it costs and how well it works.
    EfficiencyReport stats = await client.EfficiencyAsync();
    Console.WriteLine($"Hit ratio: {stats.HitRatio:P2}");
    Console.WriteLine($"Average latency: {stats.AverageLatencyNs} ns");
    Console.WriteLine($"Effective bandwidth: {stats.EffectiveBandwidthGbps} GB/s");
    Console.WriteLine($"Cost per GB: ${stats.CostPerGbEffective:F2}");
    Expect(stats.TotalAccesses > 0, "accesses are counted");
    return 0;
}
catch (AuraMemoryException failure)
{
    Console.Error.WriteLine($"FAILED: {failure.Message}");
    return 1;
}
catch (UnexpectedException failure)
{
    Console.Error.WriteLine($"FAILED: {failure.Message}");
    return 1;
}

static void Expect(bool condition, string what)
{
    if (!condition)
    {
        throw new UnexpectedException(what);
    }
}

internal sealed class UnexpectedException(string message) : Exception(message);
