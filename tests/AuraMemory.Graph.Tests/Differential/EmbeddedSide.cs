using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Procedures;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Differential;

/// <summary>The embedded graph as one side of a comparison.</summary>
internal sealed class EmbeddedSide(GraphView graph)
{
    private readonly CypherEngine _engine = new(new NoProcedures());

    /// <summary>Answers a query.</summary>
    public Answer Ask(string query, MapValue parameters)
    {
        try
        {
            QueryResult result = _engine.Run(query, new QueryContext(graph, parameters, QueryLimits.Default, TimeProvider.System, 1, CancellationToken.None));
            return new Answer(result.Columns, [.. result.Rows.Select(r => string.Join(" | ", r.Select(v => SharedForm.Of(v, graph))))], null);
        }
        catch (CypherException e)
        {
            return Answer.Refused(Refusal.Of(e));
        }
    }

    /// <summary>A value as it travels to the other side.</summary>
    public static object? Travelling(Value value) => value.Kind switch
    {
        ValueKind.Null => null,
        ValueKind.Boolean => value.Boolean,
        ValueKind.Integer => value.Integer,
        ValueKind.Float => value.Float,
        ValueKind.String => value.Text,
        ValueKind.List => value.List.Select(Travelling).ToList(),
        ValueKind.Map => Travelling(value.Map),
        _ => value.Temporal,
    };

    /// <summary>Parameters as they travel to the other side.</summary>
    public static Dictionary<string, object?> Travelling(MapValue map)
    {
        var entries = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (int i = 0; i < map.Count; i++)
        {
            entries[map.Keys[i]] = Travelling(map.Values[i]);
        }

        return entries;
    }

    private sealed class NoProcedures : IProcedureCatalog
    {
        public IEnumerable<string> Names => [];

        public IProcedure? Find(string name) => null;
    }
}
