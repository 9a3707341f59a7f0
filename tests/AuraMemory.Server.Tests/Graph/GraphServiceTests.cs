using System.Text;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Values;
using AuraMemory.Server.Graph;
using CsCheck;

namespace AuraMemory.Server.Tests.Graph;

public class GraphServiceTests
{
    private const string All = "MATCH (a)-[r]->(b) RETURN a.key, type(r), b.key, r.weight";

    private enum Act
    {
        Store,
        Relate,
        Unrelate,
        Delete,
        Replay,
        Rebuild,
    }

    [Fact]
    public async Task Whatever_is_done_the_graph_is_what_the_store_says()
    {
        Gen<(Act Act, int Key, int Other, int Type, int Weight)> step = Gen.Select(
            Gen.Frequency((4, Gen.Const(Act.Store)), (6, Gen.Const(Act.Relate)), (2, Gen.Const(Act.Unrelate)), (2, Gen.Const(Act.Delete)), (2, Gen.Const(Act.Replay)), (1, Gen.Const(Act.Rebuild))),
            Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 1], Gen.Int[1, 3]);
        await step.Array[1, 40].SampleAsync(
            async steps =>
            {
                await using var bed = new GraphBed();
                var stored = new Dictionary<string, Dictionary<(string Type, string Target), double>>();
                var touched = new List<Change>();
                foreach ((Act act, int k, int o, int t, int w) in steps)
                {
                    string key = $"k{k}";
                    var relationship = new Relationship($"k{o}", $"T{t}", w);
                    switch (act)
                    {
                        case Act.Store:
                            await bed.StoreAsync(key, relationship);
                            stored[key] = new() { [(relationship.Type, relationship.Target)] = w };
                            break;
                        case Act.Relate:
                            await bed.RelateAsync(key, true, relationship);
                            if (stored.TryGetValue(key, out var own))
                            {
                                own[(relationship.Type, relationship.Target)] = w;
                            }

                            break;
                        case Act.Unrelate:
                            await bed.RelateAsync(key, false, relationship);
                            stored.GetValueOrDefault(key)?.Remove((relationship.Type, relationship.Target));
                            break;
                        case Act.Delete:
                            await bed.DeleteAsync(key);
                            if (stored.Remove(key))
                            {
                                // A relationship ends with either of its objects.
                                foreach (var others in stored.Values)
                                {
                                    others.Keys.Where(r => r.Target == key).ToList().ForEach(r => others.Remove(r));
                                }
                            }

                            break;
                        case Act.Replay:
                            await bed.Follower.ApplyAsync(touched, CancellationToken.None);
                            break;
                        case Act.Rebuild:
                            bed.Load();
                            break;
                    }

                    touched.Add(new Change(touched.Count, act == Act.Delete ? ChangeKind.Deleted : ChangeKind.Related, Encoding.ASCII.GetBytes(key), 1));
                    string[] expected =
                    [
                        .. stored.SelectMany(s => s.Value.Where(r => stored.ContainsKey(r.Key.Target)).Select(r => $"{s.Key} {r.Key.Type} {r.Key.Target} {r.Value}"))
                            .Order(StringComparer.Ordinal),
                    ];
                    Assert.Equal(expected, await bed.RowsAsync(All));
                    Assert.Equal(stored.Keys.Order(StringComparer.Ordinal), await bed.RowsAsync("MATCH (n:MemoryNode) RETURN n.key"));
                }
            },
            iter: 300);
    }

    [Fact]
    public async Task A_target_that_comes_later_is_found_then()
    {
        await using var bed = new GraphBed();
        await bed.StoreAsync("a", new Relationship("later", "KNOWS"));
        Assert.Empty(await bed.RowsAsync(All));
        Assert.Equal(1, bed.Service.Report().Awaited);
        await bed.StoreAsync("later");
        Assert.Equal(["a KNOWS later 1"], await bed.RowsAsync(All));
        Assert.Equal(0, bed.Service.Report().Awaited);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_object_that_ended_and_came_again_before_anybody_looked_is_another(bool byTouch)
    {
        await using var bed = new GraphBed();
        await bed.StoreAsync("b");
        await bed.StoreAsync("a", new Relationship("b"));
        await bed.StoreAsync("c", new Relationship("b", "STAYS_AWAY"));
        byte[] key = "b"u8.ToArray();
        await bed.Store.DeleteAsync(key);
        if (byTouch)
        {
            await bed.StoreAsync("b");
        }
        else
        {
            await bed.Store.StoreAsync(StoreCommand.FromText("b", "1"));
            await bed.Follower.ApplyAsync([new Change(8, ChangeKind.Expired, key, 1), new Change(9, ChangeKind.Stored, key, 9)], CancellationToken.None);
        }

        Assert.Empty(await bed.RowsAsync(All));
        await bed.RelateAsync("a", true, new Relationship("b"));
        Assert.Equal(["a RELATED_TO b 1"], await bed.RowsAsync(All));
    }

    [Fact]
    public async Task Objects_without_relationships_are_nodes_with_all_their_properties()
    {
        await using var bed = new GraphBed();
        await bed.StoreAsync("alone");
        Assert.Equal(["alone {name: alone} dram 16"], await bed.RowsAsync("MATCH (n {key: $k}) RETURN n.key, n.data, n.tier, n.size_bytes", ("k", Value.Of("alone"))));
        Assert.Equal(["[MemoryNode] true"], await bed.RowsAsync("MATCH (n) RETURN labels(n), n.created_at < datetime() + duration('P1000Y')"));
        Assert.Equal(0, bed.Service.Report().Nodes);
    }

    [Theory]
    [InlineData("n.data.list[0]", "1")]
    [InlineData("n.data.list[9]", "null")]
    [InlineData("n.data.list.more", "null")]
    [InlineData("n.data.list['more']", "null")]
    [InlineData("n.data.text[0]", "null")]
    [InlineData("n.data.text.a.b.c", "null")]
    [InlineData("n.data['map'].deep", "true")]
    [InlineData("n.metadata.anything.at[0]", "null")]
    public async Task A_place_that_a_document_does_not_have_is_null(string place, string value)
    {
        await using var bed = new GraphBed();
        await bed.Store.StoreAsync(StoreCommand.FromText("a", "{\"list\":[1],\"text\":\"t\",\"map\":{\"deep\":true}}"));
        Assert.Equal([value], await bed.RowsAsync($"MATCH (n) RETURN {place}"));
        Assert.Equal("InvalidArgumentType", (await bed.RefusalAsync("MATCH (n) RETURN n.tier.more")).Detail);
    }

    [Fact]
    public async Task Importance_and_community_are_of_the_graph_as_it_was_when_they_were_computed()
    {
        await using var bed = new GraphBed();
        await bed.StoreAsync("a", new Relationship("b"));
        await bed.StoreAsync("b");
        await bed.StoreAsync("c", new Relationship("d"));
        await bed.StoreAsync("d");
        await bed.StoreAsync("alone");
        Assert.All(await bed.RowsAsync("MATCH (n) RETURN n.pagerank, n.community"), r => Assert.Equal("null null", r));
        Assert.True(bed.Service.ComputeScores());
        Assert.Equal(
            ["a true", "b true", "c true", "d true"],
            await bed.RowsAsync("MATCH (n)--(m) RETURN n.key, n.community = m.community AND n.pagerank >= 0.15 AND (n.pagerank > 0.2) = exists((n)<--())"));
        Assert.Equal(["2"], await bed.RowsAsync("MATCH (n) RETURN count(DISTINCT n.community)"));

        // A number may go to another object; scores do not go with it.
        await bed.DeleteAsync("a");
        await bed.StoreAsync("z", new Relationship("b"));
        Assert.Equal(["null"], await bed.RowsAsync("MATCH (n {key: 'z'}) RETURN n.pagerank"));
    }

    [Fact]
    public async Task Objects_are_found_by_how_they_are_related_and_answers_say_what_they_lack()
    {
        await using var bed = new GraphBed();
        foreach (string side in (string[])["a", "b"])
        {
            await bed.StoreAsync(side + "0", new Relationship(side + "1"), new Relationship(side + "2"));
            await bed.StoreAsync(side + "1", new Relationship(side + "2"));
            await bed.StoreAsync(side + "2", new Relationship(side + "3"));
            await bed.StoreAsync(side + "3");
        }

        await bed.StoreAsync("alone");
        const string Similar = "CALL memory.similarTopology('a3', 2) YIELD node, score, distance, pending RETURN node.key, score = 1.0, distance = 0.0, pending";

        // Computed for the query where nothing is kept.
        Assert.Equal(0, bed.Service.Report().Signatures);
        string[] computed = await bed.RowsAsync(Similar);
        Assert.Equal(2, computed.Length);
        Assert.Contains("b3 true true 0", computed);
        Assert.True(bed.Service.RefreshSignatures());
        Assert.Equal(8, bed.Service.Report().Signatures);
        Assert.Equal(computed, await bed.RowsAsync(Similar));
        Assert.Empty(await bed.RowsAsync("CALL memory.similarTopology('alone') YIELD node RETURN node.key"));
        Assert.Equal("ProcedureError", (await bed.RefusalAsync("CALL memory.similarTopology('nothing') YIELD node RETURN node.key")).Type);

        // A number may go to another object; what was computed for it does not go with it.
        await bed.DeleteAsync("b3");
        await bed.StoreAsync("z", new Relationship("b0"), new Relationship("b1"));
        Assert.Equal(["3"], await bed.RowsAsync("CALL memory.similarTopology('a3', 100) YIELD node, pending RETURN DISTINCT pending"));
        Assert.DoesNotContain(await bed.RowsAsync("CALL memory.similarTopology('a3', 100) YIELD node, distance WHERE distance = 0.0 RETURN node.key"), key => key is "z" or "b3");
        Assert.True(bed.Service.RefreshSignatures());
        Assert.Equal(["z 0"], await bed.RowsAsync("CALL memory.similarTopology('a3', 100) YIELD node, pending WHERE node.key IN ['z', 'b3'] RETURN node.key, pending"));

        // After a restart they are as they were.
        await using var again = new GraphBed(store: bed.Store);
        Assert.True(again.Service.RefreshSignatures());
        const string All = "CALL memory.similarTopology('a3', 100) YIELD node, score, pending RETURN node.key, score, pending";
        Assert.Equal(await bed.RowsAsync(All), await again.RowsAsync(All));
    }

    [Fact]
    public async Task Signatures_are_kept_in_the_background()
    {
        await using var bed = new GraphBed(new GraphSettings { ScoresInterval = TimeSpan.Zero, SignaturesInterval = TimeSpan.FromMilliseconds(1) });
        await bed.StoreAsync("a", new Relationship("b"));
        await bed.StoreAsync("b");
        while (bed.Service.Report().Signatures < 2)
        {
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Signatures_give_way_to_relationships()
    {
        const int Memory = 3 << 20;

        // What one more relationship may take is looked at when the next one comes.
        const int Page = 1 << 16;
        await using var bed = new GraphBed(new GraphSettings { ScoresInterval = TimeSpan.Zero, SignaturesInterval = TimeSpan.Zero, Memory = Memory });
        int stored = 0;
        for (; stored < 1000; stored++)
        {
            await bed.StoreAsync($"k{stored}", new Relationship($"k{stored / 2}"));
        }

        Assert.True(bed.Service.RefreshSignatures());
        Assert.Equal(1000, bed.Service.Report().Signatures);
        for (; bed.Service.Report().Signatures > 0; stored++)
        {
            Assert.InRange(bed.Service.Report().Bytes, 1, Memory + Page);
            await bed.StoreAsync($"k{stored}", new Relationship($"k{stored / 2}"));
        }

        GraphReport left = bed.Service.Report();
        Assert.False(left.IsFull);
        Assert.Equal(stored, left.Nodes);
        Assert.InRange(left.Bytes, Memory / 4, Memory + Page);
        Assert.False(bed.Service.RefreshSignatures());
    }

    [Fact]
    public async Task A_graph_larger_than_its_memory_refuses_queries_and_says_so()
    {
        await using var bed = new GraphBed(new GraphSettings { ScoresInterval = TimeSpan.Zero, Memory = 1 << 16 });
        for (int i = 0; i < 2000; i++)
        {
            await bed.StoreAsync($"k{i}", new Relationship($"k{i / 2}"));
        }

        Assert.True(bed.Service.Report().IsFull);
        var refusal = await Assert.ThrowsAsync<GraphUnavailableException>(async () => await bed.RowsAsync(All));
        Assert.Contains("graph_memory_bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queries_wait_until_the_graph_is_loaded_and_see_what_was_written_meanwhile()
    {
        await using var bed = new GraphBed(load: false);
        await bed.StoreAsync("a", new Relationship("b"));
        await bed.StoreAsync("b");
        Task<string[]> early = bed.RowsAsync(All);
        Assert.False(early.IsCompleted);
        bed.Load();
        Assert.Equal(["a RELATED_TO b 1"], await early);
    }

    [Fact]
    public async Task More_queries_than_threads_are_turned_away_after_the_wait()
    {
        await using var bed = new GraphBed(
            new GraphSettings { ScoresInterval = TimeSpan.Zero, Threads = 1, Wait = TimeSpan.FromMilliseconds(20) });
        using var stop = new CancellationTokenSource();
        Task<GraphAnswer> running = Run();
        GraphUnavailableException? refused = null;
        while (refused is null)
        {
            try
            {
                // The short query may have been first and have turned the long one away.
                running = running.IsFaulted ? Run() : running;
                (await bed.Service.QueryAsync("RETURN 1 AS x", MapValue.Empty, CancellationToken.None)).Dispose();
            }
            catch (GraphUnavailableException e)
            {
                refused = e;
            }
        }

        Assert.Contains("graph_query_threads", refused.Message, StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Task<GraphAnswer> Run() => Task.Run(
            () => bed.Service.QueryAsync("UNWIND range(1, 10000000) AS a UNWIND range(1, 1000) AS b RETURN count(*)", MapValue.Empty, stop.Token).AsTask());
    }

    [Theory]
    [InlineData("Rows", "UNWIND range(1, 11) AS x RETURN x")]
    [InlineData("Memory", "UNWIND range(1, 10000) AS x RETURN collect(toString(x) + ' and some more text')")]
    [InlineData("Time", "UNWIND range(1, 10000) AS a UNWIND range(1, 10000) AS b UNWIND range(1, 100) AS c RETURN count(*)")]
    public async Task A_limit_ends_a_query(string limit, string query)
    {
        // Only who is to run out of time has little of it, however busy the machine is.
        var limits = new QueryLimits { Rows = 10, Memory = 1 << 20, Time = limit == "Time" ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromMinutes(5) };
        await using var bed = new GraphBed(new GraphSettings { ScoresInterval = TimeSpan.Zero, Limits = limits });
        Assert.Equal(limit, (await bed.RefusalAsync(query)).Detail);
    }
}
