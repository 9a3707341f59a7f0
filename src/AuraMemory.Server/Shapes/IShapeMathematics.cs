using AuraMemory.Topology;

namespace AuraMemory.Server.Shapes;

/// <summary>What the service asks of the topology library; a seam, so that tests can count analyses and stage slow or failing ones.</summary>
internal interface IShapeMathematics
{
    /// <summary>Finds and analyses the shape of a JSON value.</summary>
    /// <param name="json">A validated JSON text.</param>
    /// <param name="options">What the caller said about the shape.</param>
    /// <param name="limits">Bounds of work and memory.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    ShapeOutcome Analyze(ReadOnlySpan<byte> json, ShapeOptions options, ShapeLimits limits, CancellationToken cancellation);

    /// <summary>What <see cref="Analyze"/> will roughly take, nanoseconds; reads the text once at most.</summary>
    long EstimateCost(ReadOnlySpan<byte> json, ShapeOptions options, ShapeLimits limits);

    /// <summary>Computes the signature of a barcode.</summary>
    /// <param name="barcode">The diagrams.</param>
    /// <param name="into">Receives it; its length is the signature's.</param>
    void Signature(Barcode barcode, Span<float> into);
}
