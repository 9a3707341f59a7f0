using System.Security.Cryptography.X509Certificates;
using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.RealNeo4j;

namespace AuraMemory.Graph.Tests.Neo4j.Client;

/// <summary>A real Neo4j that is killed and started again, and one that does TLS.</summary>
public class Neo4jCrashTests
{
    [Fact]
    public async Task A_driver_recovers_when_the_server_is_killed_within_a_result_and_started_again()
    {
        await using Neo4jTestServer server = await Neo4jTestServer.StartAsync(new Neo4jServerOptions(HasPassword: false));
        await using var driver = new Neo4jDriver(
            Neo4jServerTests.SettingsOf(server) with { RetryTime = TimeSpan.FromMinutes(5) }, TimeProvider.System, seed: 1);
        await driver.WriteAsync((t, c) => Neo4jServerTests.ColumnAsync(t, "CREATE (n:Kept {x: 1}) RETURN n.x", c), null, CancellationToken.None);
        var reached = new TaskCompletionSource();
        var killed = new TaskCompletionSource();
        int tries = 0;
        Task<long> reading = driver.ReadAsync(
            async (transaction, cancellation) =>
            {
                tries++;
                Neo4jCursor cursor = await transaction.RunAsync("UNWIND range(1, 20000) AS i RETURN i", new Dictionary<string, object?>(), cancellation);
                long rows = 0;
                for (; await cursor.NextAsync(cancellation) is not null; rows++)
                {
                    if (rows == 10)
                    {
                        reached.TrySetResult();
                        await killed.Task;
                    }
                }

                return rows;
            },
            null, CancellationToken.None);
        await reached.Task;
        await server.KillAsync();
        killed.SetResult();
        await server.RestartAsync();
        Assert.Equal(20_000, await reading);
        Assert.InRange(tries, 2, 20);
        Assert.Equal([1L], await driver.ReadAsync((t, c) => Neo4jServerTests.ColumnAsync(t, "MATCH (n:Kept) RETURN n.x", c), null, CancellationToken.None));
        Assert.Equal((1, 0), (driver.OpenConnections, driver.ConnectionsInUse));
    }

    [Fact]
    public async Task Tls_is_verified_or_taken_as_it_is()
    {
        using var certificates = new TestCertificates();
        await using Neo4jTestServer server = await Neo4jTestServer.StartAsync(new Neo4jServerOptions(Certificates: certificates.Folder));
        X509Certificate2Collection trusted = [certificates.Authority];
        foreach ((string scheme, X509Certificate2Collection? trust) in new[] { ("bolt", null), ("bolt+ssc", null), ("bolt+s", trusted), ("neo4j+s", trusted), ("neo4j+ssc", null) })
        {
            await using Neo4jDriver driver = Driver(scheme, "localhost", trust);
            await driver.VerifyAsync(CancellationToken.None);
            Assert.Equal([1L], await driver.ReadAsync((t, c) => Neo4jServerTests.ColumnAsync(t, "RETURN 1", c), null, CancellationToken.None));
        }

        await using Neo4jDriver untrusting = Driver("bolt+s", "localhost", null);
        Neo4jUnavailableException e = await Assert.ThrowsAsync<Neo4jUnavailableException>(() => untrusting.VerifyAsync(CancellationToken.None));
        Assert.Equal(Neo4jUnavailability.Certificate, e.Reason);

        Neo4jDriver Driver(string scheme, string host, X509Certificate2Collection? trust) => new(
            Neo4jServerTests.SettingsOf(server) with { Address = Neo4jAddress.Parse($"{scheme}://{host}:{server.Port}"), TrustedCertificates = trust },
            TimeProvider.System, seed: 1);
    }
}
