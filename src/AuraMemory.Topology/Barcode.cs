namespace AuraMemory.Topology;

/// <summary>The persistence diagrams of one filtration, dimension by dimension.</summary>
public sealed class Barcode
{
    /// <summary>Highest homology dimension computed anywhere in this library.</summary>
    public const int HighestDimension = 2;

    private readonly Diagram[] _diagrams;

    /// <summary>Makes a barcode.</summary>
    /// <param name="diagrams">Diagram of dimension 0, 1, 2: as many as were computed, 1 to 3.</param>
    /// <exception cref="ArgumentException">No diagram, or more than three.</exception>
    public Barcode(params ReadOnlySpan<Diagram> diagrams)
    {
        if (diagrams.Length is 0 or > HighestDimension + 1)
        {
            throw new ArgumentException($"A barcode has 1 to {HighestDimension + 1} dimensions, not {diagrams.Length}.", nameof(diagrams));
        }

        _diagrams = diagrams.ToArray();
    }

    /// <summary>Number of dimensions computed, 1 to 3.</summary>
    public int Dimensions => _diagrams.Length;

    /// <summary>The diagram of a dimension; empty beyond those computed.</summary>
    /// <param name="dimension">0 to 2.</param>
    public Diagram this[int dimension] => dimension < _diagrams.Length ? _diagrams[dimension] : Diagram.Empty;

    /// <summary>Betti numbers b0, b1, b2: the classes of each dimension that live longer than <paramref name="noise"/>.</summary>
    /// <param name="noise">Length up to which a bar is noise, in units of the filtration; not negative.</param>
    public (int B0, int B1, int B2) BettiNumbers(double noise) =>
        (this[0].CountAbove(noise), this[1].CountAbove(noise), this[2].CountAbove(noise));
}
