using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Values;

/// <summary>Bounds of what lists and maps hold, kept in each of them: a query can nest lists without end or share one many times over, and
/// whatever then walks them (comparison, hashing, writing) would overflow the stack or not come to an end.</summary>
internal static class NestedSize
{
    /// <summary>Levels at most.</summary>
    public const int Deepest = 600;

    /// <summary>Values at most, all levels together, shared ones counted as often as they are met.</summary>
    public const long Largest = 1 << 26;

    private const int DepthShift = 48;
    private const long SizeMask = (1L << DepthShift) - 1;

    /// <summary>Depth and size of a list or map of these values, packed.</summary>
    /// <exception cref="CypherException">One of them is beyond the bound.</exception>
    public static long Of(ReadOnlySpan<Value> values)
    {
        long depth = 0;
        long size = values.Length;
        foreach (Value value in values)
        {
            long nesting = value.Nesting;
            depth = Math.Max(depth, nesting >> DepthShift);
            size += nesting & SizeMask;
        }

        return depth + 1 <= Deepest && size <= Largest
            ? ((depth + 1) << DepthShift) | size
            : throw CypherException.Runtime(
                "LimitExceeded", "Memory", $"A list or map may be {Deepest} levels deep and hold {Largest} values in all.", TextPosition.None);
    }
}
