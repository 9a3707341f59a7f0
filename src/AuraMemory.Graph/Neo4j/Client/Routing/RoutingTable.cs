using AuraMemory.Graph.Neo4j.PackStream;

namespace AuraMemory.Graph.Neo4j.Client.Routing;

/// <summary>Which servers there are, and what each is for.</summary>
/// <param name="Routers">Those that tell such tables.</param>
/// <param name="Readers">Those that read.</param>
/// <param name="Writers">Those that write.</param>
/// <param name="TimeToLive">For how long this holds.</param>
internal sealed record RoutingTable(IReadOnlyList<Neo4jEndpoint> Routers, IReadOnlyList<Neo4jEndpoint> Readers, IReadOnlyList<Neo4jEndpoint> Writers, TimeSpan TimeToLive)
{
    // A server may say 2^63 - 1 seconds.
    private const long LongestSeconds = 30L * 24 * 3600;

    /// <summary>A table that names nobody.</summary>
    public static RoutingTable Empty { get; } = new([], [], [], TimeSpan.Zero);

    /// <summary>All servers.</summary>
    public IEnumerable<Neo4jEndpoint> All => Routers.Concat(Readers).Concat(Writers).Distinct();

    /// <summary>The servers that write, or those that read.</summary>
    public IReadOnlyList<Neo4jEndpoint> For(bool writing) => writing ? Writers : Readers;

    /// <summary>The same without a server.</summary>
    public RoutingTable Without(Neo4jEndpoint endpoint) => new(Without(Routers, endpoint), Without(Readers, endpoint), Without(Writers, endpoint), TimeToLive);

    /// <summary>The same, in which a server does not write.</summary>
    public RoutingTable WithoutWriter(Neo4jEndpoint endpoint) => this with { Writers = Without(Writers, endpoint) };

    /// <summary>Reads what a server told.</summary>
    /// <exception cref="PackStreamException">It told no table.</exception>
    public static RoutingTable Read(Dictionary<string, object?> told)
    {
        if (told.GetValueOrDefault("ttl") is not long ttl || told.GetValueOrDefault("servers") is not List<object?> servers)
        {
            throw new PackStreamException("A routing table has a ttl and servers.");
        }

        return new RoutingTable(Of(servers, "ROUTE"), Of(servers, "READ"), Of(servers, "WRITE"), TimeSpan.FromSeconds(Math.Clamp(ttl, 0, LongestSeconds)));
    }

    private static Neo4jEndpoint[] Of(List<object?> servers, string role)
    {
        try
        {
            return
            [
                .. servers.OfType<Dictionary<string, object?>>()
                    .Where(s => s.GetValueOrDefault("role") as string == role)
                    .SelectMany(s => s.GetValueOrDefault("addresses") as List<object?> ?? [])
                    .Select(a => Neo4jEndpoint.Parse(a as string ?? ""))
                    .Distinct(),
            ];
        }
        catch (FormatException e)
        {
            throw new PackStreamException("A routing table names an address that is none. " + e.Message);
        }
    }

    private static Neo4jEndpoint[] Without(IReadOnlyList<Neo4jEndpoint> all, Neo4jEndpoint one) => [.. all.Where(e => e != one)];
}
