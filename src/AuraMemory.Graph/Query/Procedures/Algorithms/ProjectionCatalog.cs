using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Procedures.Algorithms;

/// <summary>Projections under names, for the graph argument of algorithms: definitions, not copies, so a named graph shows the graph as it is when an algorithm runs.</summary>
/// <remarks>Any thread. At most <see cref="Capacity"/> names.</remarks>
public sealed class ProjectionCatalog
{
    /// <summary>Most names.</summary>
    public const int Capacity = 256;

    private static readonly string[] MapKeys =
        ["labels", "nodeLabels", "types", "relationshipTypes", "orientation", "weight", "relationshipWeightProperty", "defaultWeight"];

    private readonly Lock _sync = new();
    private readonly SortedDictionary<string, GraphProjection> _byName = new(StringComparer.Ordinal);

    /// <summary>Names and definitions, in the order of names.</summary>
    public IReadOnlyList<(string Name, GraphProjection Projection)> List()
    {
        lock (_sync)
        {
            return [.. _byName.Select(entry => (entry.Key, entry.Value))];
        }
    }

    /// <summary>The definition of a name; null when there is none.</summary>
    public GraphProjection? Find(string name)
    {
        lock (_sync)
        {
            return _byName.GetValueOrDefault(name);
        }
    }

    /// <summary>Puts a definition down.</summary>
    /// <returns>False when the name is taken or there are too many.</returns>
    public bool TryAdd(string name, GraphProjection projection)
    {
        lock (_sync)
        {
            return _byName.Count < Capacity && _byName.TryAdd(name, projection);
        }
    }

    /// <summary>Forgets a name.</summary>
    public bool Remove(string name)
    {
        lock (_sync)
        {
            return _byName.Remove(name);
        }
    }

    /// <summary>What a graph argument means: a name, '*', or a map of labels, types, orientation and weight.</summary>
    /// <param name="procedure">Name of the procedure, for messages.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="orientation">Orientation where the argument names none.</param>
    internal GraphProjection Resolve(string procedure, Value argument, Orientation orientation)
    {
        if (argument.Kind == ValueKind.Map)
        {
            return FromMap(procedure, argument.Map, orientation);
        }

        if (argument.Kind == ValueKind.String)
        {
            return argument.Text == "*"
                ? new GraphProjection { Orientation = orientation }
                : Find(argument.Text) ?? throw new ProcedureSettings(procedure, MapValue.Empty, [])
                    .Wrong($"knows no graph '{argument.Text}': name one made by gds.graph.project, or give '*' or a map of labels, types and orientation");
        }

        throw new ProcedureSettings(procedure, MapValue.Empty, []).Wrong("needs a graph's name, '*' or a map as its first argument");
    }

    /// <summary>A projection from a map.</summary>
    internal static GraphProjection FromMap(string procedure, MapValue map, Orientation orientation)
    {
        var settings = new ProcedureSettings(procedure, map, MapKeys);
        return new GraphProjection
        {
            Labels = [.. settings.Texts("labels"), .. settings.Texts("nodeLabels")],
            Types = [.. settings.Texts("types"), .. settings.Texts("relationshipTypes")],
            Orientation = ParseOrientation(settings, settings.Text("orientation"), orientation),
            WeightProperty = settings.Text("weight") ?? settings.Text("relationshipWeightProperty"),
            DefaultWeight = settings.Number("defaultWeight", 1, double.MinValue, double.MaxValue),
        };
    }

    /// <summary>An orientation by its name.</summary>
    internal static Orientation ParseOrientation(ProcedureSettings settings, string? name, Orientation other) => name?.ToUpperInvariant() switch
    {
        null => other,
        "NATURAL" => Orientation.Natural,
        "REVERSE" => Orientation.Reverse,
        "UNDIRECTED" => Orientation.Undirected,
        _ => throw settings.Wrong("knows the orientations NATURAL, REVERSE and UNDIRECTED"),
    };
}
