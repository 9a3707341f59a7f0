using AuraMemory.Graph.Neo4j.Client.Connections;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Neo4j.Client.Routing;

/// <summary>Asks a server for the routing table of a database: by a message of its own, before Bolt 4.3 by a procedure.</summary>
internal static class RoutingQuestion
{
    /// <summary>Asks.</summary>
    /// <exception cref="Neo4jException">It refuses.</exception>
    /// <exception cref="Neo4jUnavailableException">The connection is lost.</exception>
    /// <exception cref="PackStreamException">It told no table.</exception>
    public static async Task<RoutingTable> AskAsync(
        BoltConnection connection, Neo4jSettings settings, IReadOnlyCollection<string> bookmarks, CancellationToken cancellation)
    {
        Dictionary<string, object?> context = BoltDialer.RoutingContext(settings.Address);
        object?[] marks = [.. bookmarks];
        if (connection.Server.Version is { Major: 4, Minor: < 3 })
        {
            return RoutingTable.Read(await CallAsync(connection, context, settings.Database, marks, cancellation).ConfigureAwait(false));
        }

        object? database = settings.Database;
        if (connection.Server.Version is not { Major: 4, Minor: 3 })
        {
            database = settings.Database is null ? new Dictionary<string, object?>() : new Dictionary<string, object?> { ["db"] = settings.Database };
        }

        connection.Put(BoltTag.Route, context, marks, database);
        await connection.FlushAsync(cancellation).ConfigureAwait(false);
        Dictionary<string, object?> answer = await connection.SuccessAsync(cancellation).ConfigureAwait(false);
        connection.Settle();
        return RoutingTable.Read(answer.GetValueOrDefault("rt") as Dictionary<string, object?> ?? []);
    }

    private static async Task<Dictionary<string, object?>> CallAsync(
        BoltConnection connection, Dictionary<string, object?> context, string? database, object?[] marks, CancellationToken cancellation)
    {
        var parameters = new Dictionary<string, object?> { ["context"] = context };
        if (database is not null)
        {
            parameters["database"] = database;
        }

        string arguments = database is null ? "$context" : "$context, $database";
        var extra = new Dictionary<string, object?> { ["bookmarks"] = marks, ["mode"] = "r", ["db"] = "system" };
        connection.Put(BoltTag.Run, $"CALL dbms.routing.getRoutingTable({arguments})", parameters, extra);
        connection.Put(BoltTag.Pull, new Dictionary<string, object?> { ["n"] = -1L });
        await connection.FlushAsync(cancellation).ConfigureAwait(false);
        Dictionary<string, object?> columns = await connection.SuccessAsync(cancellation).ConfigureAwait(false);
        var told = new Dictionary<string, object?>(StringComparer.Ordinal);
        while (await connection.ReceiveAsync(cancellation).ConfigureAwait(false) is { Tag: BoltTag.Record } row)
        {
            foreach ((object? name, object? value) in (columns.GetValueOrDefault("fields") as List<object?> ?? []).Zip((List<object?>)row.Fields[0]!))
            {
                told[name as string ?? ""] = value;
            }
        }

        connection.Settle();
        return told;
    }
}
