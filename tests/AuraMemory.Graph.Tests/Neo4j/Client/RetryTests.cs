using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Tests.Neo4j.Client;

/// <summary>What is tried again, when, and for how long.</summary>
public class RetryTests
{
    private const string Deadlock = "Neo.TransientError.Transaction.DeadlockDetected";

    [Fact]
    public void Waits_double_and_vary_by_a_fifth_until_the_time_is_over()
    {
        var time = new StagedTime();
        double[] chances = [0.5, 0, 1, 0.5, 0.25];
        int drawn = 0;
        var schedule = new RetrySchedule(TimeSpan.FromSeconds(30), time, () => chances[drawn++]);
        double[] expected = [1, 2 * 0.8, 4 * 1.2, 8, 16 * 0.9];
        foreach (double seconds in expected)
        {
            TimeSpan delay = Assert.NotNull(schedule.Next());
            Assert.Equal(seconds, delay.TotalSeconds, 9);
            time.Advance(delay);
        }

        time.Advance(TimeSpan.FromSeconds(0.1)); // 29.8 s have passed until here
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(schedule.Next());
    }

    [Fact]
    public async Task A_transaction_is_tried_until_it_goes_well()
    {
        var time = new StagedTime { Passes = wait => wait < TimeSpan.FromSeconds(30) };
        await using ScriptedServer server = Failing(Deadlock, times: 3);
        await using var driver = new Neo4jDriver(Patient(server), time, seed: 7);
        Assert.Equal(1L, await ClientFaultTests.WriteAsync(driver));
        Assert.Collection(
            time.Passed.Select(p => p.TotalSeconds),
            first => Assert.InRange(first, 0.8, 1.2), second => Assert.InRange(second, 1.6, 2.4), third => Assert.InRange(third, 3.2, 4.8));
        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public async Task Two_drivers_of_the_same_seed_wait_the_same()
    {
        TimeSpan[][] waits = new TimeSpan[2][];
        for (int i = 0; i < waits.Length; i++)
        {
            var time = new StagedTime { Passes = wait => wait < TimeSpan.FromSeconds(30) };
            await using ScriptedServer server = Failing(Deadlock, times: 4);
            await using var driver = new Neo4jDriver(Patient(server), time, seed: 11);
            await ClientFaultTests.WriteAsync(driver);
            waits[i] = [.. time.Passed];
        }

        Assert.Equal(4, waits[0].Length);
        Assert.Equal(waits[0], waits[1]);
    }

    [Fact]
    public async Task In_the_end_the_failure_is_told()
    {
        var time = new StagedTime { Passes = wait => wait < TimeSpan.FromSeconds(60) };
        await using ScriptedServer server = Failing(Deadlock, times: 1000);
        await using var driver = new Neo4jDriver(Patient(server), time, seed: 7);
        Assert.Equal(Deadlock, (await Assert.ThrowsAsync<Neo4jException>(() => ClientFaultTests.WriteAsync(driver))).Code);
        AssertAllTheTime(time);
    }

    [Theory]
    [InlineData("Neo.ClientError.Statement.SyntaxError")]
    [InlineData("Neo.ClientError.Schema.ConstraintValidationFailed")]
    [InlineData("Neo.DatabaseError.General.UnknownError")]
    [InlineData("Neo.TransientError.Transaction.Terminated")]
    [InlineData("Neo.TransientError.Transaction.LockClientStopped")]
    [InlineData("Neo.ClientError.Cluster.NotALeader")]
    public async Task What_would_fail_again_is_told_at_once(string code)
    {
        await using ScriptedServer server = Failing(code, times: 1);
        await using var driver = new Neo4jDriver(Patient(server), new StagedTime(), seed: 7);
        Assert.Equal(code, (await Assert.ThrowsAsync<Neo4jException>(() => ClientFaultTests.WriteAsync(driver))).Code);
    }

    [Fact]
    public async Task A_commit_without_an_answer_is_tried_again()
    {
        var time = new StagedTime { Passes = wait => wait < TimeSpan.FromSeconds(30) };
        await using var server = new ScriptedServer(
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.AnswerAsync();
                await connection.ExpectAsync(BoltTag.Commit);
                connection.Kill();
            },
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.ServeAsync();
            });
        await using var driver = new Neo4jDriver(Patient(server), time, seed: 7);
        Assert.Equal(2L, await ClientFaultTests.WriteAsync(driver));
        Assert.Single(time.Passed);
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_tried_until_the_time_is_over()
    {
        var time = new StagedTime { Passes = wait => wait < TimeSpan.FromSeconds(60) };
        Neo4jSettings settings;
        await using (var server = new ScriptedServer(_ => Task.CompletedTask))
        {
            settings = Patient(server);
        }

        await using var driver = new Neo4jDriver(settings, time, seed: 7);
        Neo4jUnavailableException e = await Assert.ThrowsAsync<Neo4jUnavailableException>(() => ClientFaultTests.ReadAsync(driver));
        Assert.Equal(Neo4jUnavailability.Unreachable, e.Reason);
        AssertAllTheTime(time);
        Assert.Equal(0, driver.OpenConnections);
    }

    [Fact]
    public async Task Who_gives_up_while_it_waits_for_the_next_try_is_let_go()
    {
        var time = new StagedTime();
        await using ScriptedServer server = Failing(Deadlock, times: 1000);
        await using var driver = new Neo4jDriver(Patient(server), time, seed: 7);
        using var giveUp = new CancellationTokenSource();
        Task<object?> writing = ClientFaultTests.WriteAsync(driver, giveUp.Token);
        await time.AwaitedAsync(TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(1.2));
        Assert.Equal(0, driver.ConnectionsInUse);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
    }

    internal static void AssertAllTheTime(StagedTime time)
    {
        TimeSpan[] waits = [.. time.Passed];
        Assert.InRange(waits.Sum(w => w.TotalSeconds), 30, 100);
        Assert.InRange(waits.SkipLast(1).Sum(w => w.TotalSeconds), 0, 30);
    }

    // Waits for anything but the next try are longer than those that pass.
    private static Neo4jSettings Patient(ScriptedServer server) => server.Settings() with
    {
        ConnectTimeout = TimeSpan.FromHours(1),
        AcquireTimeout = TimeSpan.FromHours(1),
        ResetTime = TimeSpan.FromHours(1),
        LivenessAfter = TimeSpan.FromHours(1),
    };

    private static ScriptedServer Failing(string code, int times)
    {
        int failed = 0;
        return new ScriptedServer(async connection =>
        {
            await connection.WelcomeAsync();
            while (Interlocked.Increment(ref failed) <= times)
            {
                await connection.ExpectAsync(BoltTag.Begin);
                await connection.ExpectAsync(BoltTag.Run);
                await connection.ExpectAsync(BoltTag.Pull);
                await connection.SucceedAsync();
                await connection.FailAsync(code);
                await connection.ReplyAsync(BoltTag.Ignored);
                await connection.ExpectAsync(BoltTag.Reset);
                await connection.SucceedAsync();
            }

            await connection.ServeAsync();
        });
    }
}
