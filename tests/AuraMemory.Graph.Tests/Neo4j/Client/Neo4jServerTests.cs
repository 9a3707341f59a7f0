using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.RealNeo4j;

namespace AuraMemory.Graph.Tests.Neo4j.Client;

/// <summary>The client beside a real Neo4j.</summary>
public class Neo4jServerTests(SharedNeo4jServer shared)
{
    [Fact]
    public async Task A_driver_tells_what_it_is_connected_to()
    {
        await using Neo4jDriver driver = await DriverAsync();
        Neo4jServer server = await driver.VerifyAsync(CancellationToken.None);
        Assert.StartsWith("Neo4j/", server.Agent, StringComparison.Ordinal);
        Assert.Equal(5, server.Version.Major);
        Assert.Equal((1, 0), (driver.OpenConnections, driver.ConnectionsInUse));
    }

    [Fact]
    public async Task What_was_written_is_read()
    {
        await using Neo4jDriver driver = await DriverAsync();
        Neo4jSummary written = await driver.WriteAsync(
            async (transaction, cancellation) =>
            {
                Neo4jCursor cursor = await transaction.RunAsync("UNWIND range(1, $n) AS i CREATE (:WrittenRead {i: i})", Map(("n", 2500)), cancellation);
                return await cursor.ConsumeAsync();
            },
            null, CancellationToken.None);
        Assert.Equal(2500, written.Counters["nodes-created"]);
        List<long> read = await driver.ReadAsync(
            async (transaction, cancellation) =>
            {
                Neo4jCursor cursor = await transaction.RunAsync("MATCH (n:WrittenRead) RETURN n.i AS i ORDER BY i", Map(), cancellation);
                Assert.Equal(["i"], cursor.Columns);
                var numbers = new List<long>();
                while (await cursor.NextAsync(cancellation) is { } row)
                {
                    numbers.Add((long)row[0]!);
                }

                return numbers;
            },
            TimeSpan.FromSeconds(30), CancellationToken.None);
        Assert.Equal(Enumerable.Range(1, 2500).Select(i => (long)i), read);
        Assert.Equal((1, 0), (driver.OpenConnections, driver.ConnectionsInUse));
    }

    private static Dictionary<string, object?> Map(params (string Name, object? Value)[] entries) => entries.ToDictionary(e => e.Name, e => e.Value);

    private async Task<Neo4jDriver> DriverAsync()
    {
        Neo4jTestServer server = await shared.GetAsync();
        return new Neo4jDriver(
            new Neo4jSettings { Address = Neo4jAddress.Parse(server.Uri), User = server.User, Password = server.Password }, TimeProvider.System, seed: 1);
    }
}
