using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Tests.Neo4j.Client;

/// <summary>Giving up while a query runs: the server is told to stop, and the connection goes on or is closed.</summary>
public class CancellationTests
{
    [Fact]
    public async Task Giving_up_resets_the_server_and_keeps_the_connection()
    {
        var running = new TaskCompletionSource();
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.WelcomeAsync();
            await connection.ExpectAsync(BoltTag.Begin);
            await connection.ExpectAsync(BoltTag.Run);
            await connection.ExpectAsync(BoltTag.Pull);
            await connection.SucceedAsync();
            running.SetResult();
            await connection.ExpectAsync(BoltTag.Reset);
            await connection.FailAsync("Neo.ClientError.Transaction.Terminated");
            await connection.ReplyAsync(BoltTag.Ignored);
            await connection.SucceedAsync();
            await connection.ServeAsync();
        });
        await using var driver = new Neo4jDriver(server.Settings(), TimeProvider.System, 1);
        using var giveUp = new CancellationTokenSource();
        Task<object?> reading = ClientFaultTests.ReadAsync(driver, giveUp.Token);
        await running.Task;
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal((1, 0), (driver.OpenConnections, driver.ConnectionsInUse));
        Assert.Equal(1L, await ClientFaultTests.ReadAsync(driver));
        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public async Task Giving_up_one_row_ends_the_transaction()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.WelcomeAsync();
            await connection.ExpectAsync(BoltTag.Begin);
            await connection.ExpectAsync(BoltTag.Run);
            await connection.ExpectAsync(BoltTag.Pull);
            await connection.SucceedAsync();
            await connection.SucceedAsync(("fields", new object?[] { "x" }));
            await connection.ExpectAsync(BoltTag.Reset);
            await connection.RowAsync(1L); // was on its way
            await connection.ReplyAsync(BoltTag.Ignored);
            await connection.SucceedAsync();
            await connection.ServeAsync();
        });
        await using var driver = new Neo4jDriver(server.Settings(), TimeProvider.System, 1);
        using var giveUp = new CancellationTokenSource();
        Task<int> reading = driver.ReadAsync(
            async (transaction, cancellation) =>
            {
                Neo4jCursor cursor = await transaction.RunAsync("RETURN 1", new Dictionary<string, object?>(), cancellation);
                Task<object?[]?> row = cursor.NextAsync(giveUp.Token).AsTask();
                await giveUp.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => row);
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cursor.NextAsync(cancellation).AsTask());
                return 0;
            },
            null, CancellationToken.None);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading); // nothing to commit
        Assert.Equal(1L, await ClientFaultTests.ReadAsync(driver));
        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public async Task A_server_that_does_not_stop_loses_its_connection()
    {
        var time = new StagedTime();
        var running = new TaskCompletionSource();
        var reset = new TaskCompletionSource();
        await using var server = new ScriptedServer(
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.ExpectAsync(BoltTag.Begin);
                running.SetResult();
                await connection.ExpectAsync(BoltTag.Run);
                await connection.ExpectAsync(BoltTag.Pull);
                await connection.ExpectAsync(BoltTag.Reset);
                reset.SetResult();
                await connection.StaySilentAsync();
            },
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.ServeAsync();
            });
        await using var driver = new Neo4jDriver(server.Settings() with { ResetTime = TimeSpan.FromSeconds(3) }, time, 1);
        using var giveUp = new CancellationTokenSource();
        Task<object?> reading = ClientFaultTests.ReadAsync(driver, giveUp.Token);
        await running.Task;
        await giveUp.CancelAsync();
        await reset.Task;
        time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(reading.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(0, driver.OpenConnections);
        Assert.Equal(2L, await ClientFaultTests.ReadAsync(driver));
    }

    [Fact]
    public async Task The_time_limit_is_the_servers_and_a_second_later_the_clients()
    {
        var time = new StagedTime();
        var limit = new TaskCompletionSource<object?>();
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.WelcomeAsync();
            BoltStructure begin = await connection.ExpectAsync(BoltTag.Begin);
            await connection.ExpectAsync(BoltTag.Run);
            await connection.ExpectAsync(BoltTag.Pull);
            limit.SetResult(((Dictionary<string, object?>)begin.Fields[0]!)["tx_timeout"]);
            await connection.ExpectAsync(BoltTag.Reset);
            await connection.ReplyAsync(BoltTag.Ignored);
            await connection.ReplyAsync(BoltTag.Ignored);
            await connection.ReplyAsync(BoltTag.Ignored);
            await connection.SucceedAsync();
            await connection.ServeAsync();
        });
        await using var driver = new Neo4jDriver(server.Settings(), time, 1);
        Task<object?> reading = driver.ReadAsync(
            async (transaction, _) => (object?)await transaction.RunAsync("RETURN 1", new Dictionary<string, object?>(), CancellationToken.None),
            TimeSpan.FromSeconds(2), CancellationToken.None);
        Assert.Equal(2000L, await limit.Task);
        time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(reading.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(Neo4jException.TimedOut, (await Assert.ThrowsAsync<Neo4jException>(() => reading)).Code);
        Assert.Equal(1L, await ClientFaultTests.ReadAsync(driver));
        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public async Task What_is_given_up_before_the_commit_is_not_committed()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.WelcomeAsync();
            await connection.AnswerAsync();
            await connection.ExpectAsync(BoltTag.Reset);
            await connection.SucceedAsync();
            await connection.ServeAsync();
        });
        await using var driver = new Neo4jDriver(server.Settings(), TimeProvider.System, 1);
        using var giveUp = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => driver.WriteAsync(
            async (transaction, cancellation) =>
            {
                Neo4jCursor cursor = await transaction.RunAsync("CREATE (:A)", new Dictionary<string, object?>(), cancellation);
                await cursor.ConsumeAsync();
                await giveUp.CancelAsync();
                return 0;
            },
            null, giveUp.Token));
        Assert.Equal(1L, await ClientFaultTests.ReadAsync(driver));
    }

    [Fact]
    public async Task Nothing_begins_for_who_has_given_up_before()
    {
        await using var server = new ScriptedServer(_ => Task.CompletedTask);
        await using var driver = new Neo4jDriver(server.Settings(), TimeProvider.System, 1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ClientFaultTests.ReadAsync(driver, new CancellationToken(canceled: true)));
        Assert.Equal((0, 0), (server.Accepted, driver.OpenConnections));
    }
}
