namespace AuraMemory.Engine.Objects;

/// <summary>Facts about an object that travel with each of its copies.</summary>
[Flags]
public enum ObjectFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The object has at least one outgoing relationship; spares readers a look-up when it has none.</summary>
    HasRelationships = 1,

    /// <summary>The caller asked for shape analysis.</summary>
    ShapeRequested = 2,

    /// <summary>The metadata section begins with shape options: see <see cref="MetadataSection"/>.</summary>
    ShapeOptionsGiven = 4,
}

/// <summary>What every copy of one version of an object says about it.</summary>
/// <param name="Version">Number of the change that wrote it: positive, below 2^48, unique in the store, never reused. It is the ETag.</param>
/// <param name="CreatedSeconds">Unix time in seconds at which the key was first stored since it was last absent; 0 = not known to this copy.</param>
/// <param name="StoredSeconds">Unix time in seconds at which this version was stored; 0 = not known to this copy.</param>
/// <param name="ExpiresAtMs">Unix time in milliseconds at which it expires; 0 = never.</param>
/// <param name="Flags">See <see cref="ObjectFlags"/>.</param>
public readonly record struct ObjectHeader(
    long Version,
    uint CreatedSeconds,
    uint StoredSeconds,
    long ExpiresAtMs,
    ObjectFlags Flags)
{
    /// <summary>Versions fit 48 bits, so that a record keeps version and state in one word.</summary>
    public const long MaxVersion = (1L << 48) - 1;

    /// <summary>True when the object has expired at <paramref name="nowMs"/> (Unix milliseconds).</summary>
    public bool IsExpired(long nowMs) => ExpiresAtMs != 0 && ExpiresAtMs <= nowMs;
}

/// <summary>One version of one object as bytes, borrowed for the length of a call.</summary>
/// <remarks>Data, metadata and shape options are validated UTF-8 JSON texts, kept byte for byte as they came.</remarks>
public readonly ref struct ObjectImage
{
    /// <summary>Makes an image over borrowed bytes.</summary>
    public ObjectImage(ReadOnlySpan<byte> key, ObjectHeader header, ReadOnlySpan<byte> metadata, ReadOnlySpan<byte> data)
    {
        Key = key;
        Header = header;
        Metadata = metadata;
        Data = data;
    }

    /// <summary>Key bytes, see <see cref="ObjectKey"/>.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>Version, times and flags.</summary>
    public ObjectHeader Header { get; }

    /// <summary>The metadata section: see <see cref="MetadataSection"/>; empty when there is neither metadata nor shape options.</summary>
    public ReadOnlySpan<byte> Metadata { get; }

    /// <summary>The JSON value itself.</summary>
    public ReadOnlySpan<byte> Data { get; }
}
