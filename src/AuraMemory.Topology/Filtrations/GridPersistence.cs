using AuraMemory.Topology.Inputs;

namespace AuraMemory.Topology.Filtrations;

/// <summary>Persistent homology of the sub- and superlevel sets of images and volumes, as filtered cubical complexes.</summary>
/// <remarks>
/// Components and the highest dimension (loops of an image, cavities of a volume) by two sweeps with union-find, see <see cref="GridSweep"/>: no
/// matrix is built for an image. Loops of a volume by cohomology, see <see cref="CubicalLoops"/>.
/// </remarks>
public static class GridPersistence
{
    /// <summary>Sublevel sets. O(n α(n)) for an image; for a volume also the reduction, cubic in the worst case and far less in practice.</summary>
    /// <param name="grid">Two or three extents.</param>
    /// <param name="cells">What the values stand on.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>Dimensions 0 and 1 of an image, 0 to 2 of a volume.</returns>
    /// <exception cref="OperationCanceledException">The work was ended.</exception>
    public static Barcode Sublevel(ValueGrid grid, GridCells cells, CancellationToken cancellation = default) =>
        Compute(grid, cells, 1, Barcode.HighestDimension, long.MaxValue, cancellation)!;

    /// <summary>Superlevel sets, computed as the sublevel sets of the negated values: births and deaths are negated values.</summary>
    /// <param name="grid">Two or three extents.</param>
    /// <param name="cells">What the values stand on.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>Dimensions 0 and 1 of an image, 0 to 2 of a volume.</returns>
    /// <exception cref="OperationCanceledException">The work was ended.</exception>
    public static Barcode Superlevel(ValueGrid grid, GridCells cells, CancellationToken cancellation = default) =>
        Compute(grid, cells, -1, Barcode.HighestDimension, long.MaxValue, cancellation)!;

    /// <summary>Up to a dimension and within a bound of work; null when the work was not enough for the loops of a volume.</summary>
    internal static Barcode? Compute(ValueGrid grid, GridCells cells, double sign, int maxDimension, long mostWork, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ReadOnlySpan<double> values = grid.Values.Span;
        var sweep = new GridSweep(values, grid.Extents, sign, cancellation);
        Diagram components = sweep.Components(cells);
        if (maxDimension == 0)
        {
            return new Barcode(components);
        }

        if (grid.Extents.Count == 2)
        {
            return new Barcode(components, sweep.Hollows(cells));
        }

        Diagram? loops = new CubicalLoops(values, grid.Extents, cells, sign).Compute(mostWork, cancellation);
        return loops is null
            ? null
            : maxDimension == 1 ? new Barcode(components, loops) : new Barcode(components, loops, sweep.Hollows(cells));
    }
}
