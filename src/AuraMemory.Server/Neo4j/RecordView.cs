using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;
using AuraMemory.Server.Graph;

namespace AuraMemory.Server.Neo4j;

/// <summary>Nodes and relationships that came back from a Neo4j, as a graph for the values of one answer: they have numbers here, and the documents of the objects they stand for.</summary>
/// <remarks>
/// It knows what came back and nothing else: there are no neighbours to be found, and counts are of what is here. Properties are those
/// the Neo4j gave; <c>data</c> and <c>metadata</c> of an object's node are read through the tiers when they are asked for.
/// </remarks>
/// <param name="tokens">Names of labels, types and keys, shared by all views of one engine.</param>
/// <param name="documents">Reads data and metadata; disposed with the view.</param>
internal sealed class RecordView(RecordTokens tokens, ObjectDocuments documents) : GraphView, IDisposable
{
    private readonly List<BoltNode> _nodes = [];
    private readonly List<int[]> _labels = [];
    private readonly List<Relationship> _relationships = [];
    private readonly Dictionary<string, int> _nodeNumbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _relationshipNumbers = new(StringComparer.Ordinal);

    public override TokenTable Labels => tokens.Labels;

    public override TokenTable Types => tokens.Types;

    public override TokenTable Keys => tokens.Keys;

    public override long NodeCount => 0;

    public override long RelationshipCount => 0;

    public override int NodeNumbers => _nodes.Count;

    public override int RelationshipNumbers => _relationships.Count;

    public override long RelationshipEdits => 0;

    public override IReadOnlyCollection<string> DocumentKeys => GraphPropertyNames.Documents;

    /// <summary>Identities of nodes that relationships name and no record described.</summary>
    public IEnumerable<string> Unknown => _nodes.Where(n => n.Id < 0).Select(n => n.ElementId);

    public override long CountNodes(int label) => 0;

    public override long CountRelationships(int type) => 0;

    public override int Scan(int label, ref long position, Span<int> into) => 0;

    public override bool TrySeek(int label, int key, Value value, List<int> into) => false;

    public override bool HasIndex(int label, int key) => false;

    public override ReadOnlySpan<int> LabelsOf(int node) => _labels[node];

    public override Value NodeProperty(int node, int key)
    {
        string name = Keys.Name(key);
        return name is "data" or "metadata" && KeyOf(node) is { } stored
            ? documents.Read(stored, metadata: name == "metadata")
            : Of(_nodes[node].Properties.GetValueOrDefault(name));
    }

    public override MapValue NodeProperties(int node) => Map(_nodes[node].Properties);

    public override Adjacency Neighbours(int node, Direction direction, int type) => default;

    public override int Degree(int node, Direction direction, int type) => 0;

    public override int TypeOf(int relationship) => Types.Intern(_relationships[relationship].Type);

    public override int SourceOf(int relationship) => _relationships[relationship].Start;

    public override int TargetOf(int relationship) => _relationships[relationship].End;

    public override Value RelationshipProperty(int relationship, int key) => Of(_relationships[relationship].Properties.GetValueOrDefault(Keys.Name(key)));

    public override MapValue RelationshipProperties(int relationship) => Map(_relationships[relationship].Properties);

    public override string ElementId(int node) => KeyOf(node) ?? _nodes[node].ElementId;

    public void Dispose() => documents.Dispose();

    /// <summary>Takes a node that is <see cref="Unknown"/>.</summary>
    public void Learn(BoltNode node) => NumberOf(node);

    /// <summary>The value of something that came back.</summary>
    public Value Of(object? value) => value switch
    {
        null => Value.Null,
        bool truth => Value.Of(truth),
        long integer => Value.Of(integer),
        double number => Value.Of(number),
        string text => Value.Of(text),
        TemporalValue temporal => Value.Of(temporal),
        byte[] bytes => Value.Of(Convert.ToBase64String(bytes)),
        List<object?> list => Value.Of(list.Select(Of).ToArray()),
        Dictionary<string, object?> map => Value.Of(Map(map)),
        BoltNode node => Value.OfNode(NumberOf(node)),
        BoltRelationship relationship => Value.OfRelationship(NumberOf(relationship)),
        BoltPath path => Value.Of(PathOf(path)),
        BoltPoint point => Value.Of(PointOf(point)),
        _ => Value.Of(value.ToString()),
    };

