using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using CsCheck;

namespace AuraMemory.Engine.Tests.Store;

/// <summary>Whoever replays the change sequence from where it was arrives at what the store holds.</summary>
public class ChangeReplayTests
{
    private static readonly Gen<(int Act, int Key, int Size)[]> Histories =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 7], Gen.Int[1, 5000]).Array[20, 120];

    [Fact]
    public void A_follower_that_replays_in_pieces_reconstructs_objects_and_relationships() =>
        Histories.Sample(history => RunAsync(history).GetAwaiter().GetResult(), iter: 20, threads: 1);

    private static async Task RunAsync((int Act, int Key, int Size)[] history)
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        var follower = new Follower();
        foreach ((int act, int k, int size) in history)
        {
            string key = "k" + k;
            switch (act)
            {
                case 0:
                    bed.Delete(key);
                    break;
                case 1:
                    bed.Put(key, StoreBed.Bytes(size, size), life: TimeSpan.FromSeconds(size % 50));
                    break;
                case 2 or 3:
                    bed.Put(key, StoreBed.Bytes(size, size), relationships: [new Relationship("k" + (size % 8), "T", size)]);
                    break;
                case 4 or 5:
                    bed.Put(key, StoreBed.Bytes(size, size), DurabilityLevel.Volatile);
                    break;
                case 6:
                    bed.Advance(TimeSpan.FromSeconds(size % 40));
                    Assert.True(bed.Store.Mover.WriteBackAll());
                    bed.Store.Mover.Expire();
                    break;
                case 7:
                    bed.Migrate(key, (TierId)(size % TierIds.Count));
                    break;
                case 8:
                    follower.CatchUp(bed, limit: 1 + (size % 7));
                    break;
                default:
                    bed.Put(key, StoreBed.Bytes(size, size));
                    break;
            }
        }

        bed.Advance(TimeSpan.FromSeconds(100));
        Assert.True(bed.Store.Mover.WriteBackAll());
        bed.Store.Mover.Expire();
        follower.CatchUp(bed, limit: 5);
        for (int i = 0; i < 8; i++)
        {
            string key = "k" + i;
            byte[]? data = bed.Get(key);
            Assert.Equal(data is not null, follower.Objects.TryGetValue(key, out var followed));
            Assert.Equal(data, followed.Data);
            Assert.Equal(data is null ? 0 : bed.Buffer.Header.Version, followed.Version);
            Assert.Equal(
                bed.Related(key).Select(v => (v.Source, v.Type, v.Target)),
                follower.Edges.Where(e => e.From == key).Order());
        }

        var fresh = new Follower();
        fresh.CatchUp(bed, limit: 3);
        Assert.Equal(follower.Objects.Keys.Order(), fresh.Objects.Keys.Order());
        Assert.Equal(follower.Edges.Order(), fresh.Edges.Order());
    }

    /// <summary>What an index, a graph or a replica does: remember the last number, and look at what each change names.</summary>
    private sealed class Follower
    {
        private long _last;

        public Dictionary<string, (long Version, byte[] Data)> Objects { get; } = [];

        public HashSet<(string From, string Type, string To)> Edges { get; } = [];

        public void CatchUp(StoreBed bed, int limit)
        {
            IHome home = bed.Store.Parts.Home;
            var page = new List<Change>();
            do
            {
                page.Clear();
                Assert.True(home.Changes(_last, limit, page));
                foreach (Change change in page)
                {
                    Assert.True(change.Number > _last, "the numbers of the sequence grow");
                    _last = change.Number;
                    Apply(home, change);
                }
            }
            while (page.Count > 0);
            Assert.Equal(home.LastChangeNumber, _last);
        }

        private void Apply(IHome home, Change change)
        {
            string key = ObjectKey.ToText(change.Key);
            switch (change.Kind)
            {
                case ChangeKind.Stored:
                    using (var buffer = new ObjectBuffer())
                    {
                        // Replaced or deleted since: a later change says so.
                        if (home.Read(change.Key, buffer) == ReadStatus.Found && buffer.Header.Version >= change.Version)
                        {
                            Objects[key] = (buffer.Header.Version, buffer.Data.ToArray());
                        }
                    }

                    break;
                case ChangeKind.Related:
                    var views = new List<RelationshipView>();
                    Assert.Equal(ReadStatus.Found, home.Relationships(change.Key, RelationshipDirection.Outgoing, 1000, views));
                    Edges.RemoveWhere(e => e.From == key);
                    Edges.UnionWith(views.Select(v => (v.Source, v.Type, v.Target)));
                    break;
                default:
                    // The follower read ahead: what it has may be newer than what was deleted here.
                    if (Objects.TryGetValue(key, out var held) && held.Version <= change.Version)
                    {
                        Objects.Remove(key);
                    }

                    Edges.RemoveWhere(e => e.From == key || e.To == key);
                    break;
            }
        }
    }
}
