using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Neo4j.Client;

/// <summary>What a server says about itself.</summary>
/// <param name="Agent">Its name and version, for example <c>Neo4j/5.26.30</c>.</param>
/// <param name="Version">The version of Bolt that is spoken with it.</param>
/// <param name="Endpoint">Where it is.</param>
public sealed record Neo4jServer(string Agent, BoltVersion Version, Neo4jEndpoint Endpoint);

/// <summary>What is known when a result has ended.</summary>
/// <param name="Counters">What was changed, for example <c>nodes-created</c>; empty when nothing was.</param>
/// <param name="Plan">With <c>EXPLAIN</c> the plan and with <c>PROFILE</c> what it did: maps with <c>operatorType</c>, <c>args</c>, <c>identifiers</c>, <c>children</c>; else null.</param>
/// <param name="Type">What the query did: <c>r</c>, <c>w</c>, <c>rw</c> or <c>s</c> (schema).</param>
/// <param name="Database">The database it ran on, when the server says so.</param>
/// <param name="Notifications">What the server has to say about the query: maps with <c>code</c>, <c>title</c>, <c>description</c>.</param>
public sealed record Neo4jSummary(
    IReadOnlyDictionary<string, long> Counters, object? Plan, string? Type, string? Database, IReadOnlyList<object?> Notifications)
{
    internal static Neo4jSummary Of(Dictionary<string, object?> meta)
    {
        var counters = new Dictionary<string, long>(StringComparer.Ordinal);
        if (meta.GetValueOrDefault("stats") is Dictionary<string, object?> stats)
        {
            foreach ((string name, object? value) in stats)
            {
                if (value is long count)
                {
                    counters[name] = count;
                }
            }
        }

        return new Neo4jSummary(
            counters, meta.GetValueOrDefault("profile") ?? meta.GetValueOrDefault("plan"), meta.GetValueOrDefault("type") as string,
            meta.GetValueOrDefault("db") as string, meta.GetValueOrDefault("notifications") as List<object?> ?? []);
    }
}
