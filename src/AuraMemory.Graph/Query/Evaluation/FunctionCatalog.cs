using System.Collections.Frozen;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>The functions and aggregations of the language, by name without regard to case.</summary>
public static class FunctionCatalog
{
    private static readonly FrozenDictionary<string, FunctionDefinition> _functions =
        new[] { EntityFunctions.All, ConversionFunctions.All, ListFunctions.All, MathFunctions.All, TextFunctions.All, TemporalFunctions.All }
            .SelectMany(f => f).ToFrozenDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, AggregationDefinition> _aggregations =
        Aggregations.All.ToFrozenDictionary(a => a.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of all functions and aggregations, in order.</summary>
    public static IEnumerable<string> Names =>
        _functions.Values.Select(f => f.Name).Concat(_aggregations.Values.Select(a => a.Name)).Order(StringComparer.OrdinalIgnoreCase);

    /// <summary>A function that is no aggregation; null when there is none of this name.</summary>
    public static FunctionDefinition? Find(string name) => _functions.GetValueOrDefault(name);

    /// <summary>An aggregation; null when there is none of this name.</summary>
    public static AggregationDefinition? FindAggregation(string name) => _aggregations.GetValueOrDefault(name);
}
