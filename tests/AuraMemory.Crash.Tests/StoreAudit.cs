using AuraMemory.Crash.Workload;
using AuraMemory.Engine;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Crash.Tests;

/// <summary>Looks at everything a reopened store holds and compares it with the model, and with itself.</summary>
internal static class StoreAudit
{
    public static void Check(MemoryStore store, CrashModel model)
    {
        var home = (Home)store.Parts.Home;
        List<string> wrong = model.Complaints;

        // Before anything is read through the ladder: copies that came out of the crash, as they are.
        Pool(store, home, wrong);
        long before = model.GreatestNumber;
        if (home.FirstFreeNumber <= before)
        {
            wrong.Add($"number {home.FirstFreeNumber} would be given out again; {before} was");
        }

        foreach (string key in model.Keys.Keys.ToList())
        {
            (long id, long version) = Read(store, key, wrong);
            model.Settle(key, id, version);
        }

        Listing(store, model, wrong);
        Relationships(store, model, wrong);
        Changes(home, wrong);
        if (home.Counters.ToString() != home.Recount().ToString())
        {
            wrong.Add($"the totals say {home.Counters}; a full count says {home.Recount()}");
        }

        if (store.Mover.Failure is { } failure)
        {
            wrong.Add($"the mover died: {failure}");
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong.Take(20)));
    }

    public static (long Id, long Version) Read(MemoryStore store, string key, List<string> wrong)
    {
        using var buffer = new ObjectBuffer();
        ReadStatus status = store.Read(ObjectKey.Parse(key), buffer);
        if (status != ReadStatus.Found)
        {
            if (status != ReadStatus.NotFound)
            {
                wrong.Add($"{key}: read ended {status}");
            }

            return (0, 0);
        }

        byte[] data = new byte[buffer.DataBytes];
        buffer.TryCopyData(0, data);
        if (!SelfCheckingValue.TryGetId(key, data, out long id))
        {
            wrong.Add($"{key}: what was read from {buffer.Tier} is no value of this key");
        }

        return (id, buffer.Header.Version);
    }

    private static void Pool(MemoryStore store, Home home, List<string> wrong)
    {
        if (store.Parts.Pool is not { } pool)
        {
            wrong.Add($"the pool is out of service: {store.Parts.PoolFailure}");
            return;
        }

        var copies = new List<(byte[] Key, long Version)>();
        long cursor = 0;
        while (pool.Enumerate(ref cursor, 4096, (key, in header, _, _) => copies.Add((key.ToArray(), header.Version))) > 0)
        {
        }

        using var copy = new ObjectBuffer();
        using var original = new ObjectBuffer();
        foreach ((byte[] key, long version) in copies)
        {
            string name = ObjectKey.ToText(key);
            if (home.Read(key, original) != ReadStatus.Found || original.Header.Version != version)
            {
                wrong.Add($"the pool has version {version} of {name}, the home {original.Header.Version}");
            }
            else if (pool.Read(key, copy) == ReadStatus.Found && !copy.Data.SequenceEqual(original.Data))
            {
                wrong.Add($"the pool's copy of {name} differs from the home's");
            }
        }
    }

    private static void Listing(MemoryStore store, CrashModel model, List<string> wrong)
    {
        var listed = new HashSet<string>();
        ListingPage page = store.List("", null, null, 10_000);
        foreach (ObjectListing item in page.Items)
        {
            listed.Add(item.Key);
        }

        foreach ((string key, CrashModel.KeyState state) in model.Keys)
        {
            if (listed.Remove(key) != (state.Must != 0))
            {
                wrong.Add($"{key} with id {state.Must} is {(state.Must == 0 ? "" : "not ")}in the listing");
            }
        }

        if (listed.Count > 0)
        {
            wrong.Add($"listed, but never stored: {string.Join(' ', listed.Take(5))}");
        }
    }

    private static void Relationships(MemoryStore store, CrashModel model, List<string> wrong)
    {
        var views = new List<RelationshipView>();
        var outgoing = new Dictionary<(string, string, string), double>();
        var incoming = new Dictionary<(string, string, string), double>();
        foreach (string key in model.Keys.Keys.Concat(model.Edges.Keys.Select(e => e.Target)).Distinct())
        {
            foreach (RelationshipDirection direction in Enum.GetValues<RelationshipDirection>())
            {
                views.Clear();
                store.Relationships(ObjectKey.Parse(key), direction, 10_000, views);
                foreach (RelationshipView view in views)
                {
                    (direction == RelationshipDirection.Outgoing ? outgoing : incoming)[(view.Source, view.Type, view.Target)] = view.Weight;
                }
            }
        }

        foreach ((Dictionary<(string, string, string), double> seen, string end) in new[] { (outgoing, "source"), (incoming, "target") })
        {
            foreach (((string, string, string) edge, double weight) in model.Edges)
            {
                if (!seen.Remove(edge, out double found) || found != weight)
                {
                    wrong.Add($"relationship {edge} of weight {weight} is {found} at its {end}");
                }
            }

            if (seen.Count > 0)
            {
                wrong.Add($"{seen.Count} relationships at their {end} that nobody asserted, or that were deleted: {seen.Keys.First()}");
            }
        }
    }

    private static void Changes(Home home, List<string> wrong)
    {
        var last = new Dictionary<string, Change>();
        var page = new List<Change>();
        long after = 0;
        do
        {
            page.Clear();
            Assert.True(home.Changes(after, 5000, page));
            foreach (Change change in page)
            {
                if (change.Number <= after)
                {
                    wrong.Add($"change {change.Number} follows {after}");
                }

                after = change.Number;
                if (change.Kind != ChangeKind.Related)
                {
                    last[ObjectKey.ToText(change.Key)] = change;
                }
            }
        }
        while (page.Count > 0);

        if (after != home.LastChangeNumber)
        {
            wrong.Add($"the sequence ends at {after}, the home says {home.LastChangeNumber}");
        }

        var objects = new List<HomeListing>();
        home.List([], [], int.MaxValue, objects);
        foreach (HomeListing item in objects)
        {
            string key = ObjectKey.ToText(item.Key);
            if (!last.Remove(key, out Change change) || change.Kind != ChangeKind.Stored || change.Version != item.Header.Version)
            {
                wrong.Add($"{key} is version {item.Header.Version}; its last change is {change}");
            }
        }

        foreach ((string key, Change change) in last)
        {
            if (change.Kind is not (ChangeKind.Deleted or ChangeKind.Expired))
            {
                wrong.Add($"{key} is absent; its last change is {change}");
            }
        }
    }
}
