namespace AuraMemory.Topology.Inputs;

/// <summary>Values on a regular grid of two or three dimensions.</summary>
public sealed class ValueGrid
{
    /// <summary>Makes a grid over an array, which is not copied.</summary>
    /// <param name="values">Finite numbers, row-major: the last extent runs fastest.</param>
    /// <param name="extents">Two or three extents, each at least 1; their product is the number of values.</param>
    /// <exception cref="ArgumentException">The extents do not fit the values, or a value is not finite.</exception>
    public ValueGrid(double[] values, params ReadOnlySpan<int> extents)
    {
        ArgumentNullException.ThrowIfNull(values);
        long product = 1;
        foreach (int extent in extents)
        {
            product = extent < 1 || product > int.MaxValue ? -1 : product * extent;
        }

        if (extents.Length is < 2 or > 3 || product != values.Length)
        {
            throw new ArgumentException($"{values.Length} values are not a grid of {string.Join(" x ", extents.ToArray())}.", nameof(extents));
        }

        Finite.Require(values, nameof(values));
        Values = values;
        Extents = extents.ToArray();
    }

    /// <summary>Values, row-major.</summary>
    public ReadOnlyMemory<double> Values { get; }

    /// <summary>Two or three extents.</summary>
    public IReadOnlyList<int> Extents { get; }
}
