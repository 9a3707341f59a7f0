using System.Net;
using System.Net.Sockets;
using AuraMemory.Graph.Neo4j.Door;
using AuraMemory.Graph.Values;

namespace AuraMemory.Bench.Graph;

/// <summary>The service's Bolt door over a graph in this process, on loopback.</summary>
internal sealed class BoltBed : IBoltQueries, IDisposable
{
    private readonly CypherBed _bed;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();

    public BoltBed(CypherBed bed)
    {
        _bed = bed;
        _listener.Start();
        _ = ServeAsync();
    }

    /// <summary>Its address.</summary>
    public string Uri => $"bolt://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <inheritdoc/>
    public Task<IBoltAnswer> RunAsync(string query, IReadOnlyDictionary<string, object?> parameters, TimeSpan? timeout, CancellationToken cancellation) =>
        Task.Run<IBoltAnswer>(() => new Answer(_bed.Rows(query, (long)parameters["id"]!)), cancellation);

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token).ConfigureAwait(false);
                client.NoDelay = true;
                _ = new BoltSession(client.GetStream(), this, new BoltDoorSettings()).RunAsync(_end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The measurement is over.
        }
    }

    private sealed class Answer(IReadOnlyList<Value[]> rows) : IBoltAnswer
    {
        public IReadOnlyList<string> Columns { get; } = ["x"];

        public int Count => rows.Count;

        public string? Plan => null;

        public object?[] Row(int index) => [rows[index][0].Integer];

        public void Dispose()
        {
        }
    }
}
