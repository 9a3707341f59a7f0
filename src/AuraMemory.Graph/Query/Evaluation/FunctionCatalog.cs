using System.Collections.Frozen;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>The functions and aggregations of the language, by name without regard to case.</summary>
public static class FunctionCatalog
{
    private static readonly FrozenDictionary<string, FunctionDefinition> ByName =
        new[] { EntityFunctions.All, ConversionFunctions.All, ListFunctions.All, MathFunctions.All, TextFunctions.All, TemporalFunctions.All }
            .SelectMany(f => f).ToFrozenDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, AggregationDefinition> ByAggregationName =
        Aggregations.All.ToFrozenDictionary(a => a.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of all functions and aggregations, in order.</summary>
    public static IEnumerable<string> Names =>
        ByName.Values.Select(f => f.Name).Concat(ByAggregationName.Values.Select(a => a.Name)).Order(StringComparer.OrdinalIgnoreCase);

    /// <summary>A function that is no aggregation; null when there is none of this name.</summary>
    public static FunctionDefinition? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>An aggregation; null when there is none of this name.</summary>
    public static AggregationDefinition? FindAggregation(string name) => ByAggregationName.GetValueOrDefault(name);
}
