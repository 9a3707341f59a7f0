using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Planning;

/// <summary>The meaning of a <c>MATCH</c>, in the order it is written and nothing clever: every assignment is tried.</summary>
internal sealed class NaiveMatch(GraphView graph, IReadOnlyList<PathPattern> paths)
{
    private const int MostSteps = 300_000;
    private readonly Dictionary<string, Value> _bound = [];
    private readonly HashSet<int> _used = [];
    private readonly List<Dictionary<string, Value>> _found = [];
    private int _steps;

    /// <summary>All assignments of the named variables; null when there is too much to try.</summary>
    public static List<Dictionary<string, Value>>? Run(GraphView graph, IReadOnlyList<PathPattern> paths)
    {
        var naive = new NaiveMatch(graph, paths);
        naive.Path(0);
        return naive._steps <= MostSteps ? naive._found : null;
    }

    private void Path(int path)
    {
        if (path == paths.Count)
        {
            _found.Add(new Dictionary<string, Value>(_bound));
            return;
        }

        for (int node = 0; node < graph.NodeNumbers; node++)
        {
            int start = node;
            Node(paths[path].Nodes[0], start, () => Rest(path, 0, start));
        }
    }

    private void Rest(int path, int step, int at)
    {
        PathPattern pattern = paths[path];
        if (step == pattern.Relationships.Count)
        {
            Path(path + 1);
            return;
        }

        RelationshipPattern edge = pattern.Relationships[step];
        long least = edge.Range is null ? 1 : edge.Range.Minimum ?? 1;
        long most = edge.Range is null ? 1 : edge.Range.Maximum ?? long.MaxValue;
        Hop([], at);

        void Hop(List<Value> walked, int node)
        {
            if (walked.Count >= least)
            {
                Value value = edge.Range is null ? walked[0] : Value.Of(walked.ToArray());
                Bind(edge.Variable, value, () => Node(pattern.Nodes[step + 1], node, () => Rest(path, step + 1, node)));
            }

            for (int r = 0; r < graph.RelationshipNumbers && walked.Count < most && _steps <= MostSteps; r++)
            {
                _steps++;
                if (!_used.Contains(r) && Next(edge, r, node) is { } other)
                {
                    _used.Add(r);
                    Hop([.. walked, Value.OfRelationship(r)], other);
                    _used.Remove(r);
                }
            }
        }
    }

    private int? Next(RelationshipPattern edge, int relationship, int node)
    {
        if ((edge.Types is not null && !Fits(edge.Types, [graph.Types.Name(graph.TypeOf(relationship))]))
            || !Properties(edge.Properties, k => graph.RelationshipProperty(relationship, k)))
        {
            return null;
        }

        return edge.Direction != Direction.Incoming && graph.SourceOf(relationship) == node ? graph.TargetOf(relationship)
            : edge.Direction != Direction.Outgoing && graph.TargetOf(relationship) == node ? graph.SourceOf(relationship)
            : null;
    }

    private void Node(NodePattern pattern, int node, Action then)
    {
        string[] labels = Array.ConvertAll(graph.LabelsOf(node).ToArray(), graph.Labels.Name);
        if ((pattern.Labels is null || Fits(pattern.Labels, labels)) && Properties(pattern.Properties, k => graph.NodeProperty(node, k)))
        {
            Bind(pattern.Variable, Value.OfNode(node), then);
        }
    }

    private void Bind(string? name, Value value, Action then)
    {
        if (name is null)
        {
            then();
        }
        else if (_bound.TryGetValue(name, out Value known))
        {
            if (known.Node == value.Node)
            {
                then();
            }
        }
        else
        {
            _bound[name] = value;
            then();
            _bound.Remove(name);
        }
    }

    private static bool Fits(LabelExpression labels, string[] names) => labels switch
    {
        LabelName one => names.Contains(one.Name),
        LabelOr either => Fits(either.Left, names) || Fits(either.Right, names),
        _ => false,
    };

    private bool Properties(Expression? properties, Func<int, Value> property) =>
        properties is not MapLiteral map || map.Entries.All(e =>
            graph.Keys.Find(e.Key) is >= 0 and int key && property(key) is { Kind: ValueKind.Integer } has && has.Integer == ((Literal)e.Value).Value.Integer);
}
