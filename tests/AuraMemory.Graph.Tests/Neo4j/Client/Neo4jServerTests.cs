using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.RealNeo4j;

namespace AuraMemory.Graph.Tests.Neo4j.Client;

/// <summary>The client beside a real Neo4j: transactions, limits, giving up.</summary>
public class Neo4jServerTests(SharedNeo4jServer shared)
{
    private const string Endless = "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN count(*) AS ";

    [Fact]
    public async Task A_driver_tells_what_it_is_connected_to()
    {
        await using Neo4jDriver driver = await DriverAsync();
        Neo4jServer server = await driver.VerifyAsync(CancellationToken.None);
        Assert.StartsWith("Neo4j/", server.Agent, StringComparison.Ordinal);
        Assert.Equal((5, 4), (server.Version.Major, server.Version.Minor));
        Assert.Equal((1, 0), (driver.OpenConnections, driver.ConnectionsInUse));
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(5, 0)]
    [InlineData(5, 1)]
    [InlineData(5, 3)]
    public async Task Older_versions_do_the_same(int major, int minor)
    {
        Neo4jTestServer server = await shared.GetAsync();
        await using var proxy = new GreetingProxy(server.Uri, (major, minor));
        await using var driver = new Neo4jDriver(SettingsOf(server) with { Address = Neo4jAddress.Parse(proxy.Uri) }, TimeProvider.System, seed: 1);
        Neo4jServer verified = await driver.VerifyAsync(CancellationToken.None);
        Assert.Equal((major, minor), (verified.Version.Major, verified.Version.Minor));
        string label = $"Older{major}{minor}";
        await driver.WriteAsync((t, c) => ColumnAsync(t, $"CREATE (n:{label} {{at: $at}}) RETURN n", c, ("at", 7)), null, CancellationToken.None);
        Assert.Equal([7L], await driver.ReadAsync((t, c) => ColumnAsync(t, $"MATCH (n:{label}) RETURN n.at", c), null, CancellationToken.None));
        Assert.StartsWith("Neo.ClientError.Statement.SyntaxError", (await FailAsync(driver, "RETURN")).Code, StringComparison.Ordinal);
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
        Assert.Equal((2500, "w", "neo4j"), (written.Counters["nodes-created"], written.Type, written.Database));
        Assert.Equal(
            Enumerable.Range(1, 2500).Select(i => (object?)(long)i),
            await driver.ReadAsync((t, c) => ColumnAsync(t, "MATCH (n:WrittenRead) RETURN n.i AS i ORDER BY i", c), TimeSpan.FromSeconds(30), CancellationToken.None));
        Assert.Equal((1, 0), (driver.OpenConnections, driver.ConnectionsInUse));
    }

