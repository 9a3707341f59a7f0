namespace AuraMemory.Topology.Inputs;

/// <summary>The check that every input makes: numbers are finite, so that comparisons order them.</summary>
internal static class Finite
{
    /// <summary>Throws when a number is NaN or infinite; names the first.</summary>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public static void Require(ReadOnlySpan<double> values, string name)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                throw new ArgumentException($"Number {i} is {values[i]}; every number must be finite.", name);
            }
        }
    }
}
