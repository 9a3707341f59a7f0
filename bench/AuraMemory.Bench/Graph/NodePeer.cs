using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AuraMemory.Bench.Processes;

namespace AuraMemory.Bench.Graph;

/// <summary>Neo4j's own driver for Node, in a process of its own: it times each query from the call to the last record.</summary>
internal sealed class NodePeer : IDisposable
{
    private const string Script = """
        const neo4j = require('neo4j-driver');
        const driver = neo4j.driver(process.argv[2], undefined, { disableLosslessIntegers: true });
        const session = driver.session({ defaultAccessMode: neo4j.session.READ });
        (async () => {
          for await (const line of require('readline').createInterface({ input: process.stdin })) {
            const { query, ids, isCount } = JSON.parse(line);
            const times = [];
            let sum = 0;
            for (const id of ids) {
              const began = performance.now();
              const { records } = await session.run(query, { id: neo4j.int(id) });
              times.push(performance.now() - began);
              sum += isCount ? records[0].get(0) : records.length;
            }
            console.log(JSON.stringify({ times, sum }));
          }
          await driver.close();
        })();
        """;

    private readonly Process _process;

    private NodePeer(Process process) => _process = process;

    /// <summary>Makes a folder with the script and the driver, which npm fetches.</summary>
    /// <returns>The folder; null where there is no node, no npm or nothing to fetch the driver from.</returns>
    public static async Task<string?> InstallAsync()
    {
        string folder = Directory.CreateTempSubdirectory("aura-bench-node-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "hops.js"), Script).ConfigureAwait(false);
            await ChildUsage.RunAsync("node", "--version").ConfigureAwait(false);
            await ChildUsage.RunAsync("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, "neo4j-driver@5").ConfigureAwait(false);
            return folder;
        }
        catch (Exception e) when (e is BenchException or System.ComponentModel.Win32Exception)
        {
            Directory.Delete(folder, recursive: true);
            return null;
        }
    }

    /// <summary>Connects a driver.</summary>
    public static NodePeer Start(string folder, string uri) => new(
        Process.Start(new ProcessStartInfo("node", [Path.Combine(folder, "hops.js"), uri]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = folder })
        ?? throw new BenchException("node could not be started."));

    /// <summary>Runs a query for each seed: milliseconds, and the sum of the counts it gives (or the number of its rows).</summary>
    public async Task<(double[] Milliseconds, long Sum)> EachAsync(string query, IReadOnlyList<int> seeds, bool isCount)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { query, ids = seeds, isCount })).ConfigureAwait(false);
        await _process.StandardInput.FlushAsync().ConfigureAwait(false);
        string line = await _process.StandardOutput.ReadLineAsync().ConfigureAwait(false) ?? throw new BenchException(
            $"The driver's process ended: {string.Create(CultureInfo.InvariantCulture, $"{_process.Id}")}.");
        using var answer = JsonDocument.Parse(line);
        return ([.. answer.RootElement.GetProperty("times").EnumerateArray().Select(t => t.GetDouble())], answer.RootElement.GetProperty("sum").GetInt64());
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
