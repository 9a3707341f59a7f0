namespace AuraMemory.Graph.Values;

/// <summary>What a kept value is charged with.</summary>
public static class ValueSize
{
    private const int Slot = 24;
    private const int Header = 24;

    /// <summary>Estimated bytes of a value. What lists and maps hold is looked at one level deep: deeper levels were charged when they were made.</summary>
    public static long Of(Value value) => value.Kind switch
    {
        ValueKind.String => Slot + Header + (2L * value.Text.Length),
        ValueKind.List => Slot + Header + ((long)Slot * value.List.Length),
        ValueKind.Map => Slot + (2 * Header) + (32L * value.Map.Count),
        ValueKind.Path => Slot + (3 * Header) + (8L * value.Path.Length),
        >= ValueKind.Date => Slot + (2 * Header),
        _ => Slot,
    };

    /// <summary>Estimated bytes of a row.</summary>
    public static long Of(ReadOnlySpan<Value> row)
    {
        long bytes = Header;
        foreach (Value value in row)
        {
            bytes += Of(value);
        }

        return bytes;
    }
}
