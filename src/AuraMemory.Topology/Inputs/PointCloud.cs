namespace AuraMemory.Topology.Inputs;

/// <summary>Points of equal dimension, row by row.</summary>
public sealed class PointCloud
{
    /// <summary>Most coordinates a point may have.</summary>
    public const int MostCoordinates = 16;

    /// <summary>Makes a cloud over an array, which is not copied.</summary>
    /// <param name="coordinates">Finite numbers, count x dimension, row-major.</param>
    /// <param name="dimension">Coordinates of a point, 1 to 16.</param>
    /// <exception cref="ArgumentException">The length is no multiple of the dimension, or a coordinate is not finite.</exception>
    public PointCloud(double[] coordinates, int dimension)
    {
        ArgumentNullException.ThrowIfNull(coordinates);
        if (dimension is < 1 or > MostCoordinates || coordinates.Length % dimension != 0)
        {
            throw new ArgumentException($"{coordinates.Length} numbers are not points of {dimension} coordinates (1 to {MostCoordinates}).", nameof(dimension));
        }

        Finite.Require(coordinates, nameof(coordinates));
        Coordinates = coordinates;
        Dimension = dimension;
        Count = coordinates.Length / dimension;
    }

    /// <summary>Coordinates, count x dimension, row-major.</summary>
    public ReadOnlyMemory<double> Coordinates { get; }

    /// <summary>Coordinates of a point.</summary>
    public int Dimension { get; }

    /// <summary>Number of points.</summary>
    public int Count { get; }

    /// <summary>One point.</summary>
    public ReadOnlySpan<double> this[int point] => Coordinates.Span.Slice(point * Dimension, Dimension);
}
