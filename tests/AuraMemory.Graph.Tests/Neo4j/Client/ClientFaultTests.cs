using System.Net.Sockets;
using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Tests.Neo4j.Client;

/// <summary>Servers that misbehave, fall silent or go away, and what the client makes of it.</summary>
public class ClientFaultTests
{
    private const string Syntax = "Neo.ClientError.Statement.SyntaxError";

    [Theory]
    [InlineData("485454502F312E3120343030", Neo4jUnavailability.Protocol, "is a port of HTTP")]
    [InlineData("00000000", Neo4jUnavailability.Protocol, "speaks none of Bolt 5.4 to 5.0 and 4.4 to 4.2")]
    [InlineData("00000805", Neo4jUnavailability.Protocol, "does not speak Bolt; it answered 00000805")]
    [InlineData("00000104", Neo4jUnavailability.Protocol, "does not speak Bolt; it answered 00000104")]
    [InlineData("15030300020250", Neo4jUnavailability.Protocol, "wants TLS")]
    [InlineData("", Neo4jUnavailability.Unreachable, "closed the connection at the greeting")]
    [InlineData("000004050003B17FA00000", null, "")]
    [InlineData("000004050003B171900000", Neo4jUnavailability.Protocol, "0x71 cannot come now")]
    [InlineData("000004050001C00000", Neo4jUnavailability.Protocol, "A message is a structure")]
    [InlineData("000004050003FFC4C40000", Neo4jUnavailability.Protocol, "breaks the rules of Bolt")]
    [InlineData("000004050003B170", Neo4jUnavailability.Unreachable, "went away within a message")]
    [InlineData("00000405FFFF", Neo4jUnavailability.Protocol, "more than 1000 bytes")]
    public async Task A_greeting_that_goes_wrong_says_why(string answer, Neo4jUnavailability? reason, string why)
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.Stream.ReadExactlyAsync(new byte[20]);
            await connection.Stream.WriteAsync(Convert.FromHexString(answer));
            connection.Stream.Socket.Shutdown(SocketShutdown.Send);
            await connection.StaySilentAsync();
        });
        await using var driver = new Neo4jDriver(server.Settings() with { LongestMessage = 1000 }, TimeProvider.System, 1);
        Exception e = await Assert.ThrowsAnyAsync<Exception>(() => driver.VerifyAsync(CancellationToken.None));
        Assert.Equal(reason, (e as Neo4jUnavailableException)?.Reason);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.Equal(0, driver.OpenConnections);
    }

    [Fact]
    public async Task Where_nobody_listens_there_is_no_connection()
    {
        Neo4jSettings settings;
        await using (var server = new ScriptedServer(_ => Task.CompletedTask))
        {
            settings = server.Settings();
        }

        await using var driver = new Neo4jDriver(settings, TimeProvider.System, 1);
        Neo4jUnavailableException e = await Assert.ThrowsAsync<Neo4jUnavailableException>(() => driver.VerifyAsync(CancellationToken.None));
        Assert.Equal(Neo4jUnavailability.Unreachable, e.Reason);
        Assert.Contains(settings.Address.Endpoint.ToString(), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_does_not_greet_in_time_is_not_waited_for()
    {
        var time = new StagedTime();
        var greeted = new TaskCompletionSource();
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.Stream.ReadExactlyAsync(new byte[20]);
            greeted.SetResult();
            await connection.StaySilentAsync();
        });
        await using var driver = new Neo4jDriver(server.Settings(), time, 1);
        Task verifying = driver.VerifyAsync(CancellationToken.None);
        await greeted.Task;
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(verifying.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        Neo4jUnavailableException e = await Assert.ThrowsAsync<Neo4jUnavailableException>(() => verifying);
        Assert.Equal(Neo4jUnavailability.Unreachable, e.Reason);
        Assert.Contains("did not answer within 5 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_credentials_are_refused_once_and_for_all()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.GreetAsync();
            await connection.ExpectAsync(BoltTag.Hello);
            await connection.SucceedAsync(("server", "Neo4j/5.26.0"));
            await connection.ExpectAsync(BoltTag.Logon);
            await connection.FailAsync("Neo.ClientError.Security.Unauthorized");
        });
        await using var driver = new Neo4jDriver(server.Settings() with { User = "u", Password = "wrong" }, TimeProvider.System, 1);
        Neo4jException e = await Assert.ThrowsAsync<Neo4jException>(() => ReadAsync(driver));
        Assert.Equal("Neo.ClientError.Security.Unauthorized", e.Code);
        Assert.Equal((1, 0), (server.Accepted, driver.OpenConnections));
    }

    [Fact]
    public async Task A_server_that_dies_within_a_result_is_tried_again_on_a_new_connection()
    {
        var time = new StagedTime { Passes = wait => wait < TimeSpan.FromSeconds(2) };
        await using var server = new ScriptedServer(
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.AnswerAsync();
                connection.Kill();
            },
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.ServeAsync();
            });
        await using var driver = new Neo4jDriver(server.Settings(), time, 1);
        int tries = 0;
        Assert.Equal(2L, await driver.ReadAsync(
            async (transaction, cancellation) =>
            {
                tries++;
                Neo4jCursor cursor = await transaction.RunAsync("RETURN 1", new Dictionary<string, object?>(), cancellation);
                return (await cursor.NextAsync(cancellation))![0];
            },
            null, CancellationToken.None));
        Assert.Equal((2, 1), (tries, time.Passed.Count));
        Assert.Equal((1, 0), (driver.OpenConnections, driver.ConnectionsInUse));
    }

    [Fact]
    public async Task A_silent_server_counts_as_gone_when_it_had_promised_to_give_signs_of_life()
    {
        var time = new StagedTime();
        var waiting = new TaskCompletionSource();
        var noop = new TaskCompletionSource();
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.WelcomeAsync(5, 4, ("connection.recv_timeout_seconds", 10L));
            await connection.ExpectAsync(BoltTag.Begin);
            waiting.SetResult();
            await noop.Task;
            await connection.Stream.WriteAsync(new byte[] { 0, 0 });
            await connection.StaySilentAsync();
        });
        await using var driver = new Neo4jDriver(server.Settings() with { RetryTime = TimeSpan.Zero }, time, 1);
        Task reading = ReadAsync(driver);
        await waiting.Task;
        await time.AwaitedAsync(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
        time.Advance(TimeSpan.FromSeconds(9));
        noop.SetResult();
        await time.AwaitedAsync(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)); // the sign of life began another wait
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(reading.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Neo4jUnavailableException e = await Assert.ThrowsAsync<Neo4jUnavailableException>(() => reading);
        Assert.Equal(Neo4jUnavailability.ConnectionLost, e.Reason);
        Assert.Contains("Nothing came for 10 s", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, driver.OpenConnections);
    }

    [Fact]
    public async Task After_a_failure_the_connection_is_reset_and_used_again()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.WelcomeAsync();
            await connection.ExpectAsync(BoltTag.Begin);
            await connection.ExpectAsync(BoltTag.Run);
            await connection.ExpectAsync(BoltTag.Pull);
            await connection.SucceedAsync();
            await connection.FailAsync(Syntax);
            await connection.ReplyAsync(BoltTag.Ignored);
            await connection.ExpectAsync(BoltTag.Reset);
            await connection.SucceedAsync();
            await connection.ServeAsync();
        });
        await using var driver = new Neo4jDriver(server.Settings(), TimeProvider.System, 1);
        Assert.Equal(Syntax, (await Assert.ThrowsAsync<Neo4jException>(() => ReadAsync(driver))).Code);
        Assert.Equal(1L, await ReadAsync(driver));
        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public async Task What_failed_is_not_committed_although_the_work_ignores_it()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.WelcomeAsync();
            await connection.ExpectAsync(BoltTag.Begin);
            await connection.FailAsync(Syntax);
            await connection.ExpectAsync(BoltTag.Run);
            await connection.ExpectAsync(BoltTag.Pull);
            await connection.ReplyAsync(BoltTag.Ignored);
            await connection.ReplyAsync(BoltTag.Ignored);
            await connection.ExpectAsync(BoltTag.Reset);
            await connection.SucceedAsync();
            await connection.StaySilentAsync();
        });
        await using var driver = new Neo4jDriver(server.Settings(), TimeProvider.System, 1);
        Task<int> writing = driver.WriteAsync(
            async (transaction, cancellation) =>
            {
                await Assert.ThrowsAsync<Neo4jException>(() => transaction.RunAsync("CREATE (:A)", new Dictionary<string, object?>(), cancellation));
                await Assert.ThrowsAsync<Neo4jException>(() => transaction.RunAsync("CREATE (:B)", new Dictionary<string, object?>(), cancellation));
                return 0;
            },
            null, CancellationToken.None);
        Assert.Equal(Syntax, (await Assert.ThrowsAsync<Neo4jException>(() => writing)).Code);
    }

    [Fact]
    public async Task What_the_work_throws_undoes_the_transaction_and_is_not_tried_again()
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
        int tries = 0;
        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => driver.WriteAsync<int>(
            async (transaction, cancellation) =>
            {
                tries++;
                await transaction.RunAsync("CREATE (:A)", new Dictionary<string, object?>(), cancellation);
                throw new TimeZoneNotFoundException();
            },
            null, CancellationToken.None));
        Assert.Equal(1, tries);
        Assert.Equal(1L, await ReadAsync(driver));
    }

    [Fact]
    public async Task A_parameter_that_cannot_travel_ends_only_its_transaction()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.WelcomeAsync();
            await connection.ExpectAsync(BoltTag.Reset);
            await connection.SucceedAsync();
            await connection.ServeAsync();
        });
        await using var driver = new Neo4jDriver(server.Settings(), TimeProvider.System, 1);
        await Assert.ThrowsAsync<ArgumentException>(() => driver.ReadAsync(
            (transaction, cancellation) => transaction.RunAsync("RETURN $x", new Dictionary<string, object?> { ["x"] = new object() }, cancellation), null, CancellationToken.None));
        Assert.Equal(1L, await ReadAsync(driver));
        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public async Task Messages_may_come_in_pieces_of_any_size_with_signs_of_life_between_them()
    {
        // Rows of the sizes at which chunks and the reading ahead end.
        string[] rows = [.. new[] { 0, 1, 15, 16, 4000, 8180, 8192, 65_520, 65_535, 65_536, 200_000 }.Select(n => new string('x', n))];
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.WelcomeAsync();
            for (int piece = 1; ; piece += 1 + (piece * 3))
            {
                await connection.ExpectAsync(BoltTag.Begin);
                await connection.ExpectAsync(BoltTag.Run);
                await connection.ExpectAsync(BoltTag.Pull);
                await connection.SucceedAsync();
                await connection.SucceedAsync(("fields", new object?[] { "x" }));
                foreach (string row in rows)
                {
                    await connection.Stream.WriteAsync(InPieces(row, piece));
                }

                await connection.Stream.WriteAsync(new byte[] { 0, 0, 0, 0 });
                await connection.SucceedAsync();
                await connection.ExpectAsync(BoltTag.Commit);
                await connection.SucceedAsync();
            }
        });
        await using var driver = new Neo4jDriver(server.Settings(), TimeProvider.System, 1);
        for (int round = 0; round < 9; round++)
        {
            Assert.Equal(rows, (await AllAsync(driver)).Select(r => (string)r[0]!));
        }
    }

    [Fact]
    public async Task A_message_cut_anywhere_is_read_the_same()
    {
        byte[] message = InPieces("some text", 100)[4..^2];
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.WelcomeAsync();
            for (int cut = 1; cut < message.Length; cut++)
            {
                await connection.ExpectAsync(BoltTag.Begin);
                await connection.ExpectAsync(BoltTag.Run);
                await connection.ExpectAsync(BoltTag.Pull);
                await connection.SucceedAsync();
                await connection.SucceedAsync(("fields", new object?[] { "x" }));
                byte[] first = [0, (byte)cut, .. message[..cut]];
                await connection.Stream.WriteAsync(first);
                await connection.Stream.WriteAsync(new byte[] { 0, (byte)(message.Length - cut) });
                await connection.Stream.WriteAsync(message.AsMemory(cut));
                await connection.Stream.WriteAsync(new byte[1]);
                await connection.Stream.WriteAsync(new byte[1]);
                await connection.SucceedAsync();
                await connection.ExpectAsync(BoltTag.Commit);
                await connection.SucceedAsync();
            }
        });
        await using var driver = new Neo4jDriver(server.Settings(), TimeProvider.System, 1);
        for (int cut = 1; cut < message.Length; cut++)
        {
            Assert.Equal("some text", Assert.Single(await AllAsync(driver))[0]);
        }
    }

    [Theory]
    [InlineData("FFFF", 100, "more than 1000 bytes")]
    [InlineData("0003FFC4C40000", 0, "sent what cannot be read")]
    [InlineData("0003B17F010000", 0, "0x7F came where none can come")]
    [InlineData("0002B07E0000", 0, "0x7E came where none can come")]
    public async Task What_breaks_the_rules_ends_the_connection_and_is_not_tried_again(string garbage, int more, string why)
    {
        await using var server = new ScriptedServer(
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.ExpectAsync(BoltTag.Begin);
                await connection.ExpectAsync(BoltTag.Run);
                await connection.ExpectAsync(BoltTag.Pull);
                await connection.SucceedAsync();
                await connection.SucceedAsync();
                await connection.Stream.WriteAsync(Convert.FromHexString(garbage));
                await connection.Stream.WriteAsync(new byte[more]);
                await connection.StaySilentAsync();
            },
            async connection =>
            {
                await connection.WelcomeAsync();
                await connection.ServeAsync();
            });
        await using var driver = new Neo4jDriver(server.Settings() with { LongestMessage = 1000 }, TimeProvider.System, 1);
        Neo4jUnavailableException e = await Assert.ThrowsAsync<Neo4jUnavailableException>(() => AllAsync(driver));
        Assert.Equal(Neo4jUnavailability.Protocol, e.Reason);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.Equal(0, driver.OpenConnections);
        Assert.Equal(2L, await ReadAsync(driver));
    }

    internal static Task<object?> ReadAsync(Neo4jDriver driver, CancellationToken cancellation = default) => driver.ReadAsync(OneAsync, null, cancellation);

    internal static Task<object?> WriteAsync(Neo4jDriver driver, CancellationToken cancellation = default) => driver.WriteAsync(OneAsync, null, cancellation);

    private static async Task<object?> OneAsync(Neo4jTransaction transaction, CancellationToken cancellation)
    {
        Neo4jCursor cursor = await transaction.RunAsync("RETURN 1", new Dictionary<string, object?>(), cancellation);
        return (await cursor.NextAsync(cancellation))?[0];
    }

    private static Task<List<object?[]>> AllAsync(Neo4jDriver driver) => driver.ReadAsync(
        async (transaction, cancellation) =>
        {
            Neo4jCursor cursor = await transaction.RunAsync("RETURN 1", new Dictionary<string, object?>(), cancellation);
            var rows = new List<object?[]>();
            while (await cursor.NextAsync(cancellation) is { } row)
            {
                rows.Add(row);
            }

            return rows;
        },
        null, CancellationToken.None);

    // A row with one string, in chunks of at most so many bytes, with a sign of life before it.
    private static byte[] InPieces(string text, int piece)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        new PackStreamWriter(bytes).Write(new BoltStructure(BoltTag.Record, [new object?[] { text }]));
        var chunks = new List<byte> { 0, 0 };
        foreach (byte[] chunk in bytes.WrittenMemory.ToArray().Chunk(Math.Min(piece, ushort.MaxValue)))
        {
            chunks.AddRange([(byte)(chunk.Length >> 8), (byte)chunk.Length, .. chunk]);
        }

        chunks.AddRange([0, 0]);
        return [.. chunks];
    }
}