    [Fact]
    public async Task Several_results_of_one_transaction_are_read_in_turn()
    {
        await using Neo4jDriver driver = await DriverAsync(s => s with { FetchSize = 7 });
        (long[] evens, long[] odds) = await driver.ReadAsync(
            async (transaction, cancellation) =>
            {
                Neo4jCursor first = await transaction.RunAsync("UNWIND range(0, 98, 2) AS x RETURN x", Map(), cancellation);
                object?[]? evenRow = await first.NextAsync(cancellation);
                Neo4jCursor second = await transaction.RunAsync("UNWIND range(1, 99, 2) AS x RETURN x", Map(), cancellation);
                object?[]? oddRow = await second.NextAsync(cancellation);
                var even = new List<long>();
                var odd = new List<long>();
                while (evenRow is not null && oddRow is not null)
                {
                    even.Add((long)evenRow[0]!);
                    odd.Add((long)oddRow[0]!);
                    evenRow = await first.NextAsync(cancellation);
                    oddRow = await second.NextAsync(cancellation);
                }

                await transaction.RunAsync("UNWIND range(1, 1000) AS left RETURN left", Map(), cancellation); // not read: dropped at the end
                return (even.ToArray(), odd.ToArray());
            },
            null, CancellationToken.None);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => 2L * i), evens);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (2L * i) + 1), odds);
    }

    [Fact]
    public async Task A_large_result_is_fetched_as_it_is_read()
    {
        Neo4jTestServer server = await shared.GetAsync();
        await using var proxy = new GreetingProxy(server.Uri);
        await using var driver = new Neo4jDriver(SettingsOf(server) with { Address = Neo4jAddress.Parse(proxy.Uri) }, TimeProvider.System, seed: 1);
        const string Query = "UNWIND range(1, 100000) AS i RETURN i, 'a text that makes the row forty bytes long ' + i AS text";
        (long sum, long early) = await driver.ReadAsync(
            async (transaction, cancellation) =>
            {
                Neo4jCursor cursor = await transaction.RunAsync(Query, Map(), cancellation);
                long sum = 0, early = 0;
                for (int row = 0; await cursor.NextAsync(cancellation) is { } values; row++)
                {
                    sum += (long)values[0]!;
                    early = row == 500 ? proxy.ToClient : early;
                }

                return (sum, early);
            },
            null, CancellationToken.None);
        Assert.Equal(100_000L * 100_001 / 2, sum);
        Assert.InRange(early, 1, 200_000); // a thousand rows of some 60 bytes
        Assert.InRange(proxy.ToClient, 4_000_000, long.MaxValue);
        await driver.ReadAsync(
            async (transaction, cancellation) => await (await transaction.RunAsync(Query, Map(), cancellation)).ConsumeAsync(), null, CancellationToken.None);
        Assert.InRange(proxy.ToClient, 4_000_000, 10_000_000); // dropped at the server
    }

    [Fact]
    public async Task A_reading_transaction_does_not_write()
    {
        await using Neo4jDriver driver = await DriverAsync();
        Assert.Equal("Neo.ClientError.Statement.AccessMode", (await FailAsync(driver, "CREATE (:Refused)")).Code);
        Assert.Equal([0L], await driver.ReadAsync((t, c) => ColumnAsync(t, "MATCH (n:Refused) RETURN count(n)", c), null, CancellationToken.None));
    }

    [Fact]
    public async Task What_the_work_throws_undoes_what_it_wrote()
    {
        await using Neo4jDriver driver = await DriverAsync();
        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => driver.WriteAsync<int>(
            async (transaction, cancellation) =>
            {
                await ColumnAsync(transaction, "CREATE (n:Undone) RETURN n.x", cancellation);
                throw new TimeZoneNotFoundException();
            },
            null, CancellationToken.None));
        Assert.Equal([0L], await driver.ReadAsync((t, c) => ColumnAsync(t, "MATCH (n:Undone) RETURN count(n)", c), null, CancellationToken.None));
        Assert.Equal(1, driver.OpenConnections);
    }

    [Fact]
    public async Task A_plan_comes_with_the_summary()
    {
        await using Neo4jDriver driver = await DriverAsync();
        foreach (string kind in new[] { "EXPLAIN", "PROFILE" })
        {
            Neo4jSummary summary = await driver.ReadAsync(
                async (transaction, cancellation) => await (await transaction.RunAsync(kind + " MATCH (n:Planned) RETURN n", Map(), cancellation)).ConsumeAsync(),
                null, CancellationToken.None);
            var plan = Assert.IsType<Dictionary<string, object?>>(summary.Plan);
            Assert.StartsWith("ProduceResults", (string)plan["operatorType"]!, StringComparison.Ordinal);
            Assert.Equal(kind == "PROFILE", plan.ContainsKey("dbHits"));
        }
    }

    [Fact]
    public async Task The_time_limit_ends_a_query()
    {
        await using Neo4jDriver driver = await DriverAsync();
        Neo4jException e = await Assert.ThrowsAsync<Neo4jException>(() => driver.ReadAsync(
            (t, c) => ColumnAsync(t, Endless + "timed", c), TimeSpan.FromMilliseconds(300), CancellationToken.None));
        Assert.StartsWith("Neo.ClientError.Transaction.TransactionTimedOut", e.Code, StringComparison.Ordinal);
        Assert.Empty(await RunningAsync(driver, "timed"));
    }

    [Fact]
    public async Task Giving_up_ends_the_query_at_the_server()
    {
        await using Neo4jDriver driver = await DriverAsync();
        using var giveUp = new CancellationTokenSource();
        Task<List<object?>> endless = driver.ReadAsync((t, c) => ColumnAsync(t, Endless + "givenUp", c), null, giveUp.Token);
        while ((await RunningAsync(driver, "givenUp")).Count == 0)
        {
            Assert.False(endless.IsCompleted);
        }

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);
        Assert.Empty(await RunningAsync(driver, "givenUp"));
        Assert.Equal((2, 0), (driver.OpenConnections, driver.ConnectionsInUse)); // both go on
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        Neo4jTestServer server = await shared.GetAsync();
        Assert.SkipWhen(server.User is null, "This server asks for no password.");
        await using Neo4jDriver driver = await DriverAsync(s => s with { Password = "wrong-password" });
        Neo4jException e = await Assert.ThrowsAsync<Neo4jException>(() => driver.VerifyAsync(CancellationToken.None));
        Assert.Equal("Neo.ClientError.Security.Unauthorized", e.Code);
        Assert.Equal(0, driver.OpenConnections);
    }

    [Fact]
    public async Task An_address_that_routes_finds_the_server()
    {
        Neo4jTestServer server = await shared.GetAsync();
        await using Neo4jDriver driver = await DriverAsync(s => s with { Address = Neo4jAddress.Parse(server.Uri.Replace("bolt://", "neo4j://", StringComparison.Ordinal)) });
        await driver.VerifyAsync(CancellationToken.None);
        for (long i = 1; i <= 3; i++)
        {
            await driver.WriteAsync((t, c) => ColumnAsync(t, "CREATE (n:Routed) RETURN n.x", c), null, CancellationToken.None);
            Assert.Equal([i], await driver.ReadAsync((t, c) => ColumnAsync(t, "MATCH (n:Routed) RETURN count(n)", c), null, CancellationToken.None));
        }

        await using Neo4jDriver elsewhere = await DriverAsync(s => s with
        {
            Address = Neo4jAddress.Parse(server.Uri.Replace("bolt://", "neo4j://", StringComparison.Ordinal)),
            Database = "nowhere",
        });
        Assert.Equal("Neo.ClientError.Database.DatabaseNotFound", (await FailAsync(elsewhere, "RETURN 1")).Code);
    }

    [Fact]
    public async Task Many_share_few_connections()
    {
        await using Neo4jDriver driver = await DriverAsync(s => s with { MaxConnections = 8 });
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
        {
            for (int j = 0; j < 5; j++)
            {
                await driver.WriteAsync((t, c) => ColumnAsync(t, "MERGE (n:Shared {i: $i}) SET n.j = $j RETURN n.i", c, ("i", i), ("j", j)), null, CancellationToken.None);
                Assert.Equal([(long)j], await driver.ReadAsync((t, c) => ColumnAsync(t, "MATCH (n:Shared {i: $i}) RETURN n.j", c, ("i", i)), null, CancellationToken.None));
            }
        }));
        Assert.Equal((8, 0), (driver.OpenConnections, driver.ConnectionsInUse));
    }

    internal static Neo4jSettings SettingsOf(Neo4jTestServer server) =>
        new() { Address = Neo4jAddress.Parse(server.Uri), User = server.User, Password = server.Password, ConnectTimeout = TimeSpan.FromSeconds(30) };

    internal static Dictionary<string, object?> Map(params (string Name, object? Value)[] entries) => entries.ToDictionary(e => e.Name, e => e.Value);

    /// <summary>The first column of a result.</summary>
    internal static async Task<List<object?>> ColumnAsync(
        Neo4jTransaction transaction, string query, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
    {
        Neo4jCursor cursor = await transaction.RunAsync(query, Map(parameters), cancellation);
        var column = new List<object?>();
        while (await cursor.NextAsync(cancellation) is { } row)
        {
            column.Add(row[0]);
        }

        return column;
    }

    private static Task<Neo4jException> FailAsync(Neo4jDriver driver, string query) =>
        Assert.ThrowsAsync<Neo4jException>(() => driver.ReadAsync((t, c) => ColumnAsync(t, query, c), null, CancellationToken.None));

    // Queries that the server runs now and that end in a name.
    private static Task<List<object?>> RunningAsync(Neo4jDriver driver, string name) => driver.ReadAsync(
        (t, c) => ColumnAsync(t, "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery ENDS WITH $end RETURN currentQuery", c, ("end", "AS " + name)),
        null, CancellationToken.None);

    private async Task<Neo4jDriver> DriverAsync(Func<Neo4jSettings, Neo4jSettings>? with = null)
    {
        Neo4jSettings settings = SettingsOf(await shared.GetAsync());
        return new Neo4jDriver(with?.Invoke(settings) ?? settings, TimeProvider.System, seed: 1);
    }
}
