using System.Security.Cryptography;
using AuraMemory.Engine;
using AuraMemory.Graph.Query;
using AuraMemory.Server.Graph;
using AuraMemory.Server.Http;
using AuraMemory.Server.Neo4j;
using AuraMemory.Server.Shapes;

namespace AuraMemory.Server;

/// <summary>The service from its command line to its exit code; the same for the server's own program and <c>aura-memory serve</c>.</summary>
public static class ServerProgram
{
    /// <summary>The service could not be started, or could not open its store.</summary>
    private const int Failed = 1;

    /// <summary>Caches and buffers of the table of shapes take an eighth of the shapes' memory, at most this.</summary>
    private const long MostTableBytes = 32L << 20;

    /// <summary>Serves until a signal or <paramref name="cancellation"/> ends it.</summary>
    /// <param name="args">Command line, as for <see cref="ServerHost.Build"/>.</param>
    /// <param name="cancellation">Ends the service as a signal does.</param>
    /// <returns>
    /// 0 after an orderly end; 1, with the reason in a sentence on standard error, when a setting is wrong, an address cannot be
    /// listened on, or the store cannot be opened.
    /// </returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellation = default)
    {
        try
        {
            IHost? service = null;
            service = ServerHost.Build(args, async (options, stop) =>
            {
                MemoryStore store = await MemoryStore.OpenAsync(options with { KeepsShapes = true }, stop).ConfigureAwait(false);
                MemoryStore.LimitManagedHeap(store.Plan);
                ServerContext context = service!.Services.GetRequiredService<ServerContext>();
                context.FitTo(store.Plan.ManagedHeapBytes);
                if (options.EnableShapeIndexing)
                {
                    context.Shapes = KeepShapes(store, context);
                }

                GraphService graph = KeepGraph(store, context);
                context.Graph = context.Settings.Neo4jUri is null
                    ? graph
                    : Neo4jJoin.Join(graph, store, context, follower => store.Follow("neo4j", follower), () => StateOf(store, "neo4j"));
                return store;
            });
            StoreGate gate = service.Services.GetRequiredService<ServerContext>().Gate;
            await service.RunAsync(cancellation).ConfigureAwait(false);
            if (gate.OpenFailure is not { } reason)
            {
                return 0;
            }

            await Console.Error.WriteLineAsync(reason).ConfigureAwait(false);
        }
        catch (SettingsException e)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidOperationException or CryptographicException && IsHttps(args))
        {
            await Console.Error.WriteLineAsync(
                $"{e.Message.Split('\n')[0]} Name a certificate and its key in PEM files with ASPNETCORE_Kestrel__Certificates__Default__Path and __KeyPath.")
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // A certificate or a settings file that was named; the message has its path.
            await Console.Error.WriteLineAsync($"{e.Message} Name a file that exists.").ConfigureAwait(false);
        }
        catch (IOException e)
        {
            // What Kestrel throws when it cannot listen; the addresses are in its message.
            await Console.Error.WriteLineAsync(
                $"{e.Message} Stop what listens there, or choose another address with --urls.").ConfigureAwait(false);
        }

        return Failed;
    }

    /// <summary>Joins the shapes to the store: a table in its data folder, and a follower of its changes.</summary>
    private static ShapeService KeepShapes(MemoryStore store, ServerContext context)
    {
        StoreOptions options = store.Options;
        long tableBytes = Math.Min(store.Plan.ShapeIndexBytes / 8, MostTableBytes);
        return new ShapeService(
            store,
            store.OpenDerived("shapes", tableBytes),
            TopologyMathematics.Instance,
            new ShapeIndexPartitions(options.TdaFeatureDim),
            new ShapeSettings
            {
                SignatureLength = options.TdaFeatureDim,
                MemoryBytes = store.Plan.ShapeIndexBytes - tableBytes,
                SnapshotFolder = Path.Combine(options.DataFolder, "shape-index"),
                InlineBudget = TimeSpan.FromMicroseconds(context.Settings.ShapeInlineMicroseconds),
                AnalysisLimit = TimeSpan.FromSeconds(context.Settings.ShapeAnalysisSeconds),
                WaitLimit = TimeSpan.FromSeconds(context.Settings.ShapeWaitSeconds),
                Limits = ShapeAllowance.LimitsOf(context.Settings, store.Plan.ManagedHeapBytes),
            },
            context.Time,
            (follower, from) =>
            {
                store.Follow("shapes", follower, from);
                return () => Behind(store, "shapes");
            });
    }

    /// <summary>Joins the graph to the store: a follower of its changes, which begins with all relationships.</summary>
    private static GraphService KeepGraph(MemoryStore store, ServerContext context) => new(
        store,
        context.Shapes,
        new GraphProcedures(context.Time),
        new GraphSettings
        {
            Limits = new QueryLimits
            {
                Time = TimeSpan.FromSeconds(context.Settings.GraphQuerySeconds),
                Rows = context.Settings.GraphQueryRows,
                Memory = Math.Min(context.Settings.GraphQueryMemoryBytes, store.Plan.ManagedHeapBytes / 8),
            },
            Memory = store.Plan.GraphMemoryBytes,
            ScoresInterval = TimeSpan.FromSeconds(context.Settings.GraphScoresSeconds),
            SignaturesInterval = TimeSpan.FromSeconds(context.Settings.GraphSignaturesSeconds),
            Threads = context.Settings.GraphQueryThreads,
            Wait = TimeSpan.FromSeconds(context.Settings.BodyWaitSeconds),
        },
        context.Time,
        follower =>
        {
            store.Follow("graph", follower, from: -1);
            return () => Behind(store, "graph");
        });

    private static long Behind(MemoryStore store, string follower) => StateOf(store, follower).Behind;

    private static FollowerState StateOf(MemoryStore store, string follower)
    {
        foreach (FollowerState state in store.Followers)
        {
            if (state.Name == follower)
            {
                return state;
            }
        }

        return new FollowerState(follower, 0, 0, null);
    }

    private static bool IsHttps(string[] args) => Array.Exists(args, a => a.Contains("https://", StringComparison.OrdinalIgnoreCase));
}
