using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Tests.Neo4j.Client;

/// <summary>Who gets which connection, and which are closed.</summary>
public class PoolTests
{
    [Fact]
    public async Task When_all_connections_are_in_use_one_is_waited_for_in_turn()
    {
        await using ScriptedServer server = Serving();
        await using var driver = new Neo4jDriver(server.Settings() with { MaxConnections = 1 }, TimeProvider.System, 1);
        var held = new TaskCompletionSource();
        var hold = new TaskCompletionSource();
        Task<int> first = driver.ReadAsync(
            async (_, _) =>
            {
                held.SetResult();
                await hold.Task;
                return 0;
            },
            null, CancellationToken.None);
        await held.Task;
        var order = new List<int>();
        Task<int>[] waiting = [.. Enumerable.Range(0, 20).Select(i => driver.ReadAsync(
            (_, _) =>
            {
                order.Add(i);
                return Task.FromResult(i);
            },
            null, CancellationToken.None))];
        Assert.All(waiting, w => Assert.False(w.IsCompleted));
        hold.SetResult();
        await first;
        await Task.WhenAll(waiting);
        Assert.Equal(Enumerable.Range(0, 20), order);
        Assert.Equal((1, 1, 0), (server.Accepted, driver.OpenConnections, driver.ConnectionsInUse));
    }

