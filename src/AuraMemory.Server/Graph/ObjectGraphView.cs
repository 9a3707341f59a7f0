using System.Text;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Shapes;

namespace AuraMemory.Server.Graph;

/// <summary>The store as a graph, for one query: relationships from a snapshot, objects and their properties from the store as they are read.</summary>
/// <remarks>
/// <para>Objects without relationships get a number above the snapshot's when the query meets them, by a scan or by their key.</para>
/// <para>Properties are live: <c>tier</c> and <c>access_count</c> may change while the query runs. What was read of the last objects is kept, so that
/// the properties of one object within one row are of one moment. <c>data</c> and <c>metadata</c> are read when an expression asks for them by
/// name; they are not among <c>properties(n)</c>, which would read every object that a query returns.</para>
/// </remarks>
internal sealed class ObjectGraphView : GraphView, IDisposable
{
    private const int ScanPage = 1000;
    private const int Remembered = 64;
    private static readonly int[] OnlyLabel = [0];
    private readonly ObjectGraph _graph;
    private readonly GraphView _inner;
    private readonly IObjectStore _store;
    private readonly IShapeService _shapes;
    private readonly GraphScores _scores;
    private readonly GraphPropertyNames _names;
    private readonly ObjectDocuments _documents;
    private readonly List<string> _made = [];
    private readonly Dictionary<string, int> _madeByKey = new(StringComparer.Ordinal);
    private readonly List<ScanState> _scans = [];
    private readonly Described[] _described = new Described[Remembered];
    private readonly int _label;
    private long _count = -1;

    /// <param name="graph">The graph of relationships.</param>
    /// <param name="store">The store.</param>
    /// <param name="shapes">Betti numbers come from here.</param>
    /// <param name="scores">Importance and community come from here.</param>
    /// <param name="dataLimit">Bytes of <c>data</c> and <c>metadata</c> that the query may read in all.</param>
    public ObjectGraphView(ObjectGraph graph, IObjectStore store, IShapeService shapes, GraphScores scores, long dataLimit)
    {
        _graph = graph;
        _inner = graph.Snapshot();
        _store = store;
        _shapes = shapes;
        _scores = scores;
        _documents = new ObjectDocuments(store, dataLimit);
        _names = new GraphPropertyNames(_inner.Keys);
        _label = _inner.Labels.Intern(ObjectGraph.Label);
    }

    public override TokenTable Labels => _inner.Labels;

    public override TokenTable Types => _inner.Types;

    public override TokenTable Keys => _inner.Keys;

    public override long NodeCount => _count >= 0 ? _count : _count = _store.Report().DistinctObjects;

    public override long RelationshipCount => _inner.RelationshipCount;

    public override int NodeNumbers => _inner.NodeNumbers + _made.Count;

    public override int RelationshipNumbers => _inner.RelationshipNumbers;

    public override IReadOnlyCollection<string> DocumentKeys => GraphPropertyNames.Documents;

    public override IGraphStatistics? Statistics => _inner.Statistics;

    public override GraphView Connected => _inner;

    public override long RelationshipEdits => _inner.RelationshipEdits;

    public void Dispose() => _documents.Dispose();

    public override long CountNodes(int label) => label == _label || label < 0 ? NodeCount : 0;

    public override long CountRelationships(int type) => _inner.CountRelationships(type);

    public override int Scan(int label, ref long position, Span<int> into)
    {
        if (label >= 0 && label != _label)
        {
            return 0;
        }

        if (position == 0)
        {
            _scans.Add(new ScanState());
            position = _scans.Count;
        }

        ScanState scan = _scans[(int)position - 1];
        int count = 0;
        while (count < into.Length)
        {
            if (scan.At < scan.Items.Count)
            {
                into[count++] = NumberOf(scan.Items[scan.At++].Key);
                continue;
            }

            if (scan.Ended)
            {
                break;
            }

            ListingPage page = _store.List("", null, scan.After, ScanPage);
            ObjectDocuments.Require(page.Status);
            (scan.Items, scan.At, scan.After, scan.Ended) = (page.Items, 0, page.Next, page.Next is null);
        }

        return count;
    }

    public override bool HasIndex(int label, int key) => key == _names.Key && (label < 0 || label == _label);

    public override bool TrySeek(int label, int key, Value value, List<int> into)
    {
        if (!HasIndex(label, key))
        {
            return false;
        }

        if (value.Kind == ValueKind.String && ObjectKey.IsValid(Encoding.UTF8.GetBytes(value.Text)))
        {
            ReadStatus status = _store.Describe(Encoding.UTF8.GetBytes(value.Text), out _, out _, out _);
            if (status == ReadStatus.Found)
            {
                into.Add(NumberOf(value.Text));
            }
            else if (status != ReadStatus.NotFound)
            {
                ObjectDocuments.Require(status);
            }
        }

        return true;
    }

    public override ReadOnlySpan<int> LabelsOf(int node) => node < _inner.NodeNumbers ? _inner.LabelsOf(node) : OnlyLabel;

