using System.Globalization;
using AuraMemory.RealNeo4j;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>The graph in a Neo4j that wants TLS, found by routing.</summary>
public sealed class Neo4jTlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aura-tls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Certificates_of_a_named_authority_are_trusted_and_others_are_not()
    {
        using var certificates = new TestCertificates();
        await using Neo4jTestServer neo4j = await Neo4jTestServer.StartAsync(new Neo4jServerOptions(Certificates: certificates.Folder));
        string port = neo4j.Port.ToString(CultureInfo.InvariantCulture);
        string authority = Path.Combine(_folder, "authority.pem");
        await File.WriteAllTextAsync(authority, certificates.Authority.ExportCertificatePem());
        await using (var service = new MirroredService(
            neo4j, Path.Combine(_folder, "data"), "--neo4j_uri", $"neo4j+s://localhost:{port}", "--neo4j_trust", authority))
        {
            await service.InitializeAsync();
            await service.PostOkAsync("/store", """{"key":"a","data":1}""");
            await service.PostOkAsync("/store", """{"key":"b","data":1,"relationships":["a"]}""");
            await service.AgreesAsync();
        }

        await using (var service = new MirroredService(neo4j, Path.Combine(_folder, "data"), "--neo4j_uri", $"bolt+s://localhost:{port}"))
        {
            await service.InitializeAsync();
            await service.HealthAsync("degraded", "TLS");
            Assert.Equal(2, (await service.QueryAsync("MATCH (n) RETURN n.key")).GetProperty("results").GetArrayLength());
        }
    }

    [Theory]
    [InlineData("neo4j_uri", "--neo4j_uri", "http://localhost:7474")]
    [InlineData("neo4j_uri", "--neo4j_uri", "bolt://user:secret@localhost")]
    [InlineData("neo4j_trust", "--neo4j_uri", "bolt+s://localhost", "--neo4j_trust", "no-such-file.pem")]
    public async Task What_cannot_be_stops_the_start_by_name(string named, params string[] arguments)
    {
        await using ChildProcess server = await ChildProcess.RunAsync(
            ChildProcess.Dotnet, [RunningService.ServerProgram, "--urls", "http://127.0.0.1:0", "--data", Path.Combine(_folder, "data"), .. RunningService.Small, .. arguments]);
        Assert.True(await server.ExitAsync() == 1, server.Everything);
        Assert.Contains(named, server.Errors);
        Assert.DoesNotContain("   at ", server.Everything);
    }
}
