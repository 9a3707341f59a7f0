using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Tests.Neo4j.Client;

/// <summary>Clusters of scripted servers: who is asked for what, and what follows when one fails.</summary>
public class RoutingTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly Func<TimeSpan, bool> Retries = wait => wait < TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Reads_go_to_readers_in_turn_and_writes_to_the_writer()
    {
        await using var cluster = new Cluster(4);
        cluster.Table = ([0], [1, 2], [3]);
        await using Neo4jDriver driver = cluster.Driver(new StagedTime());
        for (int i = 0; i < 4; i++)
        {
            await ClientFaultTests.ReadAsync(driver);
            await ClientFaultTests.WriteAsync(driver);
        }

        Assert.Equal([0, 2, 2, 4], cluster.Transactions);
        Assert.Equal(1, cluster.Tables);
        Assert.Equal(4, driver.OpenConnections);
        Assert.Equal($"127.0.0.1:{cluster[0].Endpoint.Port}", cluster.Contexts[0]["address"]);
        Assert.Equal("eu", cluster.Contexts[0]["policy"]);
    }

    [Fact]
    public async Task The_reader_with_the_fewest_connections_in_use_is_taken()
    {
        await using var cluster = new Cluster(3);
        cluster.Table = ([0], [1, 2], [0]);
        await using Neo4jDriver driver = cluster.Driver(new StagedTime());
        var held = new TaskCompletionSource();
        var hold = new TaskCompletionSource();
        Task<int> holding = driver.ReadAsync(
            async (transaction, cancellation) =>
            {
                await transaction.RunAsync("RETURN 1", new Dictionary<string, object?>(), cancellation);
                held.SetResult();
                await hold.Task;
                return transaction.Server.Endpoint.Port;
            },
            null, CancellationToken.None);
        await held.Task;
        int busy = cluster.Transactions[1] == 1 ? 1 : 2;
        for (int i = 0; i < 5; i++)
        {
            await ClientFaultTests.ReadAsync(driver);
        }

        Assert.Equal((1, 5), (cluster.Transactions[busy], cluster.Transactions[3 - busy]));
        hold.SetResult();
        Assert.Equal(cluster[busy].Endpoint.Port, await holding);
    }

    [Fact]
    public async Task A_table_is_asked_for_again_when_its_time_is_over()
    {
        var time = new StagedTime();
        await using var cluster = new Cluster(3) { Seconds = 100 };
        cluster.Table = ([0], [1], [1]);
        await using Neo4jDriver driver = cluster.Driver(time);
        await ClientFaultTests.ReadAsync(driver);
        time.Advance(TimeSpan.FromSeconds(99));
        await ClientFaultTests.ReadAsync(driver);
        Assert.Equal(1, cluster.Tables);
        cluster.Table = ([2], [2], [2]);
        time.Advance(TimeSpan.FromSeconds(1));
        await ClientFaultTests.ReadAsync(driver);
        await ClientFaultTests.WriteAsync(driver);
        Assert.Equal(2, cluster.Tables);
        Assert.Equal([0, 2, 2], cluster.Transactions);
        Assert.Equal(2, driver.OpenConnections); // to the address of the settings and to the third server; the second is not in the table any more
        time.Advance(TimeSpan.FromSeconds(100));
        await ClientFaultTests.ReadAsync(driver);
        Assert.Equal(1, cluster.TablesOf[2]);
    }

    [Theory]
    [InlineData("Neo.ClientError.Cluster.NotALeader")]
    [InlineData("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase")]
    public async Task A_writer_that_does_not_write_any_more_is_replaced(string code)
    {
        var time = new StagedTime { Passes = Retries };
        await using var cluster = new Cluster(3);
        cluster.Table = ([0], [1, 2], [1]);
        await using Neo4jDriver driver = cluster.Driver(time);
        await ClientFaultTests.WriteAsync(driver);
        cluster.Table = ([0], [1, 2], [2]);
        cluster.Failures[1] = code;
        await ClientFaultTests.WriteAsync(driver);
        Assert.Equal([0, 1, 1], cluster.Transactions);
        Assert.Single(time.Passed);
        Assert.Equal(2, cluster.Tables);
    }

    [Fact]
    public async Task While_no_writer_is_elected_readers_read_and_writes_are_tried_again()
    {
        var time = new StagedTime { Passes = Retries };
        await using var cluster = new Cluster(2);
        cluster.Table = ([0], [1], []);
        await using Neo4jDriver driver = cluster.Driver(time);
        await ClientFaultTests.ReadAsync(driver);
        Assert.Equal(1, cluster.Tables);
        cluster.TableAfter = (4, ([0], [1], [1]));
        await ClientFaultTests.WriteAsync(driver);
        Assert.Equal([0, 2], cluster.Transactions);
        Assert.InRange(time.Passed.Count, 1, 3);
    }

    [Fact]
    public async Task A_reader_that_is_lost_is_passed_over_without_waiting()
    {
        var time = new StagedTime();
        await using var cluster = new Cluster(3);
        cluster.Table = ([0], [1, 2], [0]);
        await using Neo4jDriver driver = cluster.Driver(time);
        await cluster[1].DisposeAsync();
        for (int i = 0; i < 4; i++)
        {
            await ClientFaultTests.ReadAsync(driver);
        }

        Assert.Equal([0, 0, 4], cluster.Transactions);
        Assert.Equal(1, cluster.Tables);
    }

    [Fact]
    public async Task When_all_readers_are_lost_the_servers_are_asked_for_again()
    {
        var time = new StagedTime();
        await using var cluster = new Cluster(3);
        cluster.Table = ([0], [1], [0]);
        cluster.TableAfter = (1, ([0], [2], [0]));
        await using Neo4jDriver driver = cluster.Driver(time);
        await cluster[1].DisposeAsync();
        await ClientFaultTests.ReadAsync(driver);
        Assert.Equal([0, 0, 1], cluster.Transactions);
        Assert.Equal(2, cluster.Tables);
    }

    [Fact]
    public async Task A_database_that_is_not_available_on_a_server_is_looked_for_on_others()
    {
        var time = new StagedTime { Passes = Retries };
        await using var cluster = new Cluster(3);
        cluster.Table = ([0], [1, 2], [0]);
        cluster.Failures[1] = "Neo.TransientError.General.DatabaseUnavailable";
        await using Neo4jDriver driver = cluster.Driver(time);
        for (int i = 0; i < 4; i++)
        {
            await ClientFaultTests.ReadAsync(driver);
        }

        Assert.Equal(4, cluster.Transactions[2]);
        Assert.Single(time.Passed);
    }

    [Fact]
    public async Task Where_no_router_answers_the_address_of_the_settings_is_asked()
    {
        var time = new StagedTime();
        await using var cluster = new Cluster(3) { Seconds = 10 };
        cluster.Table = ([1], [2], [2]);
        await using Neo4jDriver driver = cluster.Driver(time);
        await ClientFaultTests.ReadAsync(driver);
        await cluster[1].DisposeAsync();
        time.Advance(TimeSpan.FromSeconds(10));
        await ClientFaultTests.ReadAsync(driver);
        Assert.Equal([2, 0, 0], cluster.TablesOf);
    }

    [Fact]
    public async Task A_router_that_stays_silent_is_passed_over()
    {
        var time = new StagedTime();
        await using var cluster = new Cluster(3) { Seconds = 10 };
        cluster.Table = ([1], [2], [2]);
        await using Neo4jDriver driver = cluster.Driver(time);
        await ClientFaultTests.ReadAsync(driver);
        cluster.Silent = 1;
        time.Advance(TimeSpan.FromSeconds(10));
        Task<object?> reading = ClientFaultTests.ReadAsync(driver);
        Task<object?> another = ClientFaultTests.ReadAsync(driver);
        await cluster.AskedInVain.Task;
        await time.AwaitedAsync(Hour, Hour); // for the answer
        time.Advance(Hour);
        await time.AwaitedAsync(Hour, Hour); // for the answer to RESET
        time.Advance(Hour);
        Assert.Equal(1L, await reading);
        Assert.Equal(1L, await another);
        Assert.Equal([2, 0, 0], cluster.TablesOf);
    }

    [Fact]
    public async Task Where_nobody_answers_there_is_no_route()
    {
        var time = new StagedTime { Passes = Retries };
        await using var cluster = new Cluster(1);
        await using Neo4jDriver driver = cluster.Driver(time);
        await cluster[0].DisposeAsync();
        Neo4jUnavailableException e = await Assert.ThrowsAsync<Neo4jUnavailableException>(() => ClientFaultTests.ReadAsync(driver));
        Assert.Equal(Neo4jUnavailability.NoRoute, e.Reason);
        Assert.Contains(cluster[0].Endpoint.ToString(), e.Message, StringComparison.Ordinal);
        RetryTests.AssertAllTheTime(time);
    }

    [Fact]
    public async Task Every_transaction_says_what_this_driver_has_seen()
    {
        await using var cluster = new Cluster(2);
        cluster.Table = ([0], [0], [1]);
        await using Neo4jDriver driver = cluster.Driver(new StagedTime());
        await ClientFaultTests.WriteAsync(driver);
        await ClientFaultTests.WriteAsync(driver);
        await ClientFaultTests.ReadAsync(driver);
        Assert.Equal(["", "m1", "m2"], cluster.Bookmarks);
    }

    [Fact]
    public async Task Marks_of_a_database_that_was_replaced_are_forgotten()
    {
        var time = new StagedTime { Passes = Retries };
        await using var cluster = new Cluster(1);
        await using Neo4jDriver driver = cluster.Driver(time);
        await ClientFaultTests.WriteAsync(driver);
        cluster.Failures[0] = "Neo.ClientError.Transaction.InvalidBookmark";
        await ClientFaultTests.ReadAsync(driver);
        Assert.Equal(["", "m1", ""], cluster.Bookmarks);
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(4, 3)]
    [InlineData(4, 2)]
    [InlineData(5, 0)]
    public async Task Every_version_is_asked_in_its_own_way(int major, int minor)
    {
        await using var cluster = new Cluster(2) { Version = new BoltVersion(major, minor) };
        cluster.Table = ([0], [1], [1]);
        await using Neo4jDriver driver = cluster.Driver(new StagedTime());
        await ClientFaultTests.ReadAsync(driver);
        Assert.Equal((1, 1), (cluster.Tables, cluster.Transactions[1]));
        Assert.Equal("d", cluster.Databases[0]);
    }

    [Fact]
    public async Task A_refusal_to_tell_the_servers_is_told()
    {
        await using var cluster = new Cluster(1) { Refusal = "Neo.ClientError.Database.DatabaseNotFound" };
        await using Neo4jDriver driver = cluster.Driver(new StagedTime());
        Assert.Equal(cluster.Refusal, (await Assert.ThrowsAsync<Neo4jException>(() => ClientFaultTests.ReadAsync(driver))).Code);
        Assert.Equal(0, driver.ConnectionsInUse);
    }

    [Fact]
    public async Task A_table_is_asked_for_once_however_many_need_it()
    {
        await using var cluster = new Cluster(3);
        cluster.Table = ([0], [1, 2], [1]);
        await using Neo4jDriver driver = cluster.Driver(new StagedTime());
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => i % 2 == 0 ? ClientFaultTests.ReadAsync(driver) : ClientFaultTests.WriteAsync(driver)));
        Assert.Equal(1, cluster.Tables);
        Assert.Equal(50, cluster.Transactions.Sum());
    }

    /// <summary>Servers that tell each other's addresses and count what they do. Server 0 is the one that the settings name.</summary>
    private sealed class Cluster : IAsyncDisposable
    {
        private readonly ScriptedServer[] _servers;
        private readonly Lock _sync = new();
        private int _marks;

        public Cluster(int count)
        {
            (Transactions, TablesOf, Failures) = (new int[count], new int[count], new string?[count]);
            Table = ([0], [0], [0]);
            _servers = [.. Enumerable.Range(0, count).Select(i => new ScriptedServer(connection => ServeAsync(i, connection)))];
        }

        public (int[] Routers, int[] Readers, int[] Writers) Table { get; set; }

        /// <summary>The table that is told from a number of tables on.</summary>
        public (int Told, (int[] Routers, int[] Readers, int[] Writers) Table)? TableAfter { get; set; }

        public long Seconds { get; init; } = 300;

        public BoltVersion Version { get; init; } = new(5, 4);

        public string? Refusal { get; init; }

        /// <summary>A server that does not tell its table and answers nothing after that.</summary>
        public int? Silent { get; set; }

        public TaskCompletionSource AskedInVain { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int[] Transactions { get; }

        public int[] TablesOf { get; }

        /// <summary>What the next transaction of a server fails with.</summary>
        public string?[] Failures { get; }

        public List<Dictionary<string, object?>> Contexts { get; } = [];

        public List<object?> Databases { get; } = [];

        public List<string> Bookmarks { get; } = [];

        public int Tables => TablesOf.Sum();

        public ScriptedServer this[int server] => _servers[server];

        public Neo4jDriver Driver(StagedTime time) => new(
            new Neo4jSettings
            {
                Address = Neo4jAddress.Parse($"neo4j://{_servers[0].Endpoint}?policy=eu"),
                Database = "d",
                ConnectTimeout = Hour,
                AcquireTimeout = Hour,
                ResetTime = Hour,
                LivenessAfter = 9 * Hour,
                ConnectionLifetime = 9 * Hour,
            },
            time, seed: 3);

        public async ValueTask DisposeAsync()
        {
            foreach (ScriptedServer server in _servers)
            {
                await server.DisposeAsync();
            }
        }

        private async Task ServeAsync(int server, ScriptedConnection connection)
        {
            await connection.WelcomeAsync(Version.Major, Version.Minor);
            while (true)
            {
                BoltStructure message = await connection.ReadAsync();
                switch (message)
                {
                    case { Tag: BoltTag.Route } when Silent == server:
                        AskedInVain.SetResult();
                        await connection.StaySilentAsync();
                        return;
                    case { Tag: BoltTag.Route } when Refusal is not null:
                        await connection.FailAsync(Refusal);
                        break;
                    case { Tag: BoltTag.Route, Fields: [Dictionary<string, object?> context, List<object?>, var database] }:
                        await connection.SucceedAsync(("rt", Told(server, context, Version.Minor == 3 ? database : ((Dictionary<string, object?>)database!)["db"])));
                        break;
                    case { Tag: BoltTag.Run, Fields: [string query, Dictionary<string, object?> parameters, _] } when query.StartsWith("CALL dbms.routing", StringComparison.Ordinal):
                        Dictionary<string, object?> table = Told(server, (Dictionary<string, object?>)parameters["context"]!, parameters["database"]);
                        await connection.ExpectAsync(BoltTag.Pull);
                        await connection.SucceedAsync(("fields", new object?[] { "ttl", "servers" }));
                        await connection.RowAsync(table["ttl"], table["servers"]);
                        await connection.SucceedAsync();
                        break;
                    case { Tag: BoltTag.Begin, Fields: [Dictionary<string, object?> begin] }:
                        await TransactAsync(server, connection, begin);
                        break;
                    default:
                        await connection.SucceedAsync();
                        break;
                }
            }
        }

        private async Task TransactAsync(int server, ScriptedConnection connection, Dictionary<string, object?> begin)
        {
            string? failure;
            lock (_sync)
            {
                Bookmarks.Add(string.Join(" ", (begin.GetValueOrDefault("bookmarks") as List<object?> ?? []).Order()));
                (failure, Failures[server]) = (Failures[server], null);
                Transactions[server] += failure is null ? 1 : 0;
            }

            await connection.ExpectAsync(BoltTag.Run);
            await connection.ExpectAsync(BoltTag.Pull);
            if (failure is not null)
            {
                await connection.FailAsync(failure);
                await connection.ReplyAsync(BoltTag.Ignored);
                await connection.ReplyAsync(BoltTag.Ignored);
                return;
            }

            await connection.SucceedAsync();
            await connection.SucceedAsync(("fields", new object?[] { "x" }));
            await connection.RowAsync(1L);
            await connection.SucceedAsync();
            await connection.ExpectAsync(BoltTag.Commit);
            bool isWriting = !begin.ContainsKey("mode");
            int mark = isWriting ? Interlocked.Increment(ref _marks) : Volatile.Read(ref _marks);
            await connection.SucceedAsync(("bookmark", "m" + mark));
        }

        private Dictionary<string, object?> Told(int server, Dictionary<string, object?> context, object? database)
        {
            lock (_sync)
            {
                if (TableAfter is { } after && Tables >= after.Told)
                {
                    Table = after.Table;
                }

                TablesOf[server]++;
                Contexts.Add(context);
                Databases.Add(database);
                return ScriptedConnection.Map(
                    ("ttl", Seconds), ("servers", new object?[] { Part("ROUTE", Table.Routers), Part("READ", Table.Readers), Part("WRITE", Table.Writers) }));
            }
        }

        private Dictionary<string, object?> Part(string role, int[] servers) =>
            ScriptedConnection.Map(("role", role), ("addresses", servers.Select(s => (object?)_servers[s].Endpoint.ToString()).ToArray()));
    }
}
