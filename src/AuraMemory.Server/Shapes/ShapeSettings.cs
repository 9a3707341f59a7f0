using AuraMemory.Topology;

namespace AuraMemory.Server.Shapes;

/// <summary>Settings of the shape service; defaults and ranges stand with the settings of the server.</summary>
internal sealed record ShapeSettings
{
    /// <summary>Threads that analyse unless something else is set: half the processors.</summary>
    public static int UsualWorkers { get; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Numbers of a signature (tda_feature_dim).</summary>
    public int SignatureLength { get; init; } = 128;

    /// <summary>Memory of index, directory and table together, bytes (shape_index_bytes as granted).</summary>
    public long MemoryBytes { get; init; } = 64L << 20;

    /// <summary>Folder in which the index is saved.</summary>
    public required string SnapshotFolder { get; init; }

    /// <summary>An analysis expected to take no longer is made while the store is answered.</summary>
    public TimeSpan InlineBudget { get; init; } = TimeSpan.FromMicroseconds(300);

    /// <summary>An analysis that takes longer is given up.</summary>
    public TimeSpan AnalysisLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait of a store for its shape.</summary>
    public TimeSpan WaitLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Objects that may wait for analysis before further ones are left to the follower.</summary>
    public int QueueLength { get; init; } = 4096;

    /// <summary>Threads that analyse.</summary>
    public int Workers { get; init; } = UsualWorkers;

    /// <summary>The index is looked at this often, to be saved when enough of it has changed.</summary>
    public TimeSpan SaveInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bounds of one analysis.</summary>
    public ShapeLimits Limits { get; init; } = ShapeLimits.Default;
}
