using AuraMemory.Engine.Objects;
using CsCheck;

namespace AuraMemory.Engine.Tests.Store;

/// <summary>Relationships asserted and removed by themselves, beside a dictionary.</summary>
public class RelateTests
{
    private static readonly byte[] Value = StoreBed.Bytes(1, 200);

    [Fact]
    public async Task Asserting_is_idempotent_and_replaces_weight_and_properties()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("a", Value);
        await RelateAsync(bed, "a", new Relationship("b", "KNOWS", 2, """{"since":1999}"""));
        await RelateAsync(bed, "a", new Relationship("b", "KNOWS", 3));
        Assert.Equal([new RelationshipView("a", "KNOWS", "b", 3)], bed.Related("a"));
        await RelateAsync(bed, "a", new Relationship("b", "KNOWS", 3, """{"s":"ü"}"""));
        Assert.Equal([new RelationshipView("a", "KNOWS", "b", 3, """{"s":"ü"}""")], bed.Related("b", RelationshipDirection.Incoming));
        await bed.ReopenAsync();
        Assert.Equal([new RelationshipView("a", "KNOWS", "b", 3, """{"s":"ü"}""")], bed.Related("a"));
        Assert.Equal(Value, bed.Get("a"));
    }

    [Fact]
    public async Task A_source_that_is_not_there_is_not_found_and_a_target_need_not_be_there()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        Assert.Equal(WriteStatus.NotFound, (await bed.Store.RelateAsync(ObjectKey.Parse("a"), [new Relationship("b")])).Status);
        Assert.Equal(WriteStatus.NotFound, (await bed.Store.UnrelateAsync(ObjectKey.Parse("a"), [new Relationship("b")])).Status);
        Assert.Empty(bed.Related("b", RelationshipDirection.Incoming));
        bed.Put("a", Value);
        Assert.Equal(new RelateOutcome(WriteStatus.Done, 1), await bed.Store.RelateAsync(ObjectKey.Parse("a"), [new Relationship("b")]));
    }

    [Fact]
    public async Task A_source_that_only_memory_has_is_written_back_with_its_first_relationship()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("a", Value, DurabilityLevel.Volatile);
        await RelateAsync(bed, "a", new Relationship("b"));
        Assert.Equal(TierId.NvmeCold, HomeTier(bed, "a"));
        Assert.Equal(Value, bed.Get("a"));
        StoreAudit.Verify(bed.Store);
    }

    [Fact]
    public async Task The_limit_of_an_object_counts_what_it_has_and_what_comes()
    {
        await using StoreBed bed = await StoreBed.OpenAsync(StoreBed.Tiny() with { MaxRelationships = 3 });
        bed.Put("a", Value, relationships: [new Relationship("b"), new Relationship("c")]);
        RelateOutcome outcome = await bed.Store.RelateAsync(ObjectKey.Parse("a"), [new Relationship("d"), new Relationship("e")]);
        Assert.Equal(WriteStatus.TooManyRelationships, outcome.Status);
        Assert.Equal(2, bed.Related("a").Count);
        await RelateAsync(bed, "a", new Relationship("d"), new Relationship("c"));
        Assert.Equal(3, bed.Related("a").Count);
    }

    [Fact]
    public async Task Any_order_of_changes_leaves_what_a_dictionary_holds_also_in_pages_and_after_a_restart()
    {
        await using StoreBed bed = await StoreBed.OpenAsync(StoreBed.Tiny() with { MaxRelationships = 1000 });
        Gen<(int Kind, int From, int To, int Type, int Weight)> step =
            Gen.Select(Gen.Int[0, 9], Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 1], Gen.Int[1, 3]);
        int round = 0;
        step.Array[1, 40].Sample(
            steps =>
            {
                string run = $"r{round++}x";
                var model = new SortedDictionary<string, RelationshipView>(StringComparer.Ordinal);
                var stored = new HashSet<string>();
                foreach ((int kind, int from, int to, int type, int weight) in steps)
                {
                    (string source, string target, string name) = (run + from, run + to, "T" + type);
                    string identity = $"{source}|{name}|{target}";
                    switch (kind)
                    {
                        case < 3:
                            bed.Put(source, Value);
                            stored.Add(source);
                            break;
                        case < 7:
                            string? properties = weight == 3 ? """{"w":3}""" : null;
                            RelateOutcome related = bed.Store.RelateAsync(ObjectKey.Parse(source), [new Relationship(target, name, weight, properties)])
                                .AsTask().GetAwaiter().GetResult();
                            Assert.Equal(stored.Contains(source) ? WriteStatus.Done : WriteStatus.NotFound, related.Status);
                            if (stored.Contains(source))
                            {
                                model[identity] = new RelationshipView(source, name, target, weight, properties);
                            }

                            break;
                        case < 9:
                            RelateOutcome removed = bed.Store.UnrelateAsync(ObjectKey.Parse(source), [new Relationship(target, name)])
                                .AsTask().GetAwaiter().GetResult();
                            Assert.Equal(stored.Contains(source) && model.Remove(identity) ? 1 : 0, removed.Count);
                            break;
                        default:
                            bed.Delete(source);
                            if (stored.Remove(source))
                            {
                                foreach (string gone in model.Where(r => r.Value.Source == source || r.Value.Target == source).Select(r => r.Key).ToArray())
                                {
                                    model.Remove(gone);
                                }
                            }

                            break;
                    }
                }

                Assert.Equal(model.Values.OrderBy(Order, StringComparer.Ordinal), All(bed, run, page: 1 + (round % 4)).OrderBy(Order, StringComparer.Ordinal));
            },
            iter: 60, threads: 1);
        List<RelationshipView> before = All(bed, "r", 7);
        await bed.ReopenAsync();
        Assert.Equal(before, All(bed, "r", 1000));
        StoreAudit.Verify(bed.Store);
    }

    private static string Order(RelationshipView view) => $"{view.Source}|{view.Type}|{view.Target}";

    private static List<RelationshipView> All(StoreBed bed, string prefix, int page)
    {
        var all = new List<RelationshipView>();
        byte[]? after = null;
        do
        {
            Assert.Equal(ReadStatus.Found, bed.Store.ListRelationships(ref after, page, all));
        }
        while (after is not null);

        return all.FindAll(r => r.Source.StartsWith(prefix, StringComparison.Ordinal));
    }

    private static TierId HomeTier(StoreBed bed, string key)
    {
        Assert.Equal(ReadStatus.Found, bed.Store.Parts.Home.Stat(ObjectKey.Parse(key), out var stat));
        return stat.Tier;
    }

    private static async Task RelateAsync(StoreBed bed, string source, params Relationship[] relationships) =>
        Assert.Equal(WriteStatus.Done, (await bed.Store.RelateAsync(ObjectKey.Parse(source), relationships)).Status);
}
