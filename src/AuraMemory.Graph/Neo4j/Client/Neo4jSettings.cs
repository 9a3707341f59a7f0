using System.Security.Cryptography.X509Certificates;

namespace AuraMemory.Graph.Neo4j.Client;

/// <summary>Where a Neo4j is and how it is used.</summary>
public sealed record Neo4jSettings
{
    /// <summary>Where it is.</summary>
    public required Neo4jAddress Address { get; init; }

    /// <summary>Who uses it; null = without credentials.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public string? Password { get; init; }

    /// <summary>The database; null = the user's home database.</summary>
    public string? Database { get; init; }

    /// <summary>Connections to each server, at least 1.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>Time to wait for a connection when all are in use.</summary>
    public TimeSpan AcquireTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time to open a connection: TCP, TLS, handshake and credentials together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Age at which a connection is no longer handed out.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Time for which a transaction is tried again, from its first try.</summary>
    public TimeSpan RetryTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time that a server has to stop what was given up, before its connection is closed.</summary>
    public TimeSpan ResetTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time unused after which a connection is tried by a <c>RESET</c> before it is used.</summary>
    public TimeSpan LivenessAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Rows asked for at a time, at least 1.</summary>
    public int FetchSize { get; init; } = 1000;

    /// <summary>Bytes of a message that is taken: of a row, that is.</summary>
    public int LongestMessage { get; init; } = 64 << 20;

    /// <summary>What this client calls itself.</summary>
    public string UserAgent { get; init; } = "AuraMemory/0.1";

    /// <summary>Authorities that are trusted besides those of the system, for <c>+s</c>.</summary>
    public X509Certificate2Collection? TrustedCertificates { get; init; }

    /// <summary>Settings without the password.</summary>
    public override string ToString() => $"{Address}, user {User ?? "none"}, database {Database ?? "default"}";
}
