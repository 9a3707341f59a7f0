using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Procedures.Algorithms;

/// <summary>All procedures for graph algorithms: those of Neo4j's Graph Data Science library that stream or give statistics, by the names used there, and <c>memory.*</c>.</summary>
public static class AlgorithmProcedures
{
    /// <summary>The procedures.</summary>
    /// <param name="projections">Named graphs; shared by those who shall see the same names.</param>
    /// <param name="time">Clock of the times that <c>.stats</c> reports.</param>
    public static IReadOnlyList<IProcedure> All(ProjectionCatalog projections, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(projections);
        ArgumentNullException.ThrowIfNull(time);
        return
        [
            .. CentralityProcedures.All(projections, time),
            .. CommunityProcedures.All(projections, time),
            .. PathProcedures.All(projections),
            .. ProjectionProcedures.All(projections, time),
            .. TopologyProcedures.All(projections),
        ];
    }

    /// <summary>Milliseconds since a time stamp.</summary>
    internal static Value Millis(TimeProvider time, long since) => Value.Of((long)time.GetElapsedTime(since).TotalMilliseconds);

    /// <summary>A map from pairs.</summary>
    internal static Value Map(params ReadOnlySpan<(string Key, Value Value)> entries)
    {
        var keys = new string[entries.Length];
        var values = new Value[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            (keys[i], values[i]) = entries[i];
        }

        return Value.Of(new MapValue(keys, values));
    }

    /// <summary>Integers as a list.</summary>
    internal static Value List(IEnumerable<int> numbers) => Value.Of([.. numbers.Select(number => Value.Of((long)number))]);

    /// <summary>Least, most, mean and percentiles of numbers.</summary>
    internal static Value Distribution(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers];
        Array.Sort(sorted);
        double sum = 0;
        foreach (double number in sorted)
        {
            sum += number;
        }

        return Map(
            ("min", At(0)), ("max", At(1)), ("mean", Value.Of(sorted.Length == 0 ? 0 : sum / sorted.Length)),
            ("p50", At(0.5)), ("p75", At(0.75)), ("p90", At(0.9)), ("p95", At(0.95)), ("p99", At(0.99)), ("p999", At(0.999)));

        Value At(double share) => Value.Of(sorted.Length == 0 ? 0 : sorted[(int)Math.Clamp(Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)]);
    }
}
