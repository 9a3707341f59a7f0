namespace AuraMemory.Topology.Search;

/// <summary>What a <see cref="ShapeIndex"/> holds and how much memory it may take.</summary>
public sealed record ShapeIndexOptions
{
    /// <summary>Longest signature.</summary>
    public const int LongestSignature = 4096;

    /// <summary>Numbers of a signature, 0 to 4096; 0 = no signatures, and <see cref="ShapeMetric.Euclidean"/> is not served.</summary>
    public int SignatureLength { get; init; } = 128;

    /// <summary>Homology dimensions whose bars are kept, 0 to 3; 0 = none, and only <see cref="ShapeMetric.Euclidean"/> is served.</summary>
    public int Dimensions { get; init; } = 1;

    /// <summary>Most bytes of all planes, graphs and tables together; default 1 GiB.</summary>
    public long MemoryLimitBytes { get; init; } = 1L << 30;

    /// <summary>Up to this many entries every search is exact; default 2000.</summary>
    public int AlwaysExactUpTo { get; init; } = 2000;

    /// <summary>Candidates kept while an entry is linked, 8 to 1000; more = better links, slower. Default 96.</summary>
    public int BuildBreadth { get; init; } = 96;

    /// <summary>Candidates kept in an approximate search, at least k; 8 to 10 000. Default 256.</summary>
    public int SearchBreadth { get; init; } = 256;

    /// <summary>Seed of the levels of the graphs.</summary>
    public ulong Seed { get; init; } = 0x9E3779B97F4A7C15;

    /// <summary>Throws where a value is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of the range its property states.</exception>
    internal void Validate()
    {
        Require(SignatureLength, 0, LongestSignature, nameof(SignatureLength));
        Require(Dimensions, 0, Barcode.HighestDimension + 1, nameof(Dimensions));
        Require(BuildBreadth, 8, 1000, nameof(BuildBreadth));
        Require(SearchBreadth, 8, 10_000, nameof(SearchBreadth));
        Require(AlwaysExactUpTo, 0, int.MaxValue, nameof(AlwaysExactUpTo));
        ArgumentOutOfRangeException.ThrowIfNegative(MemoryLimitBytes);
        ArgumentOutOfRangeException.ThrowIfZero(SignatureLength + Dimensions);
    }

    private static void Require(int value, int least, int most, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, most, name);
    }
}
