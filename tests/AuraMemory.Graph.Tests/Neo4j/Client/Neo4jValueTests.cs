using System.Buffers;
using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Values.Temporal;
using AuraMemory.RealNeo4j;

namespace AuraMemory.Graph.Tests.Neo4j.Client;

/// <summary>Values to a real Neo4j and back.</summary>
public class Neo4jValueTests(SharedNeo4jServer shared)
{
    private static readonly object?[] Values =
    [
        null, true, false, 0L, -16L, -17L, 127L, 128L, -128L, -129L, 32_767L, 32_768L, -32_769L, int.MaxValue, 2_147_483_648L, long.MinValue, long.MaxValue,
        0.0, -0.0, 1.1, double.Epsilon, double.MaxValue, double.PositiveInfinity, double.NegativeInfinity,
        "", "åäö \U0001F9E0 \0", new string('x', 15), new string('x', 16), new string('x', 255), new string('x', 256), new string('x', 70_000),
        Array.Empty<byte>(), new byte[] { 0, 255 }, new byte[300],
        new List<object?>(), new List<object?> { 1L, "two", null, new List<object?> { 3.0 } }, Enumerable.Range(0, 300).Select(i => (object?)(long)i).ToList(),
        new Dictionary<string, object?>(), new Dictionary<string, object?> { ["a"] = 1L, ["b"] = new Dictionary<string, object?> { ["c"] = null } },
        new DateValue(0), new DateValue(-719_528), new LocalTimeValue(86_399_999_999_999), new TimeValue(1, -3600),
        LocalDateTimeValue.FromSeconds(-1, 999_999_999), DateTimeValue.FromInstant(1_800_000_000, 5, TemporalZone.OfOffset(5400)), Zoned(1_700_000_000), Zoned(1_720_000_000),
        new DurationValue(1, -2, 3, 4), new DurationValue(0, 0, -5, 999_999_999),
        new BoltPoint(4326, 12.5, -56.25, null), new BoltPoint(4979, 1, 2, 3), new BoltPoint(7203, 0.5, -0.5, null), new BoltPoint(9157, 1, 2, -3),
    ];

    [Theory]
    [InlineData(5, 4)]
    [InlineData(4, 4)]
    public async Task Every_value_comes_back_as_it_went(int major, int minor)
    {
        Neo4jTestServer server = await shared.GetAsync();
        await using var proxy = new GreetingProxy(server.Uri, (major, minor));
        await using Neo4jDriver driver = DriverOf(server, proxy.Uri);
        List<object?> back = await driver.ReadAsync((t, c) => Neo4jServerTests.ColumnAsync(t, "UNWIND $values AS x RETURN x", c, ("values", Values)), null, CancellationToken.None);
        Assert.Equal(Values.Select(Bytes), back.Select(Bytes));
        Assert.All(Values.Zip(back).Where(p => p.First is not int), p => Assert.Equal(p.First?.GetType(), p.Second?.GetType()));
    }

    [Fact]
    public async Task A_number_that_is_none_stays_one()
    {
        Neo4jTestServer server = await shared.GetAsync();
        await using Neo4jDriver driver = DriverOf(server, server.Uri);
        List<object?> back = await driver.ReadAsync((t, c) => Neo4jServerTests.ColumnAsync(t, "RETURN $x", c, ("x", double.NaN)), null, CancellationToken.None);
        Assert.True(double.IsNaN((double)back[0]!));
    }

    [Theory]
    [InlineData(5, 4)]
    [InlineData(4, 4)]
    public async Task Nodes_relationships_and_paths_come_with_what_they_have(int major, int minor)
    {
        Neo4jTestServer server = await shared.GetAsync();
        await using var proxy = new GreetingProxy(server.Uri, (major, minor));
        await using Neo4jDriver driver = DriverOf(server, proxy.Uri);
        string label = $"Entity{major}{minor}";
        object?[] row = await driver.WriteAsync(
            async (transaction, cancellation) =>
            {
                Neo4jCursor cursor = await transaction.RunAsync(
                    $"CREATE p = (a:{label}:Second {{name: 'a'}})-[:KNOWS {{since: date('2020-02-29')}}]->(:{label} {{name: 'b'}})<-[:LIKES]-(a) "
                    + $"WITH a, p MATCH (a)-[r:KNOWS]->(b) RETURN a, r, b, p",
                    new Dictionary<string, object?>(), cancellation);
                return (await cursor.NextAsync(cancellation))!;
            },
            null, CancellationToken.None);
        var (a, r, b, path) = ((BoltNode)row[0]!, (BoltRelationship)row[1]!, (BoltNode)row[2]!, (BoltPath)row[3]!);
        Assert.Equal([label, "Second"], a.Labels.Order());
        Assert.Equal(("a", "b"), (a.Properties["name"], b.Properties["name"]));
        Assert.Equal((a.Id, b.Id, "KNOWS"), (r.Start, r.End, r.Type));
        Assert.Equal((a.ElementId, b.ElementId), (r.StartElementId, r.EndElementId));
        Assert.Equal(major == 5, a.ElementId.Contains(':', StringComparison.Ordinal));
        Assert.Equal("2020-02-29", r.Properties["since"]!.ToString());
        Assert.Equal([a.ElementId, b.ElementId], path.Nodes.Select(n => n.ElementId));
        Assert.Equal(["KNOWS", "LIKES"], path.Relationships.Select(p => p.Type));
        Assert.Equal([1, 1, -2, 0], path.Steps);
    }

    private static DateTimeValue Zoned(long seconds)
    {
        Assert.True(TemporalZone.TryFind("Europe/Stockholm", out TemporalZone? zone));
        return DateTimeValue.FromInstant(seconds, 123_456_789, zone);
    }

    private static string Bytes(object? value)
    {
        var bytes = new ArrayBufferWriter<byte>();
        new PackStreamWriter(bytes).Write(value);
        return Convert.ToHexString(bytes.WrittenSpan);
    }

    private static Neo4jDriver DriverOf(Neo4jTestServer server, string uri) =>
        new(Neo4jServerTests.SettingsOf(server) with { Address = Neo4jAddress.Parse(uri) }, TimeProvider.System, seed: 1);
}
