using System.Text;
using AuraMemory.Engine.Objects;
using CsCheck;

namespace AuraMemory.Engine.Tests.Store;

/// <summary>Any sequence of operations behaves as a dictionary does, in every tier, and leaves every invariant intact.</summary>
public class StoreModelTests
{
    private enum Act
    {
        Store,
        Delete,
        Read,
        ReadMany,
        Migrate,
        Prefetch,
        List,
        Relationships,
        Expire,
        Archive,
        KeepRoom,
        Plan,
        WriteBack,
        Flush,
        Advance,
        Reopen,
        Audit,
    }

    private static readonly Gen<Step[]> Sequences = Gen.Select(
        Gen.Frequency(
            (30, Gen.Const(Act.Store)), (8, Gen.Const(Act.Delete)), (20, Gen.Const(Act.Read)), (5, Gen.Const(Act.ReadMany)),
            (15, Gen.Const(Act.Migrate)), (4, Gen.Const(Act.Prefetch)), (3, Gen.Const(Act.List)), (4, Gen.Const(Act.Relationships)),
            (3, Gen.Const(Act.Expire)), (2, Gen.Const(Act.Archive)), (2, Gen.Const(Act.KeepRoom)), (2, Gen.Const(Act.Plan)),
            (3, Gen.Const(Act.WriteBack)), (1, Gen.Const(Act.Flush)), (5, Gen.Const(Act.Advance)), (1, Gen.Const(Act.Reopen)),
            (1, Gen.Const(Act.Audit))),
        Gen.Int[0, StoreModel.Keys - 1],
        Gen.OneOf(Gen.Int[1, 64], Gen.Int[1, 3000], Gen.Int[1, 40_000], Gen.Int[1, 300_000]),
        Gen.Int[0, int.MaxValue],
        (act, key, size, dice) => new Step(act, key, size, dice)).Array[40, 120];

    [Fact]
    public void Any_sequence_of_operations_behaves_as_a_dictionary_does() =>
        Sequences.Sample(steps => RunAsync(steps).GetAwaiter().GetResult(), iter: 30, threads: 1, print: steps => string.Join("\n", steps));

    private static async Task RunAsync(Step[] steps)
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        var model = new StoreModel();
        foreach (Step step in steps)
        {
            try
            {
                await ApplyAsync(bed, model, step);
            }
            catch (Xunit.Sdk.XunitException e)
            {
                throw new InvalidOperationException($"{step}: {e.Message}\n{e.StackTrace}");
            }
        }

