using System.Security.Cryptography.X509Certificates;
using AuraMemory.Engine;
using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.Graph.Query;
using AuraMemory.Server.Configuration;
using AuraMemory.Server.Graph;
using AuraMemory.Server.Http;

namespace AuraMemory.Server.Neo4j;

/// <summary>Joins a Neo4j to the embedded graph, as the settings say.</summary>
internal static class Neo4jJoin
{
    // What is tried longer holds up the query that waits for it; the mirror tries again by itself.
    private static readonly TimeSpan RetryTime = TimeSpan.FromSeconds(3);

    /// <summary>The graph that lives in the Neo4j.</summary>
    /// <param name="embedded">The embedded copy.</param>
    /// <param name="store">The store.</param>
    /// <param name="context">Settings and clock.</param>
    /// <param name="follow">Attaches the follower.</param>
    /// <param name="state">How far the follower has come.</param>
    public static Neo4jGraph Join(GraphService embedded, IObjectStore store, ServerContext context, Action<IChangeFollower> follow, Func<FollowerState> state)
    {
        ServerSettings settings = context.Settings;
        var driver = new Neo4jDriver(
            new Neo4jSettings
            {
                Address = Neo4jAddress.Parse(settings.Neo4jUri!),
                User = settings.Neo4jPassword is null ? null : settings.Neo4jUser,
                Password = settings.Neo4jPassword,
                Database = settings.Neo4jDatabase,
                MaxConnections = settings.Neo4jConnections,
                AcquireTimeout = TimeSpan.FromSeconds(Math.Max(1, settings.BodyWaitSeconds)),
                RetryTime = RetryTime,
                TrustedCertificates = Trusted(settings.Neo4jTrust),
            },
            context.Time,
            Environment.ProcessId);
        var mirrorSettings = new MirrorSettings
        {
            Store = MirrorIdentity.Of(store.Options.DataFolder),
            Adopts = settings.Neo4jAdopt,
            RefreshInterval = TimeSpan.FromSeconds(settings.Neo4jRefreshSeconds),
        };
        var mirror = new Neo4jMirror(new MirrorWriter(driver, store, embedded.NewView, mirrorSettings), state, mirrorSettings, context.Time);
        follow(mirror);
        GraphSettings graph = embedded.Settings;
        var answers = new Neo4jAnswers(driver, store, new CypherEngine(new GraphProcedures(context.Time)), graph.Limits, context.Time);
        return new Neo4jGraph(embedded, answers, mirror, driver, graph);
    }

    private static X509Certificate2Collection? Trusted(string? file)
    {
        if (file is null)
        {
            return null;
        }

        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(file);
        return certificates;
    }
}