    private MapValue Map(Dictionary<string, object?> map) => new([.. map.Keys], [.. map.Values.Select(Of)]);

    private static MapValue PointOf(BoltPoint point) => point.Z is { } z
        ? new MapValue(["srid", "x", "y", "z"], [Value.Of(point.Srid), Value.Of(point.X), Value.Of(point.Y), Value.Of(z)])
        : new MapValue(["srid", "x", "y"], [Value.Of(point.Srid), Value.Of(point.X), Value.Of(point.Y)]);

    private string? KeyOf(int node) =>
        _nodes[node].Labels.Contains(ObjectGraph.Label) ? _nodes[node].Properties.GetValueOrDefault("key") as string : null;

    private int NumberOf(BoltNode node)
    {
        if (_nodeNumbers.TryGetValue(node.ElementId, out int number))
        {
            if (_nodes[number].Id < 0)
            {
                tokens.Name(node.Properties);
                (_nodes[number], _labels[number]) = (node, LabelNumbers(node));
            }

            return number;
        }

        tokens.Name(node.Properties);
        number = _nodes.Count;
        _nodes.Add(node);
        _labels.Add(LabelNumbers(node));
        _nodeNumbers[node.ElementId] = number;
        return number;
    }

    private int[] LabelNumbers(BoltNode node)
    {
        int[] labels = [.. node.Labels.Select(Labels.Intern)];
        Array.Sort(labels);
        return labels;
    }

    private int EndOf(string elementId) => NumberOf(new BoltNode(-1, [], [], elementId));

    private int NumberOf(BoltRelationship r) =>
        Add(r.ElementId, new Relationship(EndOf(r.StartElementId), EndOf(r.EndElementId), r.Type, r.Properties));

    private PathValue PathOf(BoltPath path)
    {
        int[] known = [.. path.Nodes.Select(NumberOf)];
        var nodes = new List<int> { known[0] };
        var relationships = new List<int>();
        for (int i = 0; i + 1 < path.Steps.Count; i += 2)
        {
            long step = path.Steps[i];
            (int from, int to) = (nodes[^1], known[(int)path.Steps[i + 1]]);
            BoltPathRelationship r = path.Relationships[(int)Math.Abs(step) - 1];
            relationships.Add(Add(r.ElementId, step > 0 ? new Relationship(from, to, r.Type, r.Properties) : new Relationship(to, from, r.Type, r.Properties)));
            nodes.Add(to);
        }

        return new PathValue([.. nodes], [.. relationships]);
    }

    private int Add(string elementId, Relationship relationship)
    {
        if (!_relationshipNumbers.TryGetValue(elementId, out int number))
        {
            tokens.Name(relationship.Properties);
            number = _relationships.Count;
            _relationships.Add(relationship);
            _relationshipNumbers[elementId] = number;
        }

        return number;
    }

    private sealed record Relationship(int Start, int End, string Type, Dictionary<string, object?> Properties);
}

/// <summary>Names that views of records share.</summary>
internal sealed class RecordTokens
{
    public RecordTokens() => Array.ForEach(GraphPropertyNames.Documents, name => Keys.Intern(name));

    public TokenTable Labels { get; } = new();

    public TokenTable Types { get; } = new();

    public TokenTable Keys { get; } = new();

    /// <summary>Gives names of properties numbers, without which no query finds them.</summary>
    public void Name(Dictionary<string, object?> properties)
    {
        foreach (string key in properties.Keys)
        {
            Keys.Intern(key);
        }
    }
}
