namespace AuraMemory.Topology.Extraction;

/// <summary>Tells distance matrices from other matrices.</summary>
internal static class MatrixForms
{
    /// <summary>Whether a matrix can hardly be anything else: square, symmetric, zero on the diagonal and positive (or missing) off it, at least 3 x 3. O(n²).</summary>
    public static bool IsDistances(ReadOnlySpan<double> numbers, int rows, int width)
    {
        if (rows != width || rows < 3)
        {
            return false;
        }

        for (int i = 0; i < rows; i++)
        {
            if (numbers[(i * width) + i] != 0)
            {
                return false;
            }

            for (int j = 0; j < i; j++)
            {
                double below = numbers[(i * width) + j];
                if (!(below > 0 || double.IsNaN(below)) || !Same(below, numbers[(j * width) + i]))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>The lower triangle of a square symmetric matrix with a zero diagonal; a missing diagonal passes for zero. O(n²).</summary>
    /// <param name="numbers">Row-major.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="lower">Row by row without the diagonal.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? Triangle(ReadOnlySpan<double> numbers, int rows, int width, out double[] lower)
    {
        lower = [];
        if (rows != width)
        {
            return $"a matrix of {rows} x {width} numbers is no distance matrix: it is not square";
        }

        lower = new double[(long)rows * (rows - 1) / 2];
        int next = 0;
        for (int i = 0; i < rows; i++)
        {
            double diagonal = numbers[(i * width) + i];
            if (diagonal != 0 && !double.IsNaN(diagonal))
            {
                return $"the distance of point {i} to itself is {diagonal}, not 0";
            }

            for (int j = 0; j < i; j++)
            {
                double below = numbers[(i * width) + j];
                if (!Same(below, numbers[(j * width) + i]))
                {
                    return $"the distances of points {i} and {j} differ: the matrix is not symmetric";
                }

                lower[next++] = below;
            }
        }

        return null;
    }

    /// <summary>Equal, or as equal as two sums of the same numbers in another order.</summary>
    private static bool Same(double a, double b) =>
        a.Equals(b) || Math.Abs(a - b) <= 1e-9 * Math.Max(Math.Abs(a), Math.Abs(b));
}
