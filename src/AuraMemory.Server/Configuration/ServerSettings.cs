namespace AuraMemory.Server.Configuration;

/// <summary>Settings of the HTTP door; those of the store are <see cref="Engine.StoreOptions"/>.</summary>
public sealed record ServerSettings
{
    /// <summary>Largest request body, bytes, 1 KiB to 1 GiB; default 64 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 64 << 20;

    /// <summary>Deepest nesting within <c>data</c> and <c>metadata</c>, 1 to 512; default 64.</summary>
    public int MaxJsonDepth { get; init; } = 64;

    /// <summary>Most items of a bulk request, 1 to 100 000; default 10 000.</summary>
    public int MaxBulkItems { get; init; } = 10_000;

    /// <summary>Bytes of request bodies held at once, 1 MiB to 64 GiB; default 256 MiB. Further requests wait.</summary>
    public long MaxBodyBytesInFlight { get; init; } = 256L << 20;

    /// <summary>Seconds a request waits for its turn before it is answered 503, 0 to 300; default 5.</summary>
    public double BodyWaitSeconds { get; init; } = 5;

    /// <summary>Longest run of <c>POST /benchmark</c>, seconds, 1 to 3600; default 60.</summary>
    public double BenchmarkSeconds { get; init; } = 60;

    /// <summary>An analysis expected to take no longer is made while the store is answered, microseconds, 0 to 100 000; default 300.</summary>
    public double ShapeInlineMicroseconds { get; init; } = 300;

    /// <summary>Longest analysis of a stored object, seconds, 0.1 to 3600; default 30. What takes longer is given up.</summary>
    public double ShapeAnalysisSeconds { get; init; } = 30;

    /// <summary>Longest wait of a store for its shape (<c>?wait=true</c>), seconds, 0.1 to 600; default 30.</summary>
    public double ShapeWaitSeconds { get; init; } = 30;

    /// <summary>Most numbers of an object that are looked at for its shape, 1000 to 100 000 000; default 1 000 000.</summary>
    public int ShapeMaxNumbers { get; init; } = 1_000_000;

    /// <summary>Most points of a Vietoris-Rips complex where the caller does not say, 4 to 4096; default 256. More points are represented by landmarks.</summary>
    public int ShapeMaxPoints { get; init; } = 256;

    /// <summary>Most points a caller may ask for by <c>max_points</c>, 4 to 4096; default 1024. Less than <see cref="ShapeMaxPoints"/> counts as that.</summary>
    public int ShapeMaxPointsAsked { get; init; } = 1024;

    /// <summary>Longest computation of shapes in one request, seconds, 0.1 to 600; default 10.</summary>
    public double ShapeRequestSeconds { get; init; } = 10;

    /// <summary>Longer computations of shapes for requests at one time, 1 to 256; default 2. Further ones wait <see cref="BodyWaitSeconds"/>.</summary>
    public int ShapeRequestThreads { get; init; } = 2;

    /// <summary>Longest graph query, seconds, 0.1 to 600; default 30.</summary>
    public double GraphQuerySeconds { get; init; } = 30;

    /// <summary>Most rows of a graph query's answer, 1 to 10 000 000; default 100 000.</summary>
    public int GraphQueryRows { get; init; } = 100_000;

    /// <summary>Bytes a graph query may hold at a time, 1 MiB to 16 GiB; default 256 MiB, and at most an eighth of the managed heap.</summary>
    public long GraphQueryMemoryBytes { get; init; } = 256L << 20;

    /// <summary>Graph queries at a time, 1 to 256; default 2. Further ones wait <see cref="BodyWaitSeconds"/>.</summary>
    public int GraphQueryThreads { get; init; } = 2;

    /// <summary>Seconds between computations of the importance and the communities of objects, 0 to 86 400; 0 = none are made; default 30.</summary>
    public double GraphScoresSeconds { get; init; } = 30;

    /// <summary>Seconds between refreshes of the signatures of objects in the graph, 0 to 86 400; 0 = none are kept; default 60.</summary>
    public double GraphSignaturesSeconds { get; init; } = 60;

    /// <summary>Port of the read-only Bolt door on loopback, 0 to 65 535; 0 (default) = no door.</summary>
    public int BoltPort { get; init; }

    /// <summary>Bolt clients at a time, 1 to 10 000; default 64.</summary>
    public int BoltConnections { get; init; } = 64;

    /// <summary>Where the graph lives in a Neo4j, for example <c>bolt://localhost:7687</c>; null (default) = in this process only.</summary>
    public string? Neo4jUri { get; init; }

    /// <summary>User of the Neo4j; default <c>neo4j</c>. Without a password nobody is named.</summary>
    public string Neo4jUser { get; init; } = "neo4j";

    /// <summary>Password of the Neo4j; null (default) = it asks for none.</summary>
    public string? Neo4jPassword { get; init; }

    /// <summary>Database of the Neo4j; null (default) = the user's own.</summary>
    public string? Neo4jDatabase { get; init; }

    /// <summary>A file of certificates (PEM) that are trusted besides those of the system, for addresses with <c>+s</c>; null = none.</summary>
    public string? Neo4jTrust { get; init; }

    /// <summary>Whether nodes of objects that the Neo4j has already, of another store or of nobody known, are taken over; default false.</summary>
    public bool Neo4jAdopt { get; init; }

    /// <summary>Seconds between rounds that bring tiers, access counts and scores to the Neo4j, 0 to 86 400; 0 = no rounds; default 60.</summary>
    public double Neo4jRefreshSeconds { get; init; } = 60;

    /// <summary>Connections to each Neo4j server, 2 to 1000; default 16.</summary>
    public int Neo4jConnections { get; init; } = 16;

    /// <summary>Keys that open the API; empty (default) = no key is asked for.</summary>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>Allows listening beyond loopback without API keys; default false.</summary>
    public bool AllowAnonymousNetwork { get; init; }

    /// <summary>Addresses to listen on, separated by <c>;</c>.</summary>
    public string Urls { get; init; } = "http://localhost:8001";

    /// <summary>Seconds for draining and flushing at shutdown, 1 to 600; default 30.</summary>
    public double ShutdownSeconds { get; init; } = 30;
}
