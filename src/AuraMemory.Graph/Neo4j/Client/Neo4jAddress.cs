namespace AuraMemory.Graph.Neo4j.Client;

/// <summary>How a connection is encrypted.</summary>
public enum Neo4jEncryption
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>TLS; the certificate is of a trusted authority and of this host (<c>+s</c>).</summary>
    Verified,

    /// <summary>TLS with whatever certificate the server shows: no protection against who sits between (<c>+ssc</c>).</summary>
    AnyCertificate,
}

/// <summary>Where a Neo4j is, and how it is talked to: <c>bolt://</c> = this one server, <c>neo4j://</c> = the servers it names; <c>+s</c> and <c>+ssc</c> = with TLS.</summary>
public sealed record Neo4jAddress
{
    /// <summary>The port of Bolt.</summary>
    public const int DefaultPort = 7687;

    private Neo4jAddress(string scheme, Neo4jEndpoint endpoint, IReadOnlyDictionary<string, string> routingContext) =>
        (Scheme, Endpoint, RoutingContext) = (scheme, endpoint, routingContext);

    /// <summary>The scheme, in small letters.</summary>
    public string Scheme { get; }

    /// <summary>Host and port.</summary>
    public Neo4jEndpoint Endpoint { get; }

    /// <summary>What the server is told when it is asked for the others; from the query string.</summary>
    public IReadOnlyDictionary<string, string> RoutingContext { get; }

    /// <summary>Whether the server is asked which others there are.</summary>
    public bool IsRouted => Scheme.StartsWith("neo4j", StringComparison.Ordinal);

    /// <summary>How connections are encrypted.</summary>
    public Neo4jEncryption Encryption =>
        Scheme.EndsWith("+s", StringComparison.Ordinal) ? Neo4jEncryption.Verified
        : Scheme.EndsWith("+ssc", StringComparison.Ordinal) ? Neo4jEncryption.AnyCertificate
        : Neo4jEncryption.None;

    /// <summary>Reads an address, for example <c>neo4j+s://graph.example.org:7687?policy=eu</c>.</summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong.</exception>
    public static Neo4jAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split("://", 2);
        string scheme = parts[0].ToLowerInvariant();
        if (parts.Length < 2 || scheme is not ("bolt" or "bolt+s" or "bolt+ssc" or "neo4j" or "neo4j+s" or "neo4j+ssc"))
        {
            throw new FormatException("The address of a Neo4j begins with bolt://, bolt+s://, bolt+ssc://, neo4j://, neo4j+s:// or neo4j+ssc://.");
        }

        string[] beforeAndAfterQuery = parts[1].Split('?', 2);
        string authority = beforeAndAfterQuery[0].EndsWith('/') ? beforeAndAfterQuery[0][..^1] : beforeAndAfterQuery[0];
        if (authority.Contains('@', StringComparison.Ordinal))
        {
            throw new FormatException("The address of a Neo4j has no user and no password in it; they are settings of their own.");
        }

        if (authority.AsSpan().ContainsAny('/', '#'))
        {
            throw new FormatException("The address of a Neo4j has no path: SCHEME://HOST:PORT.");
        }

        IReadOnlyDictionary<string, string> context = beforeAndAfterQuery.Length > 1 ? Context(beforeAndAfterQuery[1]) : new Dictionary<string, string>();
        if (context.Count > 0 && !scheme.StartsWith("neo4j", StringComparison.Ordinal))
        {
            throw new FormatException($"What follows the question mark is for routing (neo4j://); {scheme}:// does not route.");
        }

        return new Neo4jAddress(scheme, Neo4jEndpoint.Parse(authority), context);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}://{Endpoint}";

    private static Dictionary<string, string> Context(string query)
    {
        var context = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string entry in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = entry.Split('=', 2);
            string name = Uri.UnescapeDataString(pair[0]);
            if (pair.Length < 2 || name.Length == 0 || pair[1].Length == 0)
            {
                throw new FormatException($"'{entry}' in the address of a Neo4j is not NAME=VALUE.");
            }

            if (name == "address" || !context.TryAdd(name, Uri.UnescapeDataString(pair[1])))
            {
                throw new FormatException($"'{name}' in the address of a Neo4j is " + (name == "address" ? "reserved." : "there twice."));
            }
        }

        return context;
    }
}
