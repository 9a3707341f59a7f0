namespace AuraMemory.Graph.Neo4j.Protocol;

/// <summary>Kinds of messages.</summary>
public static class BoltTag
{
    /// <summary>First message of a connection.</summary>
    public const byte Hello = 0x01;

    /// <summary>Farewell.</summary>
    public const byte Goodbye = 0x02;

    /// <summary>Back to a fresh state; ends what is running.</summary>
    public const byte Reset = 0x0F;

    /// <summary>A query.</summary>
    public const byte Run = 0x10;

    /// <summary>Begins a transaction.</summary>
    public const byte Begin = 0x11;

    /// <summary>Commits it.</summary>
    public const byte Commit = 0x12;

    /// <summary>Undoes it.</summary>
    public const byte Rollback = 0x13;

    /// <summary>Rows are not wanted.</summary>
    public const byte Discard = 0x2F;

    /// <summary>Rows are wanted.</summary>
    public const byte Pull = 0x3F;

    /// <summary>What the driver does with its API; nothing to us.</summary>
    public const byte Telemetry = 0x54;

    /// <summary>Which servers there are.</summary>
    public const byte Route = 0x66;

    /// <summary>Credentials (5.1 and later).</summary>
    public const byte Logon = 0x6A;

    /// <summary>Credentials are forgotten.</summary>
    public const byte Logoff = 0x6B;

    /// <summary>Done.</summary>
    public const byte Success = 0x70;

    /// <summary>A row.</summary>
    public const byte Record = 0x71;

    /// <summary>Not done, because something before failed.</summary>
    public const byte Ignored = 0x7E;

    /// <summary>Failed.</summary>
    public const byte Failure = 0x7F;
}

/// <summary>A version of the protocol.</summary>
/// <param name="Major">Major number.</param>
/// <param name="Minor">Minor number.</param>
public readonly record struct BoltVersion(int Major, int Minor)
{
    /// <summary>Whether credentials come in a message of their own.</summary>
    public bool HasLogon => Major > 5 || (Major == 5 && Minor >= 1);

    /// <summary>Whether nodes and relationships carry identities, and instants are in UTC.</summary>
    public bool IsFive => Major >= 5;

    /// <inheritdoc/>
    public override string ToString() => $"{Major}.{Minor}";
}
