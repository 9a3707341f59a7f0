using AuraMemory.Topology;

namespace AuraMemory.Server.Shapes;

/// <summary>The topology library as the service uses it.</summary>
internal sealed class TopologyMathematics : IShapeMathematics
{
    /// <summary>The one instance; it has no state.</summary>
    public static TopologyMathematics Instance { get; } = new();

    /// <inheritdoc/>
    public ShapeOutcome Analyze(ReadOnlySpan<byte> json, ShapeOptions options, ShapeLimits limits, CancellationToken cancellation) =>
        ShapeAnalyzer.Analyze(json, options, limits, cancellation);

    /// <inheritdoc/>
    public long EstimateCost(ReadOnlySpan<byte> json, ShapeOptions options, ShapeLimits limits) =>
        ShapeAnalyzer.EstimateCost(json, options, limits);

    /// <inheritdoc/>
    public void Signature(Barcode barcode, Span<float> into) => Topology.Signatures.Signature.Compute(barcode, into);
}
