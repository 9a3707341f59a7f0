using System.Net.Sockets;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Neo4j.Protocol;
using AuraMemory.Graph.Query;

namespace AuraMemory.Graph.Tests.Differential;

/// <summary>One connection to a real Neo4j. It asks message by message, so that it sees in which phase a query is refused, which drivers do not tell.</summary>
internal sealed class PeerSession : IAsyncDisposable
{
    private const int LongestMessage = 64 << 20;
    private static readonly byte[] Greeting = Convert.FromHexString("6060B01700040405000000000000000000000000");
    private readonly TcpClient _socket;
    private readonly BoltChannel _channel;

    private PeerSession(TcpClient socket) => (_socket, _channel) = (socket, new BoltChannel(socket.GetStream(), LongestMessage));

    /// <summary>Connects.</summary>
    public static async Task<PeerSession> OpenAsync(string host, int port)
    {
        var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(host, port);
        var session = new PeerSession(socket);
        await session._channel.WriteRawAsync(Greeting, CancellationToken.None);
        await session._channel.ReadRawAsync(new byte[4], CancellationToken.None);
        await session.NeedAsync(BoltTag.Hello, Map(("user_agent", "differential test/1.0"), ("bolt_agent", Map(("product", "differential test/1.0")))));
        await session.NeedAsync(BoltTag.Logon, Map(("scheme", "none")));
        return session;
    }

    /// <summary>Runs a query that writes.</summary>
    public async Task WriteAsync(string query, Dictionary<string, object?> parameters)
    {
        (BoltStructure end, _, _) = await RunAsync(query, parameters, "w");
        if (end.Tag != BoltTag.Success)
        {
            throw new InvalidOperationException($"{query}: {Fields(end)["message"]}");
        }
    }

    /// <summary>Runs a query that reads.</summary>
    public async Task<Answer> AskAsync(string query, Dictionary<string, object?> parameters)
    {
        (BoltStructure end, List<string> columns, List<string> rows) = await RunAsync(query, parameters, "r");
        if (end.Tag == BoltTag.Success)
        {
            return new Answer(columns, rows, null);
        }

        Dictionary<string, object?> failure = Fields(end);
        await NeedAsync(BoltTag.Reset);
        (BoltStructure explained, _, _) = await RunAsync("EXPLAIN " + query, parameters, "r");
        if (explained.Tag == BoltTag.Failure)
        {
            await NeedAsync(BoltTag.Reset);
        }

        ErrorPhase phase = explained.Tag == BoltTag.Failure ? ErrorPhase.CompileTime : ErrorPhase.Runtime;
        return Answer.Refused(Refusal.Of(phase, (string)failure["code"]!, (string)failure["message"]!));
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Put(BoltTag.Goodbye);
        await _channel.FlushAsync(CancellationToken.None);
        _socket.Dispose();
    }

    private async Task<(BoltStructure End, List<string> Columns, List<string> Rows)> RunAsync(string query, Dictionary<string, object?> parameters, string mode)
    {
        _channel.Put(BoltTag.Run, query, parameters, Map(("mode", mode)));
        _channel.Put(BoltTag.Pull, Map(("n", -1L)));
        await _channel.FlushAsync(CancellationToken.None);
        var rows = new List<string>();
        BoltStructure run = await ReadAsync();
        if (run.Tag == BoltTag.Failure)
        {
            await ReadAsync();
            return (run, [], rows);
        }

        var columns = ((List<object?>)Fields(run)["fields"]!).Cast<string>().ToList();
        while (true)
        {
            BoltStructure message = await ReadAsync();
            if (message.Tag != BoltTag.Record)
            {
                return (message, columns, rows);
            }

            rows.Add(string.Join(" | ", ((List<object?>)message.Fields[0]!).Select(SharedForm.Of)));
        }
    }

    private async Task NeedAsync(byte tag, params object?[] fields)
    {
        _channel.Put(tag, fields);
        await _channel.FlushAsync(CancellationToken.None);
        BoltStructure answer = await ReadAsync();
        if (answer.Tag != BoltTag.Success)
        {
            throw new InvalidOperationException($"Neo4j refuses message 0x{tag:X2}: {Fields(answer).GetValueOrDefault("message")}");
        }
    }

    private async Task<BoltStructure> ReadAsync() => await _channel.ReadAsync(CancellationToken.None) ?? throw new EndOfStreamException("Neo4j has closed the connection.");

    private static Dictionary<string, object?> Fields(BoltStructure message) => message.Fields is [Dictionary<string, object?> fields, ..] ? fields : [];

    private static Dictionary<string, object?> Map(params (string Name, object? Value)[] entries) => entries.ToDictionary(e => e.Name, e => e.Value);
}
