using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Procedures.Algorithms;

/// <summary>A procedure made of a delegate.</summary>
/// <param name="name">Its name.</param>
/// <param name="arguments">What it takes.</param>
/// <param name="results">What its rows have.</param>
/// <param name="body">What it does.</param>
internal sealed class SimpleProcedure(
    string name, ProcedureField[] arguments, ProcedureField[] results, Func<QueryContext, Value[], IEnumerable<Value[]>> body) : IProcedure
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public IReadOnlyList<ProcedureField> Arguments => arguments;

    /// <inheritdoc/>
    public IReadOnlyList<ProcedureField> Results => results;

    /// <inheritdoc/>
    public IEnumerable<Value[]> Call(QueryContext context, Value[] values) => body(context, values);
}

/// <summary>Graphs under names: <c>gds.graph.project</c>, <c>.drop</c>, <c>.exists</c> and <c>.list</c>.</summary>
internal static class ProjectionProcedures
{
    private const string Project = "gds.graph.project";

    private static readonly string[] WayKeys = ["type", "orientation", "properties"];

    /// <summary>The procedures.</summary>
    public static IEnumerable<IProcedure> All(ProjectionCatalog projections, TimeProvider time)
    {
        ProcedureField graphName = new("graphName", "STRING");
        yield return new SimpleProcedure(
            Project,
            [graphName, new("nodeProjection", "ANY"), new("relationshipProjection", "ANY"), new("configuration", "MAP", Value.Of(MapValue.Empty))],
            [graphName, new("nodeCount", "INTEGER"), new("relationshipCount", "INTEGER"), new("projectMillis", "INTEGER")],
            (context, arguments) => Add(projections, time, context, arguments));
        yield return new SimpleProcedure(
            "gds.graph.drop", [graphName, new("failIfMissing", "BOOLEAN", Value.True)], [graphName],
            (_, arguments) => projections.Remove(arguments[0].Text) ? [[arguments[0]]]
                : arguments[1].IsTrue ? throw Wrong($"knows no graph '{arguments[0].Text}'", "gds.graph.drop")
                : []);
        yield return new SimpleProcedure(
            "gds.graph.exists", [graphName], [graphName, new("exists", "BOOLEAN")],
            (_, arguments) => [[arguments[0], Value.Of(projections.Find(arguments[0].Text) is not null)]]);
        yield return new SimpleProcedure(
            "gds.graph.list", [], [graphName, new("configuration", "MAP")],
            (_, _) => projections.List().Select(entry => (Value[])[Value.Of(entry.Name), Describe(entry.Projection)]));
    }

    private static CypherException Wrong(string what, string procedure) => new ProcedureSettings(procedure, MapValue.Empty, []).Wrong(what);

    private static IEnumerable<Value[]> Add(ProjectionCatalog projections, TimeProvider time, QueryContext context, Value[] arguments)
    {
        long began = time.GetTimestamp();
        GraphProjection projection = Parse(arguments[1], arguments[2], arguments[3].Map);
        using CancellationTokenSource limits = context.LinkedToLimits();
        AlgorithmGraph graph;
        try
        {
            graph = AlgorithmGraph.Project(context.Graph, projection, limits.Token);
        }
        catch (OperationCanceledException)
        {
            context.CheckTime();
            throw;
        }

        if (!projections.TryAdd(arguments[0].Text, projection))
        {
            throw Wrong($"has a graph '{arguments[0].Text}' already, or {ProjectionCatalog.Capacity} others; drop one with gds.graph.drop", Project);
        }

        long relationships = projection.Orientation == Orientation.Undirected ? graph.Entries / 2 : graph.Entries;
        yield return [arguments[0], Value.Of((long)graph.Count), Value.Of(relationships), AlgorithmProcedures.Millis(time, began)];
    }

    private static GraphProjection Parse(Value nodes, Value relationships, MapValue configuration)
    {
        var settings = new ProcedureSettings(Project, configuration, ["relationshipProperties", "nodeProperties", "undirectedRelationshipTypes", "readConcurrency"]);
        IReadOnlyList<string> labels = Names(nodes, "nodeProjection");
        IReadOnlyList<string> types = Names(relationships, "relationshipProjection");
        IReadOnlyList<string> weights = settings.Texts("relationshipProperties");
        Orientation orientation = Orientation.Natural;
        string? weight = weights.Count > 0 ? weights[0] : null;
        if (relationships.Kind == ValueKind.Map)
        {
            foreach (Value way in relationships.Map.Values)
            {
                if (way.Kind == ValueKind.Map)
                {
                    var own = new ProcedureSettings(Project, way.Map, WayKeys);
                    orientation = ProjectionCatalog.ParseOrientation(own, own.Text("orientation"), orientation);
                    weight ??= own.Map["properties"].Kind == ValueKind.String ? own.Text("properties") : null;
                }
            }
        }

        if (settings.Texts("undirectedRelationshipTypes").Count > 0 || configuration["undirectedRelationshipTypes"].Kind == ValueKind.List)
        {
            orientation = Orientation.Undirected;
        }

        return new GraphProjection { Labels = labels, Types = types, Orientation = orientation, WeightProperty = weight };

        IReadOnlyList<string> Names(Value value, string name) => value.Kind switch
        {
            ValueKind.Map => [.. value.Map.Keys.ToArray().Where(key => key != "*")],
            _ => new ProcedureSettings(Project, new MapValue([name], [value]), [name]).Texts(name),
        };
    }

    private static Value Describe(GraphProjection projection) => AlgorithmProcedures.Map(
        ("labels", Value.Of([.. projection.Labels.Select(Value.Of)])),
        ("types", Value.Of([.. projection.Types.Select(Value.Of)])),
        ("orientation", Value.Of(projection.Orientation.ToString().ToUpperInvariant())),
        ("weight", Value.Of(projection.WeightProperty)));
}
