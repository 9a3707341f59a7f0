using System.Net;
using System.Net.Sockets;
using System.Text;
using AuraMemory.Graph.Neo4j.Door;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Tests.Neo4j;

public class BoltSessionTests
{
    private static readonly byte[] Greeting = Convert.FromHexString("6060B017000001FF000808050002040400000003");

    [Fact]
    public async Task Rows_come_as_they_are_asked_for()
    {
        await using Client client = await Client.OpenAsync();
        await client.LoginAsync();
        BoltStructure run = await client.AskAsync(BoltTag.Run, "count to 5", Map(), Map());
        Assert.Equal((BoltTag.Success, "x"), (run.Tag, Assert.Single((List<object?>)Of(run)["fields"]!)));
        Assert.Equal([1L, 2L], await client.PullAsync(2, hasMore: true));
        Assert.Equal([3L, 4L, 5L], await client.PullAsync(-1, hasMore: false));
        Assert.Equal(BoltTag.Success, (await client.AskAsync(BoltTag.Run, "count to 3", Map(), Map())).Tag);
        Assert.Equal(BoltTag.Success, (await client.AskAsync(BoltTag.Discard, Map(("n", -1L)))).Tag);
    }

    [Fact]
    public async Task After_a_failure_everything_is_ignored_until_a_reset()
    {
        await using Client client = await Client.OpenAsync();
        await client.LoginAsync();
        client.Channel.Put(BoltTag.Run, "fail", Map(), Map());
        client.Channel.Put(BoltTag.Pull, Map(("n", 1000L)));
        BoltStructure failure = await client.ReadAsync();
        Assert.Equal((BoltTag.Failure, "Neo.ClientError.Statement.SyntaxError"), (failure.Tag, Of(failure)["code"]));
        Assert.Equal(BoltTag.Ignored, (await client.ReadAsync()).Tag);
        Assert.Equal(BoltTag.Ignored, (await client.AskAsync(BoltTag.Run, "count to 1", Map(), Map())).Tag);
        Assert.Equal(BoltTag.Success, (await client.AskAsync(BoltTag.Reset)).Tag);
        Assert.Equal(BoltTag.Success, (await client.AskAsync(BoltTag.Run, "count to 1", Map(), Map())).Tag);
    }

    [Fact]
    public async Task A_reset_ends_the_query_that_runs()
    {
        await using Client client = await Client.OpenAsync();
        await client.LoginAsync();
        client.Channel.Put(BoltTag.Run, "forever", Map(), Map());
        await client.Channel.FlushAsync(CancellationToken.None);
        await client.Queries.Running.Task;
        client.Channel.Put(BoltTag.Reset);
        Assert.Equal(BoltTag.Failure, (await client.ReadAsync()).Tag);
        Assert.Equal(BoltTag.Success, (await client.ReadAsync()).Tag);
        Assert.True(client.Queries.WasCancelled);
    }

    [Fact]
    public async Task A_client_that_goes_ends_the_query_that_runs()
    {
        Client client = await Client.OpenAsync();
        await client.LoginAsync();
        client.Channel.Put(BoltTag.Run, "forever", Map(), Map());
        await client.Channel.FlushAsync(CancellationToken.None);
        await client.Queries.Running.Task;
        await client.DisposeAsync();
        Assert.True(client.Queries.WasCancelled);
    }

    [Fact]
    public async Task A_transaction_has_several_results_and_ends()
    {
        await using Client client = await Client.OpenAsync();
        await client.LoginAsync();
        Assert.Equal(BoltTag.Success, (await client.AskAsync(BoltTag.Begin, Map(("mode", "r")))).Tag);
        object? first = Of(await client.AskAsync(BoltTag.Run, "count to 2", Map(), Map()))["qid"];
        object? second = Of(await client.AskAsync(BoltTag.Run, "count to 3", Map(), Map()))["qid"];
        Assert.Equal([1L, 2L], await client.PullAsync(-1, hasMore: false, first));
        Assert.Equal([1L, 2L, 3L], await client.PullAsync(-1, hasMore: false, second));
        Assert.Contains("bookmark", Of(await client.AskAsync(BoltTag.Commit)).Keys);
        Assert.Equal(BoltTag.Failure, (await client.AskAsync(BoltTag.Commit)).Tag);
    }

