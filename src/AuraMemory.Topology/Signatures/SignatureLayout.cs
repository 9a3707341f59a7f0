namespace AuraMemory.Topology.Signatures;

/// <summary>One block of a signature: the sorted values of one map of one diagram.</summary>
/// <param name="Dimension">Homology dimension, 0 to 2.</param>
/// <param name="Center">Where the map is zero along the diagonal; NaN = the half-persistence, which has no such place.</param>
/// <param name="Start">First number of the block.</param>
/// <param name="Positives">Numbers for the largest positive values, falling.</param>
/// <param name="Negatives">Numbers for the largest negative values, by rising absolute value from the end; 0 for the half-persistence.</param>
/// <param name="HasTail">True when one more number follows: the sum of what was cut off, of both signs.</param>
public readonly record struct SignatureBlock(int Dimension, double Center, int Start, int Positives, int Negatives, bool HasTail)
{
    /// <summary>Numbers of the block.</summary>
    public int Length => Positives + Negatives + (HasTail ? 1 : 0);
}

/// <summary>How the numbers of a signature are divided among homology dimensions and maps. Only signatures of equal layouts are comparable.</summary>
/// <remarks>
/// <para>
/// A layout follows from its length and from whether homology above dimension 0 is in use, so that nothing but these need be stored.
/// Where only components are in use (series), all numbers are theirs; else 3/8 go to components, 1/2 to loops, 1/8 to voids, whether
/// or not voids were computed, so that objects with and without them stay comparable.
/// </para>
/// <para>
/// The share of a dimension is divided into blocks of about 16 numbers: the first for the half-persistence, the others for location
/// maps at the centers 0, 1, -1, 1/2, -1/2, 2, -2 (at most eight blocks; long shares have longer ones): units of the filtration, suited to values of order 1. Any centers give valid bounds.
/// </para>
/// </remarks>
public sealed class SignatureLayout
{
    /// <summary>Fewest numbers of a signature.</summary>
    public const int Shortest = 8;

    /// <summary>Most numbers of a signature.</summary>
    public const int Longest = 4096;

    private const int BlockLength = 16;
    private const int MostBlocks = 8;

    private readonly SignatureBlock[] _blocks;

    /// <summary>Makes a layout.</summary>
    /// <param name="length">Numbers of a signature, 8 to 4096.</param>
    /// <param name="componentsOnly">True where no homology above dimension 0 is in use.</param>
    public SignatureLayout(int length, bool componentsOnly)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, Shortest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Longest);
        Length = length;
        ComponentsOnly = componentsOnly;
        var blocks = new List<SignatureBlock>();
        if (componentsOnly)
        {
            Divide(blocks, 0, 0, length);
        }
        else
        {
            int components = length * 3 / 8;
            int voids = length / 8;
            Divide(blocks, 0, 0, components);
            Divide(blocks, 1, components, length - components - voids);
            Divide(blocks, 2, length - voids, voids);
        }

        _blocks = [.. blocks];
    }

    /// <summary>Numbers of a signature.</summary>
    public int Length { get; }

    /// <summary>True where no homology above dimension 0 is in use.</summary>
    public bool ComponentsOnly { get; }

    /// <summary>The blocks, in order; together they are the whole signature.</summary>
    public ReadOnlySpan<SignatureBlock> Blocks => _blocks;

    private static void Divide(List<SignatureBlock> blocks, int dimension, int start, int length)
    {
        int count = Math.Clamp(length / BlockLength, 1, MostBlocks);
        for (int k = 0; k < count; k++)
        {
            int end = start + (int)((long)length * (k + 1) / count);
            int from = start + (int)((long)length * k / count);
            bool tail = end - from >= 4;
            int values = end - from - (tail ? 1 : 0);
            int negatives = k == 0 ? 0 : values / 2;
            blocks.Add(new SignatureBlock(dimension, Center(k), from, values - negatives, negatives, tail));
        }
    }

    private static double Center(int block) => block switch
    {
        0 => double.NaN,
        1 => 0,
        2 => 1,
        3 => -1,
        4 => 0.5,
        5 => -0.5,
        6 => 2,
        _ => -2,
    };
}
