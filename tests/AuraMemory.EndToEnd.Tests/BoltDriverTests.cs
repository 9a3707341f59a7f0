using System.Net;
using System.Net.Sockets;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>The official JavaScript driver of Neo4j against our Bolt door. It is fetched with npm; where that is not possible, the tests are skipped.</summary>
public sealed class BoltDriverTests : IAsyncLifetime
{
    private const string Driver = "neo4j-driver@6.3.0";

    private const string Script = """
        import neo4j from 'neo4j-driver'
        const [url, password] = process.argv.slice(2)
        const driver = neo4j.driver(url, neo4j.auth.basic('neo4j', password))
        const session = driver.session({ defaultAccessMode: neo4j.session.READ })
        const say = (...what) => console.log(...what)
        try {
          say('agent', (await driver.getServerInfo()).agent.startsWith('Neo4j/'))
          let r = await session.run('MATCH p = (a {key: $key})-[r]->(b) RETURN a, r, b, p, b.data AS data', { key: 'ann' })
          const row = r.records[0]
          say('nodes', row.get('a').elementId, row.get('b').properties.key, row.get('a').labels.join(), row.get('r').type, row.get('r').properties.weight)
          say('path', row.get('p').length, row.get('p').start.elementId, row.get('p').end.elementId, row.get('data').age.toInt())
          r = await session.run("RETURN date('2024-02-29') AS d, datetime('2024-01-01T10:00+01:00') AS t, duration('P1DT2H') AS u, localtime('10:11:12.5') AS l, [1, 2.5, null, 'x', {a: true}] AS v")
          say('values', r.records[0].get('d').toString(), r.records[0].get('t').toString(), r.records[0].get('u').toString(), r.records[0].get('l').toString(), JSON.stringify(r.records[0].get('v').slice(1)))
          r = await session.run('UNWIND range(1, 5000) AS x RETURN x')
          say('many', r.records.length, r.records[4999].get('x').toInt())
          say('managed', (await session.executeRead(tx => tx.run('RETURN $l AS l', { l: [neo4j.int(7), 'a'] }))).records[0].get('l')[0].toInt())
          const tx = session.beginTransaction()
          const [one, two] = [await tx.run('RETURN 1 AS x'), await tx.run('RETURN 2 AS x')]
          say('transaction', one.records[0].get('x').toInt() + two.records[0].get('x').toInt())
          await tx.commit()
          for (const query of ['MATCH (n RETURN n', 'CREATE (n)', 'RETURN 1/0']) {
            try { await session.run(query) } catch (e) { say('refused', e.code) }
          }
          try { await session.run('UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN count(*)', {}, { timeout: 300 }) } catch (e) { say('late', e.code) }
          say('after', (await session.run('RETURN 1 AS x')).records[0].get('x').toInt())
        } catch (e) { say('failed', e.code, e.message) }
        await session.close()
        await driver.close()
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("aura-bolt-").FullName;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(ChildProcess.Exists("node") && ChildProcess.Exists("npm"), "node and npm are not installed; the official driver needs them.");
        await using ChildProcess install = await ChildProcess.RunAsync("npm", ["install", "--no-audit", "--no-fund", "--prefix", _folder, Driver]);
        Assert.SkipUnless(await install.ExitAsync() == 0, $"{Driver} could not be fetched: {install.Errors}");
        await File.WriteAllTextAsync(Path.Combine(_folder, "driver.mjs"), Script);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("bolt")]
    [InlineData("neo4j")]
    public async Task The_official_driver_reads_the_graph(string scheme)
    {
        int port = FreePort();
        await using var service = new RunningService(null, "--bolt_port", $"{port}");
        await service.InitializeAsync();
        await service.PostOkAsync("/store", "{\"key\":\"bob\",\"data\":{\"age\":41}}");
        await service.PostOkAsync("/store", "{\"key\":\"ann\",\"data\":{\"age\":40},\"relationships\":[{\"key\":\"bob\",\"type\":\"KNOWS\",\"weight\":0.5}]}");
        Assert.Equal(
            [
                "agent true",
                "nodes ann bob MemoryNode KNOWS 0.5",
                "path 1 ann bob 41",
                "values 2024-02-29 2024-01-01T10:00:00+01:00 P1DT2H 10:11:12.500000000 [2.5,null,\"x\",{\"a\":true}]",
                "many 5000 5000",
                "managed 7",
                "transaction 3",
                "refused Neo.ClientError.Statement.SyntaxError",
                "refused Neo.ClientError.Statement.AccessMode",
                "refused Neo.ClientError.Statement.ArithmeticError",
                "late Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
                "after 1",
            ],
            await RunAsync($"{scheme}://127.0.0.1:{port}", "any"));
    }

    [Fact]
    public async Task The_password_is_an_api_key_when_there_are_any()
    {
        int port = FreePort();
        await using var service = new RunningService(null, "--bolt_port", $"{port}", "--api_keys", "secret-key");
        await service.InitializeAsync();
        Assert.StartsWith("failed Neo.ClientError.Security.Unauthorized", Assert.Single(await RunAsync($"bolt://127.0.0.1:{port}", "wrong")));
        Assert.Equal("agent true", (await RunAsync($"bolt://127.0.0.1:{port}", "secret-key"))[0]);
    }

    private async Task<string[]> RunAsync(string url, string password)
    {
        await using ChildProcess run = await ChildProcess.RunAsync("node", [Path.Combine(_folder, "driver.mjs"), url, password]);
        Assert.True(await run.ExitAsync() == 0, run.Everything);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
