using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AuraMemory.Graph.Neo4j.Client;

namespace AuraMemory.Bench.Graph;

/// <summary>A real Neo4j of its own data, for as long as this object lives.</summary>
internal sealed class Neo4jProcess : IDisposable
{
    private const int Batch = 20_000;
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(3);
    private readonly Process _process;
    private readonly string _data;

    private Neo4jProcess(Process process, string data, int port)
    {
        (_process, _data) = (process, data);
        Uri = "bolt://127.0.0.1:" + port.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Its address.</summary>
    public string Uri { get; }

    /// <summary>Starts one.</summary>
    /// <param name="folder">Holds the program <c>start</c>, which takes <c>--data</c>, <c>--port</c> and <c>--no-auth</c>, and says READY.</param>
    /// <exception cref="BenchException">It is not there, or does not start.</exception>
    public static async Task<Neo4jProcess> StartAsync(string folder)
    {
        string start = Path.Combine(folder, "start");
        if (!File.Exists(start))
        {
            throw new BenchException($"There is no Neo4j to start at {start}; --neo4j FOLDER names the folder that holds 'start'.");
        }

        string data = Directory.CreateTempSubdirectory("aura-bench-neo4j-").FullName;
        int port = FreePort();
        Process process = Process.Start(new ProcessStartInfo(start, ["--data", data, "--port", port.ToString(CultureInfo.InvariantCulture), "--no-auth"]) { RedirectStandardOutput = true })
            ?? throw new BenchException($"{start} could not be started.");
        var neo4j = new Neo4jProcess(process, data, port);
        using var patience = new CancellationTokenSource(StartTime);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(patience.Token).ConfigureAwait(false) is { } line)
            {
                if (line.StartsWith("READY", StringComparison.Ordinal))
                {
                    return neo4j;
                }
            }

            throw new BenchException("Neo4j ended without having said READY.");
        }
        catch
        {
            neo4j.Dispose();
            throw;
        }
    }

    /// <summary>Loads a graph: nodes <c>(:N {id})</c>, found by an index, and relationships <c>[:R]</c>.</summary>
    /// <returns>Seconds it took.</returns>
    public async Task<double> LoadAsync(GeneratedGraph graph)
    {
        long began = Stopwatch.GetTimestamp();
        await using var driver = new Neo4jDriver(new Neo4jSettings { Address = Neo4jAddress.Parse(Uri) }, TimeProvider.System, seed: 1);
        await RunAsync(driver, "CREATE INDEX FOR (n:N) ON (n.id)", null).ConfigureAwait(false);
        await InBatchesAsync(driver, "UNWIND $rows AS id CREATE (:N {id: id})", graph.Edges.Nodes, i => (long)i).ConfigureAwait(false);
        await RunAsync(driver, "CALL db.awaitIndexes()", null).ConfigureAwait(false);
        await InBatchesAsync(
            driver, "UNWIND $rows AS row MATCH (a:N {id: row[0]}), (b:N {id: row[1]}) CREATE (a)-[:R]->(b)", graph.Edges.Sources.Length,
            i => new List<object?> { (long)graph.Edges.Sources[i], (long)graph.Edges.Targets[i] }).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private static async Task InBatchesAsync(Neo4jDriver driver, string query, int count, Func<int, object?> row)
    {
        for (int from = 0; from < count; from += Batch)
        {
            await RunAsync(driver, query, Enumerable.Range(from, Math.Min(Batch, count - from)).Select(row).ToList()).ConfigureAwait(false);
        }
    }

    private static Task<bool> RunAsync(Neo4jDriver driver, string query, List<object?>? rows) => driver.WriteAsync(
        async (transaction, cancellation) =>
        {
            Dictionary<string, object?> parameters = rows is null ? [] : new() { ["rows"] = rows };
            Neo4jCursor cursor = await transaction.RunAsync(query, parameters, cancellation).ConfigureAwait(false);
            await cursor.ConsumeAsync().ConfigureAwait(false);
            return true;
        },
        null,
        CancellationToken.None);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