    [Fact]
    public async Task Waiting_for_a_connection_ends_with_the_time_for_it_or_with_the_patience()
    {
        var time = new StagedTime();
        await using ScriptedServer server = Serving();
        await using var driver = new Neo4jDriver(server.Settings() with { MaxConnections = 1, AcquireTimeout = TimeSpan.FromSeconds(7) }, time, 1);
        var held = new TaskCompletionSource();
        var hold = new TaskCompletionSource();
        Task<int> first = driver.ReadAsync(
            async (_, _) =>
            {
                held.SetResult();
                await hold.Task;
                return 0;
            },
            null, CancellationToken.None);
        await held.Task;
        using var giveUp = new CancellationTokenSource();
        Task<object?> second = ClientFaultTests.ReadAsync(driver);
        Task<object?> third = ClientFaultTests.ReadAsync(driver, giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        time.Advance(TimeSpan.FromSeconds(7));
        Neo4jUnavailableException e = await Assert.ThrowsAsync<Neo4jUnavailableException>(() => second);
        Assert.Equal(Neo4jUnavailability.PoolExhausted, e.Reason);
        Assert.Contains("All 1 connections", e.Message, StringComparison.Ordinal);
        Task<object?> fourth = ClientFaultTests.ReadAsync(driver);
        hold.SetResult();
        await first;
        Assert.Equal(1L, await fourth);
    }

    [Fact]
    public async Task The_right_to_open_passes_on_when_a_connection_cannot_be_kept()
    {
        await using var server = new ScriptedServer(
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.ExpectAsync(BoltTag.Begin);
                connection.Kill();
            },
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.ServeAsync();
            });
        await using var driver = new Neo4jDriver(server.Settings() with { MaxConnections = 1, RetryTime = TimeSpan.Zero }, TimeProvider.System, 1);
        Task<object?> lost = ClientFaultTests.ReadAsync(driver);
        Task<object?>[] others = [.. Enumerable.Range(0, 5).Select(_ => ClientFaultTests.ReadAsync(driver))];
        await Assert.ThrowsAsync<Neo4jUnavailableException>(() => lost);
        Assert.All(await Task.WhenAll(others), x => Assert.Equal(2L, x));
        Assert.Equal(2, server.Accepted);
    }

    [Fact]
    public async Task A_connection_that_the_server_has_closed_meanwhile_is_not_handed_out()
    {
        await using var server = new ScriptedServer(
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.AnswerAsync();
                await connection.ExpectAsync(BoltTag.Commit);
                await connection.SucceedAsync();
                connection.Kill();
            },
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.ServeAsync();
            });
        await using var driver = new Neo4jDriver(server.Settings() with { RetryTime = TimeSpan.Zero }, TimeProvider.System, 1);
        Assert.Equal(1L, await ClientFaultTests.ReadAsync(driver));
        await server.EndAsync();
        Assert.Equal(2L, await ClientFaultTests.ReadAsync(driver));
    }

    [Fact]
    public async Task A_connection_that_has_rested_long_is_tried_and_an_old_one_is_closed()
    {
        var time = new StagedTime();
        var resets = 0;
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.WelcomeAsync();
            while (true)
            {
                resets += (await connection.ReadAsync()).Tag == BoltTag.Reset ? 1 : 0;
                await connection.SucceedAsync();
            }
        });
        var settings = server.Settings() with { LivenessAfter = TimeSpan.FromMinutes(1), ConnectionLifetime = TimeSpan.FromMinutes(10) };
        await using var driver = new Neo4jDriver(settings, time, 1);
        await NothingAsync(driver);
        time.Advance(TimeSpan.FromSeconds(59));
        await NothingAsync(driver);
        Assert.Equal(0, resets);
        time.Advance(TimeSpan.FromSeconds(61));
        await NothingAsync(driver);
        Assert.Equal((1, 1), (resets, server.Accepted));
        time.Advance(TimeSpan.FromMinutes(9));
        await NothingAsync(driver);
        Assert.Equal((1, 2, 1), (resets, server.Accepted, driver.OpenConnections));
    }

    [Fact]
    public async Task A_rested_connection_without_an_answer_is_replaced()
    {
        var time = new StagedTime();
        var reset = new TaskCompletionSource();
        await using var server = new ScriptedServer(
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.ExpectAsync(BoltTag.Reset);
                reset.SetResult();
                await connection.StaySilentAsync();
            },
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.ServeAsync();
            });
        await using var driver = new Neo4jDriver(server.Settings(), time, 1);
        await NothingAsync(driver);
        time.Advance(TimeSpan.FromHours(0.5));
        Task<object?> reading = ClientFaultTests.ReadAsync(driver);
        await reset.Task;
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2L, await reading);
        Assert.Equal(1, driver.OpenConnections);
    }

    [Fact]
    public async Task Where_the_server_forgot_the_credentials_new_connections_are_opened()
    {
        var time = new StagedTime { Passes = wait => wait < TimeSpan.FromSeconds(2) };
        await using var server = new ScriptedServer(
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.ExpectAsync(BoltTag.Begin);
                await connection.FailAsync("Neo.ClientError.Security.AuthorizationExpired");
                await connection.ExpectAsync(BoltTag.Run);
                await connection.ExpectAsync(BoltTag.Pull);
                await connection.ReplyAsync(BoltTag.Ignored);
                await connection.ReplyAsync(BoltTag.Ignored);
                await connection.ExpectAsync(BoltTag.Reset);
                await connection.SucceedAsync();
                await connection.StaySilentAsync();
            },
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.ServeAsync();
            });
        await using var driver = new Neo4jDriver(server.Settings(), time, 1);
        Assert.Equal(2L, await ClientFaultTests.ReadAsync(driver));
        Assert.Equal(1, driver.OpenConnections);
    }

    [Fact]
    public async Task A_disposed_driver_closes_what_is_idle_and_runs_nothing_more()
    {
        await using ScriptedServer server = Serving();
        var driver = new Neo4jDriver(server.Settings(), TimeProvider.System, 1);
        var held = new TaskCompletionSource();
        var hold = new TaskCompletionSource();
        Task<int> running = driver.ReadAsync(
            async (_, _) =>
            {
                held.SetResult();
                await hold.Task;
                return 7;
            },
            null, CancellationToken.None);
        await held.Task;
        await ClientFaultTests.ReadAsync(driver);
        Assert.Equal(2, driver.OpenConnections);
        await driver.DisposeAsync();
        Assert.Equal(1, driver.OpenConnections);
        hold.SetResult();
        Assert.Equal(7, await running);
        Assert.Equal(0, driver.OpenConnections);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ClientFaultTests.ReadAsync(driver));
        await server.EndAsync(); // both connections were closed
    }

    [Fact]
    public async Task Many_share_few_connections()
    {
        await using ScriptedServer server = Serving();
        await using var driver = new Neo4jDriver(server.Settings() with { MaxConnections = 8 }, TimeProvider.System, 1);
        await Parallel.ForEachAsync(Enumerable.Range(0, 640), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
        {
            if (i % 10 == 0)
            {
                using var giveUp = new CancellationTokenSource();
                Task<object?> reading = ClientFaultTests.ReadAsync(driver, giveUp.Token);
                await giveUp.CancelAsync();
                await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else
            {
                Assert.InRange((long)(await ClientFaultTests.ReadAsync(driver))!, 1, long.MaxValue);
            }
        });
        Assert.InRange(driver.OpenConnections, 1, 8);
        Assert.Equal(0, driver.ConnectionsInUse);
    }

    private static Task<int> NothingAsync(Neo4jDriver driver) => driver.ReadAsync((_, _) => Task.FromResult(0), null, CancellationToken.None);

    // Resets come at any moment from who has given up; what was not answered yet is ignored.
    private static ScriptedServer Serving() => new(async connection =>
    {
        await connection.WelcomeAsync();
        while (true)
        {
            switch ((await connection.ReadAsync()).Tag)
            {
                case BoltTag.Run:
                    await connection.SucceedAsync(("fields", new object?[] { "x" }), ("qid", 0L));
                    break;
                case BoltTag.Pull:
                    await connection.RowAsync((long)connection.Number);
                    await connection.SucceedAsync();
                    break;
                default:
                    await connection.SucceedAsync();
                    break;
            }
        }
    });
}
