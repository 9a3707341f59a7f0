using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Procedures;

/// <summary>Procedures that every graph has: what names it knows, and what answers the query. Others are looked for in another catalogue.</summary>
internal sealed class BuiltInProcedures : IProcedureCatalog
{
    private readonly IProcedureCatalog _others;
    private readonly Dictionary<string, IProcedure> _own = new(StringComparer.Ordinal);

    /// <summary>The built-in ones before others.</summary>
    public BuiltInProcedures(IProcedureCatalog others)
    {
        _others = others;
        Add(new NamesProcedure("db.labels", "label", static g => Used(g.Labels, g.CountNodes)));
        Add(new NamesProcedure("db.relationshipTypes", "relationshipType", static g => Used(g.Types, g.CountRelationships)));
        Add(new NamesProcedure("db.propertyKeys", "propertyKey", static g => Used(g.Keys, static _ => 1)));
        Add(new ComponentsProcedure());
    }

    /// <inheritdoc/>
    public IEnumerable<string> Names => _own.Keys.Concat(_others.Names);

    /// <inheritdoc/>
    public IProcedure? Find(string name) => _own.GetValueOrDefault(name) ?? _others.Find(name);

    private static IEnumerable<string> Used(TokenTable names, Func<int, long> count)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (count(i) > 0)
            {
                yield return names.Name(i);
            }
        }
    }

    private void Add(IProcedure procedure) => _own.Add(procedure.Name, procedure);

    private sealed class NamesProcedure(string name, string column, Func<GraphView, IEnumerable<string>> names) : IProcedure
    {
        public string Name => name;

        public IReadOnlyList<ProcedureField> Arguments => [];

        public IReadOnlyList<ProcedureField> Results { get; } = [new ProcedureField(column, "STRING")];

        public IEnumerable<Value[]> Call(QueryContext context, Value[] arguments) => names(context.Graph).Select(static n => new[] { Value.Of(n) });
    }

    private sealed class ComponentsProcedure : IProcedure
    {
        public string Name => "dbms.components";

        public IReadOnlyList<ProcedureField> Arguments => [];

        public IReadOnlyList<ProcedureField> Results { get; } =
            [new ProcedureField("name", "STRING"), new ProcedureField("versions", "LIST"), new ProcedureField("edition", "STRING")];

        public IEnumerable<Value[]> Call(QueryContext context, Value[] arguments)
        {
            string version = typeof(BuiltInProcedures).Assembly.GetName().Version?.ToString(3) ?? "0";
            return [[Value.Of("AURA Memory Tiers Graph"), Value.Of(new[] { Value.Of(version) }), Value.Of("embedded")]];
        }
    }
}
