using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.Graph.Neo4j.Door;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Neo4j.Protocol;
using AuraMemory.RealNeo4j;

namespace AuraMemory.Graph.Tests.Neo4j;

/// <summary>The door with many clients at once, over TLS, and with what an official driver sends.</summary>
public class DoorAndClientTests(DoorAndClientTests.Certificates known) : IClassFixture<DoorAndClientTests.Certificates>
{
    [Fact]
    public async Task Sixty_four_sessions_at_once_each_get_their_own_answers()
    {
        await using var door = new Door();
        await using var driver = new Neo4jDriver(door.Settings("bolt://127.0.0.1") with { FetchSize = 10 }, TimeProvider.System, seed: 1);
        var meet = new TaskCompletionSource();
        int met = 0;
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async session =>
        {
            for (int round = 0; round < 20; round++)
            {
                long mark = (session * 1000) + round;
                List<object?> rows = await driver.ReadAsync(
                    async (transaction, cancellation) =>
                    {
                        Neo4jCursor cursor = await transaction.RunAsync("repeat", new Dictionary<string, object?> { ["x"] = mark, ["n"] = 35L }, cancellation);
                        if (round == 0)
                        {
                            if (Interlocked.Increment(ref met) == 64)
                            {
                                meet.SetResult();
                            }

                            await meet.Task; // all have a session, and a result that is open
                        }

                        var rows = new List<object?>();
                        while (await cursor.NextAsync(cancellation) is { } row)
                        {
                            rows.Add(row[0]);
                        }

                        return rows;
                    },
                    null, CancellationToken.None);
                Assert.Equal(Enumerable.Repeat((object?)mark, 35), rows);
            }
        }));
        Assert.Equal((64, 64), (door.Sessions, driver.OpenConnections));
    }

    [Fact]
    public async Task Sessions_that_give_up_and_fail_do_not_disturb_others()
    {
        await using var door = new Door();
        await using var driver = new Neo4jDriver(door.Settings("neo4j://127.0.0.1") with { MaxConnections = 16 }, TimeProvider.System, seed: 1);
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
        {
            for (int round = 0; round < 5; round++)
            {
                switch (i % 3)
                {
                    case 0:
                        using (var giveUp = new CancellationTokenSource())
                        {
                            Task<long> endless = AskAsync(driver, "forever", i, giveUp.Token);
                            await giveUp.CancelAsync();
                            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);
                        }

                        break;
                    case 1:
                        Assert.Equal("Neo.ClientError.Statement.SyntaxError", (await Assert.ThrowsAsync<Neo4jException>(() => AskAsync(driver, "fail", i))).Code);
                        break;
                    default:
                        Assert.Equal(i, await AskAsync(driver, "repeat", i));
                        break;
                }
            }
        }));
        Assert.Equal(0, driver.ConnectionsInUse);
        Assert.Equal(0, door.Queries.Running);
    }

    [Theory]
    [InlineData("bolt+ssc://127.0.0.1", "localhost", false, null)]
    [InlineData("bolt+ssc://127.0.0.1", "elsewhere.example", false, null)]
    [InlineData("bolt+s://localhost", "localhost", true, null)]
    [InlineData("neo4j+s://127.0.0.1", "localhost", true, null)]
    [InlineData("bolt+s://localhost", "localhost", false, Neo4jUnavailability.Certificate)]
    [InlineData("bolt+s://localhost", "elsewhere.example", true, Neo4jUnavailability.Certificate)]
    [InlineData("neo4j+s://localhost", "elsewhere.example", true, Neo4jUnavailability.Certificate)]
    [InlineData("bolt://localhost", "localhost", true, Neo4jUnavailability.Unreachable)]
    public async Task Tls_is_begun_before_bolt_and_its_certificate_is_verified(string address, string name, bool isTrusted, Neo4jUnavailability? refused)
    {
        TestCertificates certificates = name == "localhost" ? known.Here : known.Elsewhere;
        await using var door = new Door(certificates.Server);
        Neo4jSettings settings = door.Settings(address) with { TrustedCertificates = isTrusted ? [certificates.Authority] : null, RetryTime = TimeSpan.Zero };
        await using var driver = new Neo4jDriver(settings, TimeProvider.System, seed: 1);
        if (refused is { } reason)
        {
            Neo4jUnavailableException e = await Assert.ThrowsAsync<Neo4jUnavailableException>(() => AskAsync(driver, "repeat", 1));
            Assert.Equal(reason, e.Reason);
        }
        else
        {
            Assert.Equal(5, await AskAsync(driver, "repeat", 5));
        }
    }

    [Fact]
    public async Task Tls_where_the_server_does_not_speak_it_is_refused()
    {
        await using var door = new Door();
        await using var driver = new Neo4jDriver(door.Settings("bolt+ssc://127.0.0.1") with { RetryTime = TimeSpan.Zero }, TimeProvider.System, seed: 1);
        await Assert.ThrowsAsync<Neo4jUnavailableException>(() => driver.VerifyAsync(CancellationToken.None));
    }

    [Fact]
    public async Task What_an_official_driver_sends_is_answered_as_it_expects()
    {
        using JsonDocument transcript = JsonDocument.Parse(File.ReadAllText(Path.Combine(PackStreamTests.Find(), "transcript-bolt54.json")));
        await using var door = new Door();
        TcpClient? client = null;
        BoltChannel? channel = null;
        int answers = 0;
        foreach (JsonElement step in transcript.RootElement.EnumerateArray().Where(s => s.GetProperty("from").GetString() == "C"))
        {
            string what = step.GetProperty("what").GetString()!;
            byte[] bytes = Convert.FromHexString(step.GetProperty(what == "handshake" ? "hex" : "chunked").GetString()!);
            if (what == "handshake")
            {
                client?.Dispose();
                client = new TcpClient();
                await client.ConnectAsync(door.EndPoint);
                await client.GetStream().WriteAsync(bytes);
                byte[] version = new byte[4];
                await client.GetStream().ReadExactlyAsync(version);
                Assert.Equal("00000405", Convert.ToHexString(version));
                channel = new BoltChannel(client.GetStream(), 1 << 20);
                continue;
            }

            await client!.GetStream().WriteAsync(bytes);
            BoltStructure? answer = await channel!.ReadAsync(CancellationToken.None);
            while (answer?.Tag == BoltTag.Record)
            {
                answer = await channel.ReadAsync(CancellationToken.None);
            }

            if (what == "GOODBYE")
            {
                Assert.Null(answer);
                continue;
            }

            Assert.Equal((what, BoltTag.Success), (what, answer!.Tag));
            var meta = (Dictionary<string, object?>)answer.Fields[0]!;
            string? expected = what switch { "HELLO" => "server", "RUN" => "fields", "PULL" => "type", "COMMIT" => "bookmark", "ROUTE" => "rt", _ => null };
            Assert.True(expected is null || meta.ContainsKey(expected), $"{what} is answered without {expected}.");
            answers++;
        }

        client?.Dispose();
        Assert.InRange(answers, 10, 100);
    }

    private static async Task<long> AskAsync(Neo4jDriver driver, string query, long x, CancellationToken cancellation = default) => await driver.ReadAsync(
        async (transaction, token) =>
        {
            Neo4jCursor cursor = await transaction.RunAsync(query, new Dictionary<string, object?> { ["x"] = x, ["n"] = 1L }, token);
            return (long)(await cursor.NextAsync(token))![0]!;
        },
        null, cancellation);

    /// <summary>Of this host, and of another.</summary>
    public sealed class Certificates : IDisposable
    {
        public TestCertificates Here { get; } = new();

        public TestCertificates Elsewhere { get; } = new("elsewhere.example");

        public void Dispose()
        {
            Here.Dispose();
            Elsewhere.Dispose();
        }
    }

    /// <summary>A door on loopback.</summary>
    private sealed class Door : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _end = new();
        private readonly X509Certificate2? _certificate;
        private readonly Task _accepting;

        public Door(X509Certificate2? certificate = null)
        {
            _certificate = certificate;
            _listener.Start();
            _accepting = AcceptAsync();
        }

        public RepeatingQueries Queries { get; } = new();

        public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

        public int Sessions { get; private set; }

        public Neo4jSettings Settings(string address) => new()
        {
            Address = Neo4jAddress.Parse(address + ":" + EndPoint.Port.ToString(CultureInfo.InvariantCulture)),
            ConnectTimeout = TimeSpan.FromSeconds(60),
        };

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _accepting.WaitAsync(TimeSpan.FromSeconds(30));
            _listener.Dispose();
            _end.Dispose();
        }

        private async Task AcceptAsync()
        {
            var sessions = new List<Task>();
            try
            {
                while (true)
                {
                    TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                    Sessions++;
                    sessions.Add(ServeAsync(client));
                }
            }
            catch (OperationCanceledException)
            {
                await Task.WhenAll(sessions);
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            using TcpClient socket = client;
            socket.NoDelay = true;
            Stream stream = socket.GetStream();
            if (_certificate is not null)
            {
                var encrypted = new SslStream(stream);
                try
                {
                    await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _end.Token);
                }
                catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
                {
                    return; // the client went, or speaks no TLS
                }

                stream = encrypted;
            }

            await new BoltSession(stream, Queries, new BoltDoorSettings()).RunAsync(_end.Token);
        }
    }

    /// <summary>Answers <c>fail</c>, <c>forever</c>, and anything else with the parameter <c>x</c>, <c>n</c> times.</summary>
    private sealed class RepeatingQueries : IBoltQueries
    {
        private int _running;

        public int Running => Volatile.Read(ref _running);

        public async Task<IBoltAnswer> RunAsync(string query, IReadOnlyDictionary<string, object?> parameters, TimeSpan? timeout, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _running);
            try
            {
                await (query == "forever" ? Task.Delay(Timeout.Infinite, cancellation) : Task.CompletedTask);
                return query == "fail"
                    ? throw new BoltFailureException("Neo.ClientError.Statement.SyntaxError", "It fails.")
                    : new Repeated(parameters.GetValueOrDefault("x"), (int)(parameters.GetValueOrDefault("n") as long? ?? 1));
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }

        private sealed class Repeated(object? value, int count) : IBoltAnswer
        {
            public IReadOnlyList<string> Columns => ["x"];

            public int Count => count;

            public string? Plan => null;

            public object?[] Row(int index) => [value];

            public void Dispose()
            {
            }
        }
    }
}
