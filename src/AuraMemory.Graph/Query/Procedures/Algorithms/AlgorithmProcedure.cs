using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Procedures.Algorithms;

/// <summary>One call of an algorithm.</summary>
/// <param name="Context">The run.</param>
/// <param name="Graph">The projected graph.</param>
/// <param name="Projection">What it was projected by.</param>
/// <param name="Settings">The configuration.</param>
/// <param name="Cancellation">Ends with the query.</param>
internal sealed record AlgorithmCall(
    QueryContext Context, AlgorithmGraph Graph, GraphProjection Projection, ProcedureSettings Settings, CancellationToken Cancellation)
{
    /// <summary>Number in the projected graph of a node that was given as a node or as its number.</summary>
    public int Node(Value value, string name)
    {
        int node = value.Kind switch
        {
            ValueKind.Node => value.Node,
            ValueKind.Integer when value.Integer is >= 0 and <= int.MaxValue => (int)value.Integer,
            _ => throw Settings.Wrong($"needs a node or its number as '{name}'"),
        };
        int index = Graph.IndexOf(node);
        return index >= 0 ? index : throw Settings.Wrong($"was given a node as '{name}' that is not part of the projected graph");
    }

    /// <summary>Numbers of one node or a list of nodes; empty when nothing is given.</summary>
    public int[] Nodes(string name)
    {
        Value value = Settings.Map[name];
        return value.IsNull ? [] : value.Kind == ValueKind.List ? [.. value.List.Select(each => Node(each, name))] : [Node(value, name)];
    }

    /// <summary>The number of a node as the language sees it.</summary>
    public Value Id(int index) => Value.Of((long)Graph.NodeAt(index));

    /// <summary>A node.</summary>
    public Value NodeValue(int index) => Value.OfNode(Graph.NodeAt(index));
}

/// <summary>Runs an algorithm and gives its rows.</summary>
internal delegate IEnumerable<Value[]> AlgorithmBody(AlgorithmCall call);

/// <summary>A graph algorithm as a procedure: resolves the graph argument, projects, charges memory, and stops at the query's limits.</summary>
internal sealed class AlgorithmProcedure : IProcedure
{
    private const int BytesEachNode = 96;
    private const int BytesEachEntry = 16;

    private static readonly string[] CommonSettings =
        ["nodeLabels", "relationshipTypes", "relationshipWeightProperty", "concurrency", "logProgress", "jobId", "sudo"];

    private readonly ProjectionCatalog _projections;
    private readonly string[] _settings;
    private readonly Orientation _orientation;
    private readonly AlgorithmBody _body;

    /// <summary>A procedure.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="projections">Named graphs.</param>
    /// <param name="orientation">Orientation where the call names none.</param>
    /// <param name="settings">Names of settings beside those that all have.</param>
    /// <param name="results">What its rows have.</param>
    /// <param name="body">The algorithm.</param>
    public AlgorithmProcedure(
        string name, ProjectionCatalog projections, Orientation orientation, string[] settings, ProcedureField[] results, AlgorithmBody body)
    {
        Name = name;
        Results = results;
        _projections = projections;
        _orientation = orientation;
        _settings = [.. settings, .. CommonSettings];
        _body = body;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ProcedureField> Arguments { get; } =
        [new("graph", "ANY", Value.Of("*")), new("configuration", "MAP", Value.Of(MapValue.Empty))];

    /// <inheritdoc/>
    public IReadOnlyList<ProcedureField> Results { get; }

    /// <inheritdoc/>
    public IEnumerable<Value[]> Call(QueryContext context, Value[] arguments)
    {
        var settings = new ProcedureSettings(Name, arguments[1].Kind == ValueKind.Map ? arguments[1].Map : MapValue.Empty, _settings);
        GraphProjection projection = _projections.Resolve(Name, arguments[0], _orientation);
        projection = projection with
        {
            Labels = settings.Texts("nodeLabels") is { Count: > 0 } labels ? labels : projection.Labels,
            Types = settings.Texts("relationshipTypes") is { Count: > 0 } types ? types : projection.Types,
            WeightProperty = settings.Text("relationshipWeightProperty") ?? projection.WeightProperty,
        };
        long bytes = (context.Graph.NodeCount * BytesEachNode) + (context.Graph.RelationshipCount * BytesEachEntry);
        context.Charge(bytes);
        using CancellationTokenSource limits = context.LinkedToLimits();
        try
        {
            AlgorithmGraph graph = Guarded(context, () => AlgorithmGraph.Project(context.Graph, projection, limits.Token));
            context.NodesVisited += graph.Count;
            context.RelationshipsTraversed += graph.Entries;
            var call = new AlgorithmCall(context, graph, projection, settings, limits.Token);
            using IEnumerator<Value[]> rows = Guarded(context, () => _body(call).GetEnumerator());
            while (Guarded(context, rows.MoveNext))
            {
                yield return rows.Current;
            }
        }
        finally
        {
            context.Charge(-bytes);
        }
    }

    // A token that fell because the time is over becomes the error that says so.
    private T Guarded<T>(QueryContext context, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (OperationCanceledException)
        {
            context.CheckTime();
            throw;
        }
        catch (ArgumentException wrong)
        {
            throw CypherException.Runtime("ProcedureError", "InvalidConfiguration", $"The procedure {Name}: {wrong.Message}", Parsing.TextPosition.None);
        }
    }
}