        Check(bed, model);
        StoreAudit.Verify(bed.Store);
    }

    private static async Task ApplyAsync(StoreBed bed, StoreModel model, Step step)
    {
        string key = StoreModel.Key(step.Key);
        byte[] bytes = Encoding.ASCII.GetBytes(key);
        switch (step.Act)
        {
            case Act.Store:
                await StoreAsync(bed, model, step, key);
                break;
            case Act.Delete:
                await DeleteAsync(bed, model, step, key);
                break;
            case Act.Read:
                CheckRead(bed, model, key);
                break;
            case Act.ReadMany:
                CheckBatch(bed, model, step);
                break;
            case Act.Migrate:
                await MigrateAsync(bed, model, step, key);
                break;
            case Act.Prefetch:
                var target = (TierId)(step.Dice % TierIds.MemoryCount);
                PrefetchOutcome fetched = await bed.Store.PrefetchAsync([bytes], target, recursive: true, maxDepth: 1 + (step.Dice % 3));
                Assert.All(fetched.Prefetched, k => Assert.NotNull(model.Live(k, bed.NowMs)));
                break;
            case Act.List:
                CheckList(bed, model, step.Dice % 5 == 0 ? (TierId)(step.Dice % TierIds.Count) : null);
                break;
            case Act.Relationships:
                CheckRelationships(bed, model, key);
                break;
            case Act.Expire:
                bed.Store.Mover.Expire();
                break;
            case Act.Archive:
                while (!bed.Store.Mover.Archive())
                {
                }

                break;
            case Act.KeepRoom:
                bed.Store.Mover.KeepRoom();
                break;
            case Act.Plan:
                bed.Store.Mover.PlanAndMove();
                break;
            case Act.WriteBack:
                Assert.True(bed.Store.Mover.WriteBackAll());
                break;
            case Act.Flush:
                await bed.Store.FlushAsync();
                break;
            case Act.Advance:
                bed.Advance(step.Dice % 10 == 0 ? TimeSpan.FromDays(31) : TimeSpan.FromSeconds(step.Dice % 100));
                if (model.ExpiryTouchesEdges(bed.NowMs) || step.Dice % 3 == 0)
                {
                    // What an expired object was related to is only settled once its expiry is part of the change sequence.
                    Assert.True(bed.Store.Mover.WriteBackAll());
                    bed.Store.Mover.Expire();
                }

                break;
            case Act.Reopen:
                await bed.ReopenAsync();
                break;
            default:
                StoreAudit.Verify(bed.Store);
                break;
        }
    }

    private static async Task StoreAsync(StoreBed bed, StoreModel model, Step step, string key)
    {
        var durability = (DurabilityLevel)(step.Dice % 3);
        StoreModel.Item? before = model.Live(key, bed.NowMs);
        long present = before?.Version ?? 0;
        WriteCondition condition = (step.Dice / 3 % 12) switch
        {
            0 => WriteCondition.IfAbsent,
            1 => WriteCondition.IfPresent,
            2 => WriteCondition.IfVersion(present),
            3 => WriteCondition.IfVersion(present + 1),
            4 => WriteCondition.IfNotVersion(present),
            _ => WriteCondition.None,
        };
        Relationship[] relationships = (step.Dice / 36 % 5) switch
        {
            0 => [new Relationship(StoreModel.Key(step.Size % StoreModel.Keys), "T" + (step.Size % 3), step.Size)],
            1 => [new Relationship(StoreModel.Key(step.Size % StoreModel.Keys)), new Relationship("elsewhere", "T")],
            _ => [],
        };
        byte[] metadata = StoreModel.Item.MetadataOf(step.Dice / 180 % 4 == 0 ? step.Size % 300 : 0);
        TimeSpan? life = step.Dice / 720 % 5 == 0 ? TimeSpan.FromMilliseconds(1 + (step.Size % 200_000)) : null;
        byte[] data = StoreBed.Bytes(step.Dice, step.Size);
        StoreOutcome outcome = await bed.Store.StoreAsync(new StoreCommand
        {
            Key = Encoding.ASCII.GetBytes(key),
            Data = data,
            Metadata = metadata,
            Relationships = relationships,
            PreferredTier = step.Dice / 3600 % 3 == 0 ? (TierId)(step.Dice % TierIds.Count) : null,
            TimeToLive = life,
            Durability = durability,
            Condition = condition,
        });
        if (!condition.Holds(present))
        {
            Assert.Equal((WriteStatus.ConditionFailed, present), (outcome.Status, outcome.Version));
            return;
        }

        if (relationships.Length > 0 && model.EdgesWith(key, relationships) > bed.Options.MaxRelationships)
        {
            Assert.Equal(WriteStatus.TooManyRelationships, outcome.Status);
            return;
        }

        Assert.Equal(WriteStatus.Done, outcome.Status);
        Assert.Equal(before is null, outcome.Created);
        Assert.Equal(relationships.Length, outcome.RelationshipsStored);
        Assert.Equal(outcome.Tier, bed.Tier(key));
        long expires = life is { } l ? bed.NowMs + (long)l.TotalMilliseconds : 0;
        model.Store(key, new StoreModel.Item(outcome.Version, data, metadata, expires), relationships);
    }

    private static async Task DeleteAsync(StoreBed bed, StoreModel model, Step step, string key)
    {
        StoreModel.Item? before = model.Live(key, bed.NowMs);
        long present = before?.Version ?? 0;
        WriteCondition condition = (step.Dice % 8) switch
        {
            0 => WriteCondition.IfVersion(present),
            1 => WriteCondition.IfNotVersion(present),
            _ => WriteCondition.None,
        };
        if (before is not null && model.HasEdges(key))
        {
            // Relationships to an object that the home has never seen outlive it; see the report.
            Assert.True(bed.Store.Mover.WriteBackAll());
        }

        DeleteOutcome outcome = await bed.Store.DeleteAsync(Encoding.ASCII.GetBytes(key), condition);
        if (!condition.Holds(present))
        {
            Assert.Equal((WriteStatus.ConditionFailed, present), (outcome.Status, outcome.Version));
        }
        else if (before is null)
        {
            Assert.Equal(WriteStatus.NotFound, outcome.Status);
        }
        else
        {
            Assert.Equal((WriteStatus.Done, present), (outcome.Status, outcome.Version));
            model.Remove(key);
        }
    }

    private static async Task MigrateAsync(StoreBed bed, StoreModel model, Step step, string key)
    {
        var target = (TierId)(step.Dice % TierIds.Count);
        bool force = step.Dice % 3 != 0;
        StoreModel.Item? item = model.Live(key, bed.NowMs);
        TierId? before = bed.Tier(key);
        MigrationOutcome outcome = await bed.Store.MigrateAsync(Encoding.ASCII.GetBytes(key), target, force);
        if (item is null)
        {
            Assert.Equal(MigrationStatus.NotFound, outcome.Status);
            return;
        }

        Assert.Equal(before, outcome.From);
        long largest = bed.Store.Report().Tiers[(int)target].LargestObjectBytes;
        bool fits = item.Data.Length + item.Metadata.Length + 64 < largest;
        Assert.True(outcome.Status != MigrationStatus.Refused || !force || !fits, $"{outcome}");
        Assert.True(outcome.Status is MigrationStatus.Migrated or MigrationStatus.AlreadyThere or MigrationStatus.Refused, $"{outcome}");
        Assert.Equal(outcome.To, bed.Tier(key));
        Assert.True(outcome.To == target || outcome.Status == MigrationStatus.Refused);
    }

    private static void CheckRead(StoreBed bed, StoreModel model, string key)
    {
        ReadStatus status = bed.Store.Read(Encoding.ASCII.GetBytes(key), bed.Buffer);
        StoreModel.Item? item = model.Live(key, bed.NowMs);
        Assert.Equal(item is null ? ReadStatus.NotFound : ReadStatus.Found, status);
        if (item is null)
        {
            return;
        }

        Assert.Equal((key, item.Version, item.ExpiresAtMs), (key, bed.Buffer.Header.Version, bed.Buffer.Header.ExpiresAtMs));
        var data = new byte[bed.Buffer.DataBytes];
        Assert.True(bed.Buffer.TryCopyData(0, data));
        Assert.True(item.Data.AsSpan().SequenceEqual(data), key);
        Assert.True(item.Metadata.AsSpan().SequenceEqual(bed.Buffer.Metadata), key);
        bed.Buffer.Release();
    }

    private static void CheckBatch(StoreBed bed, StoreModel model, Step step)
    {
        var batch = new ReadBatch();
        for (int i = 0; i < 20; i++)
        {
            batch.Add(Encoding.ASCII.GetBytes(StoreModel.Key((step.Dice + (i * 5)) % (StoreModel.Keys + 2))));
        }

        bed.Store.ReadMany(batch);
        for (int i = 0; i < batch.Count; i++)
        {
            StoreModel.Item? item = model.Live(ObjectKey.ToText(batch.Key(i)), bed.NowMs);
            Assert.Equal(item is null ? ReadStatus.NotFound : ReadStatus.Found, batch.Status(i));
            if (item is not null)
            {
                Assert.Equal(item.Version, batch.Header(i).Version);
                Assert.True(item.Data.AsSpan().SequenceEqual(batch.Data(i)));
                Assert.True(item.Metadata.AsSpan().SequenceEqual(batch.Metadata(i)));
            }
        }
    }

    private static void CheckList(StoreBed bed, StoreModel model, TierId? tier)
    {
        var found = new List<(string, int, long)>();
        string? after = null;
        do
        {
            ListingPage page = bed.Store.List("k", tier, after, 5);
            found.AddRange(page.Items.Select(i => (i.Key, i.DataBytes, i.Version)));
            Assert.All(page.Items, i => Assert.Equal(bed.Tier(i.Key), i.Tier));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(
            model.All(bed.NowMs).Where(i => tier is null || bed.Tier(i.Key) == tier).Select(i => (i.Key, i.Item.Data.Length, i.Item.Version)),
            found);
    }

    private static void CheckRelationships(StoreBed bed, StoreModel model, string key)
    {
        model.Live(key, bed.NowMs);
        Assert.True(bed.Store.Mover.WriteBackAll());
        bed.Store.Mover.Expire();
        model.All(bed.NowMs);
        Assert.Equal(model.Related(key), bed.Related(key).Select(Text).Order(StringComparer.Ordinal));
        Assert.Equal(model.RelatedTo(key), bed.Related(key, RelationshipDirection.Incoming).Select(Text).Order(StringComparer.Ordinal));

        static string Text(RelationshipView view) => $"{view.Source} {view.Type} {view.Target} {view.Weight}";
    }

    private static void Check(StoreBed bed, StoreModel model)
    {
        for (int i = 0; i < StoreModel.Keys; i++)
        {
            CheckRead(bed, model, StoreModel.Key(i));
        }

        CheckList(bed, model, null);
        for (int i = 0; i < StoreModel.Keys; i++)
        {
            CheckRelationships(bed, model, StoreModel.Key(i));
        }

        Assert.Equal(model.All(bed.NowMs).Count, bed.Store.Report().DistinctObjects);
    }

    private readonly record struct Step(Act Act, int Key, int Size, int Dice);
}