    [Fact]
    public async Task Wrong_credentials_end_the_connection()
    {
        await using Client client = await Client.OpenAsync(new BoltDoorSettings { Authenticate = (_, _, key) => key == "right" });
        Assert.Equal(BoltTag.Success, (await client.AskAsync(BoltTag.Hello, Map(("user_agent", "test")))).Tag);
        BoltStructure refused = await client.AskAsync(BoltTag.Logon, Map(("scheme", "basic"), ("principal", "neo4j"), ("credentials", "wrong")));
        Assert.Equal("Neo.ClientError.Security.Unauthorized", Of(refused)["code"]);
        Assert.Null(await client.Channel.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Another_database_and_messages_out_of_turn_are_refused()
    {
        await using Client client = await Client.OpenAsync();
        Assert.Equal(BoltTag.Failure, (await client.AskAsync(BoltTag.Run, "count to 1", Map(), Map())).Tag);
        await using Client other = await Client.OpenAsync();
        await other.LoginAsync();
        Assert.Equal("Neo.ClientError.Database.DatabaseNotFound", Of(await other.AskAsync(BoltTag.Run, "count to 1", Map(), Map(("db", "other"))))["code"]);
        Assert.Equal(BoltTag.Success, (await other.AskAsync(BoltTag.Reset)).Tag);
        Assert.Equal("Neo.ClientError.Request.Invalid", Of(await other.AskAsync(BoltTag.Pull, Map(("n", 1L))))["code"]);
    }

    [Fact]
    public async Task A_routing_client_is_told_one_server_for_everything()
    {
        await using Client client = await Client.OpenAsync();
        await client.LoginAsync();
        var table = (Dictionary<string, object?>)Of(await client.AskAsync(BoltTag.Route, Map(("address", "here:7")), new List<object?>(), Map()))["rt"]!;
        Assert.Equal(
            ["ROUTE here:7", "READ here:7", "WRITE here:7"],
            ((List<object?>)table["servers"]!).Cast<Dictionary<string, object?>>().Select(s => $"{s["role"]} {((List<object?>)s["addresses"]!)[0]}"));
    }

    [Theory]
    [InlineData("6060B01700040405000204040000000000000000", "00000405")]
    [InlineData("6060B01700000004000000000000000000000000", "00000000")]
    [InlineData("6060B01700020404000000000000000000000000", "00000404")]
    [InlineData("6060B01700000105000000000000000000000000", "00000105")]
    [InlineData("6060B01700080805000000000000000000000000", "00000405")]
    [InlineData("6060B01700000805000000000000000000000000", "00000000")]
    [InlineData("0000000000040405000204040000000000000000", "00000000")]
    public async Task The_newest_version_that_both_speak_is_chosen(string greeting, string answer)
    {
        await using Client client = await Client.OpenAsync(greet: false);
        await client.Stream.WriteAsync(Convert.FromHexString(greeting));
        byte[] version = new byte[4];
        await client.Stream.ReadExactlyAsync(version);
        Assert.Equal(answer, Convert.ToHexString(version));
    }

    [Fact]
    public async Task A_browser_is_told_that_this_is_the_wrong_port()
    {
        await using Client client = await Client.OpenAsync(greet: false);
        await client.Stream.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        byte[] answer = new byte[1000];
        int read = await client.Stream.ReadAtLeastAsync(answer, 20, throwOnEndOfStream: false);
        Assert.StartsWith("HTTP/1.1 400", Encoding.ASCII.GetString(answer, 0, read), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_bolt_ends_the_connection()
    {
        await using Client client = await Client.OpenAsync();
        await client.Stream.WriteAsync(new byte[] { 0, 3, 0xFF, 0xC4, 0x00, 0, 0 });
        Assert.Equal(0, await client.Stream.ReadAsync(new byte[10]));
        await using Client large = await Client.OpenAsync(new BoltDoorSettings { LongestMessage = 1000 });
        await large.Stream.WriteAsync(new byte[] { 0xFF, 0xFF });
        await large.Stream.WriteAsync(new byte[100]);
        Assert.Equal(0, await large.Stream.ReadAsync(new byte[10]));
    }

    private static Dictionary<string, object?> Map(params (string Name, object? Value)[] entries) => entries.ToDictionary(e => e.Name, e => e.Value);

    private static Dictionary<string, object?> Of(BoltStructure message) => (Dictionary<string, object?>)message.Fields[0]!;

    /// <summary>A client of a session, over a real connection.</summary>
    private sealed class Client : IAsyncDisposable
    {
        private readonly TcpClient _socket;
        private readonly Task _session;

        private Client(TcpClient socket, Task session, CountingQueries queries)
        {
            (_socket, _session, Queries, Stream) = (socket, session, queries, socket.GetStream());
            Channel = new BoltChannel(Stream, 1 << 20);
        }

        public CountingQueries Queries { get; }

        public NetworkStream Stream { get; }

        public BoltChannel Channel { get; }

        public static async Task<Client> OpenAsync(BoltDoorSettings? settings = null, bool greet = true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var socket = new TcpClient();
            Task connecting = socket.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
            TcpClient accepted = await listener.AcceptTcpClientAsync();
            await connecting;
            var queries = new CountingQueries();
            var client = new Client(socket, new BoltSession(accepted.GetStream(), queries, settings ?? new BoltDoorSettings()).RunAsync(CancellationToken.None), queries);
            if (greet)
            {
                await client.Stream.WriteAsync(Greeting);
                byte[] version = new byte[4];
                await client.Stream.ReadExactlyAsync(version);
                Assert.Equal("00000405", Convert.ToHexString(version));
            }

            return client;
        }

        public async Task LoginAsync()
        {
            BoltStructure hello = await AskAsync(BoltTag.Hello, Map(("user_agent", "test")));
            Assert.StartsWith("Neo4j/", (string)Of(hello)["server"]!, StringComparison.Ordinal);
            Assert.Equal(BoltTag.Success, (await AskAsync(BoltTag.Logon, Map(("scheme", "none")))).Tag);
        }

        public async Task<BoltStructure> AskAsync(byte tag, params object?[] fields)
        {
            Channel.Put(tag, fields);
            return await ReadAsync();
        }

        public async Task<BoltStructure> ReadAsync()
        {
            await Channel.FlushAsync(CancellationToken.None);
            return (await Channel.ReadAsync(CancellationToken.None))!;
        }

        public async Task<List<object?>> PullAsync(long n, bool hasMore, object? qid = null)
        {
            Channel.Put(BoltTag.Pull, qid is null ? Map(("n", n)) : Map(("n", n), ("qid", qid)));
            var rows = new List<object?>();
            while (true)
            {
                BoltStructure message = await ReadAsync();
                if (message.Tag == BoltTag.Success)
                {
                    Assert.Equal(hasMore, Of(message).ContainsKey("has_more"));
                    return rows;
                }

                Assert.Equal(BoltTag.Record, message.Tag);
                rows.Add(((List<object?>)message.Fields[0]!)[0]);
            }
        }

        public async ValueTask DisposeAsync()
        {
            _socket.Dispose();
            await _session.WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    /// <summary>Answers <c>count to N</c>, <c>fail</c> and <c>forever</c>.</summary>
    private sealed class CountingQueries : IBoltQueries
    {
        public TaskCompletionSource Running { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool WasCancelled { get; private set; }

        public async Task<IBoltAnswer> RunAsync(string query, IReadOnlyDictionary<string, object?> parameters, TimeSpan? timeout, CancellationToken cancellation)
        {
            if (query == "fail")
            {
                throw new BoltFailureException("Neo.ClientError.Statement.SyntaxError", "It fails.");
            }

            if (query == "forever")
            {
                Running.SetResult();
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellation);
                }
                catch (OperationCanceledException)
                {
                    WasCancelled = true;
                    throw;
                }
            }

            return new Numbers(int.Parse(query.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
        }

        private sealed class Numbers(int count) : IBoltAnswer
        {
            public IReadOnlyList<string> Columns => ["x"];

            public int Count => count;

            public string? Plan => null;

            public object?[] Row(int index) => [index + 1L];

            public void Dispose()
            {
            }
        }
    }
}