    public override Value NodeProperty(int node, int key)
    {
        string text = KeyOf(node);
        if (key == _names.Key)
        {
            return Value.Of(text);
        }

        if (key == _names.Data || key == _names.Metadata)
        {
            return _documents.Read(text, metadata: key == _names.Metadata);
        }

        if (key == _names.Betti)
        {
            return Betti(text);
        }

        if (key == _names.PageRank || key == _names.Community)
        {
            return node < _inner.NodeNumbers && _scores.Find(node, text) is { } scores
                ? key == _names.PageRank ? Value.Of(scores.PageRank) : Value.Of(scores.Community)
                : Value.Null;
        }

        if (!_names.IsDescribed(key))
        {
            return Value.Null;
        }

        Described described = Describe(node, text);
        return !described.Exists ? Value.Null
            : key == _names.Tier ? Value.Of(Names.Tiers[(int)described.Tier])
            : key == _names.SizeBytes ? Value.Of((long)described.DataBytes)
            : key == _names.Version ? Value.Of(described.Header.Version)
            : key == _names.AccessCount ? Value.Of(described.AccessCount)
            : key == _names.CreatedAt ? Time(text, created: true)
            : key == _names.UpdatedAt ? Time(text, created: false)
            : described.Header.ExpiresAtMs == 0 ? Value.Null : Moments.OfMilliseconds(described.Header.ExpiresAtMs);
    }

    public override MapValue NodeProperties(int node)
    {
        var keys = new List<string>();
        var values = new List<Value>();
        foreach (int key in _names.Listed)
        {
            Value value = NodeProperty(node, key);
            if (!value.IsNull)
            {
                keys.Add(Keys.Name(key));
                values.Add(value);
            }
        }

        return new MapValue([.. keys], [.. values]);
    }

    public override Adjacency Neighbours(int node, Direction direction, int type) =>
        node < _inner.NodeNumbers ? _inner.Neighbours(node, direction, type) : default;

    public override int Degree(int node, Direction direction, int type) => node < _inner.NodeNumbers ? _inner.Degree(node, direction, type) : 0;

    public override int TypeOf(int relationship) => _inner.TypeOf(relationship);

    public override int SourceOf(int relationship) => _inner.SourceOf(relationship);

    public override int TargetOf(int relationship) => _inner.TargetOf(relationship);

    public override Value RelationshipProperty(int relationship, int key) => _inner.RelationshipProperty(relationship, key);

    public override MapValue RelationshipProperties(int relationship) => _inner.RelationshipProperties(relationship);

    public override string ElementId(int node) => KeyOf(node);

    /// <summary>Key of a node.</summary>
    public string KeyOf(int node) => node < _inner.NodeNumbers ? _graph.KeyOf(node) : _made[node - _inner.NodeNumbers];

    private int NumberOf(string key)
    {
        if (_graph.TryFind(key, _inner, out int node) || _madeByKey.TryGetValue(key, out node))
        {
            return node;
        }

        node = _inner.NodeNumbers + _made.Count;
        _made.Add(key);
        _madeByKey[key] = node;
        return node;
    }

    private Described Describe(int node, string key)
    {
        ref Described slot = ref _described[node % Remembered];
        if (slot.Key is not null && slot.Node == node)
        {
            return slot;
        }

        ReadStatus status = _store.Describe(Encoding.ASCII.GetBytes(key), out ObjectHeader header, out int bytes, out TierId tier);
        if (status is not ReadStatus.Found and not ReadStatus.NotFound)
        {
            ObjectDocuments.Require(status);
        }

        slot = new Described
        {
            Key = key,
            Node = node,
            Exists = status == ReadStatus.Found,
            Header = header,
            DataBytes = bytes,
            Tier = tier,
            AccessCount = status == ReadStatus.Found ? _store.AccessCount(Encoding.ASCII.GetBytes(key)) : 0,
        };
        return slot;
    }

    private Value Time(string key, bool created)
    {
        ReadStatus status = _store.Times(Encoding.ASCII.GetBytes(key), out uint createdSeconds, out uint storedSeconds);
        if (status is not ReadStatus.Found and not ReadStatus.NotFound)
        {
            ObjectDocuments.Require(status);
        }

        uint seconds = created ? createdSeconds : storedSeconds;
        return seconds == 0 ? Value.Null : Moments.OfSeconds(seconds);
    }

    private Value Betti(string key)
    {
        ShapeLookup found = _shapes.Find(Encoding.ASCII.GetBytes(key));
        if (found.Analysis is not { } analysis)
        {
            return Value.Null;
        }

        (int b0, int b1, int b2) = analysis.BettiNumbers(_store.Options.PersistenceThreshold);
        return Value.Of([Value.Of((long)b0), Value.Of((long)b1), Value.Of((long)b2)]);
    }

    private struct Described
    {
        public string? Key;
        public int Node;
        public bool Exists;
        public ObjectHeader Header;
        public int DataBytes;
        public TierId Tier;
        public long AccessCount;
    }

    private sealed class ScanState
    {
        public IReadOnlyList<ObjectListing> Items = [];
        public int At;
        public string? After;
        public bool Ended;
    }
}
