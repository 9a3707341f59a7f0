namespace AuraMemory.Bench.Shapes;

/// <summary>
/// Moves that change how an object is written down and not what it is: a series starts elsewhere in its round, an image is turned, points come in
/// another order, vertices are renumbered. Seeded, so that a run can be repeated.
/// </summary>
internal sealed class Moved(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>The series from another sample on, its beginning after its end.</summary>
    public double[] Series(double[] values)
    {
        int start = _random.Next(values.Length);
        return [.. values[start..], .. values[..start]];
    }

    /// <summary>A square image after zero to three quarter turns.</summary>
    public double[] Image(double[] pixels, int side)
    {
        for (int turns = _random.Next(4); turns > 0; turns--)
        {
            var turned = new double[pixels.Length];
            for (int y = 0; y < side; y++)
            {
                for (int x = 0; x < side; x++)
                {
                    turned[(x * side) + side - 1 - y] = pixels[(y * side) + x];
                }
            }

            pixels = turned;
        }

        return pixels;
    }

    /// <summary>An order of so many things.</summary>
    public int[] Order(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        _random.Shuffle(order);
        return order;
    }
}
