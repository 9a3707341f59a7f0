using System.Collections.Concurrent;
using System.Text;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Graph.Signatures;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Server.Graph;

/// <summary>The relationships of the store as a graph in memory: objects that have some are its nodes.</summary>
/// <remarks>
/// <para>One thing is done to it: <see cref="LookAfter"/> makes the graph at a key what the store says now. It is idempotent, so the
/// request that changed something and the follower of the change sequence may both do it, in any order. Looks happen one after the
/// other under a lock, and each reads the store inside it: a later look never shows an older state.</para>
/// <para>A relationship whose target is not stored has no edge: the target's key is awaited, and when the target arrives its look adds
/// the edges towards it. An object without edges is no node; queries resolve it from the store when they ask.</para>
/// <para>Readers take a snapshot. Numbers of nodes are given to keys once and found through <see cref="TryFind"/>; what a snapshot does
/// not have yet, or no longer, is recognised by its lack of labels there.</para>
/// <para>Signatures have what the graph leaves of its memory: when a relationship needs it, they are dropped first.</para>
/// </remarks>
internal sealed class ObjectGraph
{
    /// <summary>Label of every node.</summary>
    public const string Label = "MemoryNode";

    private const string WeightName = "weight";
    private static readonly string[] Labels = [Label];
    private readonly PropertyGraph _graph = new();
    private readonly ConcurrentDictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _awaited = new(StringComparer.Ordinal);
    private readonly Lock _writing = new();
    private readonly IObjectStore _store;
    private readonly List<RelationshipView> _found = [];
    private string?[] _keys = new string?[256];

    private readonly long _limit;
    private bool _isFull;

    /// <param name="store">The store.</param>
    /// <param name="limit">Bytes that graph and keys may take.</param>
    public ObjectGraph(IObjectStore store, long limit)
    {
        (_store, _limit) = (store, limit);
        _graph.SimilarNodes = Signatures;
    }

    /// <summary>Whether relationships are missing because there was no room for them.</summary>
    public bool IsFull => Volatile.Read(ref _isFull);

    /// <summary>Objects that are nodes.</summary>
    public int Nodes => _numbers.Count;

    /// <summary>Keys that are targets and not stored.</summary>
    public int Awaited => _awaited.Count;

    /// <summary>Signatures of its nodes, for <see cref="GraphSignatures"/> to keep up.</summary>
    public SignatureIndex Signatures { get; } = new();

    /// <summary>Bytes that graph and keys leave.</summary>
    public long Room => _limit - Bytes;

    /// <summary>Estimated bytes of graph and keys.</summary>
    public long Bytes => _graph.Bytes + (_numbers.Count * 120L) + (_awaited.Count * 120L);

    /// <summary>The graph as it is now.</summary>
    public GraphView Snapshot() => _graph.Snapshot();

    /// <summary>Key of a node of a snapshot.</summary>
    public string KeyOf(int node) => Volatile.Read(ref _keys)[node]!;

    /// <summary>Number of the node of a key, in this snapshot.</summary>
    public bool TryFind(string key, GraphView snapshot, out int node) =>
        _numbers.TryGetValue(key, out node) && node < snapshot.NodeNumbers && snapshot.LabelsOf(node).Length > 0;

    /// <summary>Whether anything is known of a key: a change of it needs a look. O(1), no allocation.</summary>
    public bool Concerns(ReadOnlySpan<byte> key)
    {
        if (_numbers.IsEmpty && _awaited.IsEmpty)
        {
            return false;
        }

        Span<char> text = stackalloc char[ObjectKey.MaxBytes + 1];
        text = text[..Encoding.ASCII.GetChars(key, text)];
        return _numbers.GetAlternateLookup<ReadOnlySpan<char>>().ContainsKey(text)
            || _awaited.GetAlternateLookup<ReadOnlySpan<char>>().ContainsKey(text);
    }

    /// <summary>Makes the graph at a key what the store says now. O(its relationships) reads of the home.</summary>
    /// <param name="key">The key.</param>
    /// <param name="mayHaveEnded">
    /// Whether an object of that key may have ended since the last look: another may be there by now, towards which no relationship goes any more.
    /// Else only what goes out from it is compared: an object that many point to is not read over for each change of its own.
    /// </param>
    /// <exception cref="IOException">The store could not be read; nothing was changed.</exception>
    public void LookAfter(ReadOnlySpan<byte> key, bool mayHaveEnded)
    {
        lock (_writing)
        {
            if (_isFull)
            {
                return;
            }

            string text = ObjectKey.ToText(key);
            ReadStatus status = _store.Describe(key, out _, out _, out _);
            if (status == ReadStatus.NotFound)
            {
                Remove(text);
                return;
            }

            Require(status);
            _found.Clear();
            Require(_store.Relationships(key, RelationshipDirection.Outgoing, int.MaxValue, _found));
            Compare(text, _found);
            if (mayHaveEnded)
            {
                _found.Clear();
                Require(_store.Relationships(key, RelationshipDirection.Incoming, int.MaxValue, _found));
                RemoveEnded(text, _found);
            }

            if (_awaited.TryRemove(text, out _))
            {
                _found.Clear();
                Require(_store.Relationships(key, RelationshipDirection.Incoming, int.MaxValue, _found));
                foreach (RelationshipView view in _found)
                {
                    if (view.Source != text && IsStored(view.Source) && !HasEdge(view))
                    {
                        Add(view);
                    }
                }
            }

            DropIfAlone(text);
        }
    }

    /// <summary>Takes a page of a listing of all relationships, when nothing is in the graph yet of their sources.</summary>
    public void Load(List<RelationshipView> page)
    {
        lock (_writing)
        {
            foreach (RelationshipView view in page)
            {
                if (!IsStored(view.Source))
                {
                    continue;
                }

                if (_isFull)
                {
                    return;
                }

                if (IsStored(view.Target))
                {
                    Add(view);
                }
                else
                {
                    _awaited[view.Target] = true;
                }
            }
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_writing)
        {
            foreach (string key in _numbers.Keys.ToArray())
            {
                Remove(key);
            }

            _awaited.Clear();
        }
    }

    private void Compare(string source, List<RelationshipView> wanted)
    {
        var missing = new Dictionary<(string Type, string Target), RelationshipView>();
        foreach (RelationshipView view in wanted)
        {
            missing[(view.Type, view.Target)] = view;
        }

        if (_numbers.TryGetValue(source, out int node))
        {
            GraphView now = _graph.Snapshot();
            foreach (int edge in now.Neighbours(node, Direction.Outgoing, -1).Relationships.ToArray())
            {
                var identity = (now.Types.Name(now.TypeOf(edge)), KeyOf(now.TargetOf(edge)));
                if (missing.TryGetValue(identity, out RelationshipView? view) && Says(now, edge, view))
                {
                    missing.Remove(identity);
                }
                else
                {
                    _graph.RemoveRelationship(edge);
                    DropIfAlone(identity.Item2);
                }
            }
        }

        foreach (RelationshipView view in missing.Values)
        {
            if (view.Target == source || IsStored(view.Target))
            {
                Add(view);
            }
            else
            {
                _awaited[view.Target] = true;
            }
        }
    }

    private void RemoveEnded(string target, List<RelationshipView> left)
    {
        if (!_numbers.TryGetValue(target, out int node))
        {
            return;
        }

        HashSet<(string Source, string Type)> stays = [.. left.Select(r => (r.Source, r.Type))];
        GraphView now = _graph.Snapshot();
        foreach (int edge in now.Neighbours(node, Direction.Incoming, -1).Relationships.ToArray())
        {
            string source = KeyOf(now.SourceOf(edge));
            if (source != target && !stays.Contains((source, now.Types.Name(now.TypeOf(edge)))))
            {
                _graph.RemoveRelationship(edge);
                DropIfAlone(source);
            }
        }
    }

    /// <summary>Whether the look of the source has added it already: the target was stored by then, and still awaited.</summary>
    private bool HasEdge(RelationshipView view)
    {
        if (!_numbers.TryGetValue(view.Source, out int source) || !_numbers.TryGetValue(view.Target, out int target))
        {
            return false;
        }

        GraphView now = _graph.Snapshot();
        int type = now.Types.Find(view.Type);
        return type >= 0 && now.Neighbours(source, Direction.Outgoing, type).Others.BinarySearch(target) >= 0;
    }

    private static bool Says(GraphView graph, int edge, RelationshipView view)
    {
        Value weight = graph.RelationshipProperty(edge, graph.Keys.Find(WeightName));
        return weight.Kind == ValueKind.Float && weight.Float.Equals(view.Weight)
            && graph.RelationshipProperties(edge).ToString() == Properties(view).ToString();
    }

    private void Add(RelationshipView view)
    {
        long room = Room;
        if (room < Signatures.Bytes)
        {
            Signatures.Drop();
        }

        if (_isFull || room < 0)
        {
            Volatile.Write(ref _isFull, true);
            return;
        }

        int source = NodeOf(view.Source);
        int target = NodeOf(view.Target);
        _graph.AddRelationship(source, target, view.Type, Properties(view));
    }

    /// <summary>The weight, and what was given with it; a property named weight is the weight.</summary>
    public static MapValue Properties(RelationshipView view)
    {
        if (view.Properties is null)
        {
            return new MapValue([WeightName], [Value.Of(view.Weight)]);
        }

        MapValue given = JsonValues.ReadMap(Encoding.UTF8.GetBytes(view.Properties));
        List<string> keys = [WeightName];
        List<Value> values = [Value.Of(view.Weight)];
        for (int i = 0; i < given.Count; i++)
        {
            if (given.Keys[i] != WeightName && !given.Values[i].IsNull)
            {
                keys.Add(given.Keys[i]);
                values.Add(given.Values[i]);
            }
        }

        return new MapValue([.. keys], [.. values]);
    }

    private int NodeOf(string key)
    {
        if (_numbers.TryGetValue(key, out int known))
        {
            return known;
        }

        int node = _graph.AddNode(Labels, MapValue.Empty);
        if (node >= _keys.Length)
        {
            string?[] larger = new string?[Math.Max(node + 1, 2 * _keys.Length)];
            _keys.CopyTo(larger, 0);
            Volatile.Write(ref _keys, larger);
        }

        _keys[node] = key;
        _numbers[key] = node;
        return node;
    }

    private void Remove(string key)
    {
        if (!_numbers.TryRemove(key, out int node))
        {
            return;
        }

        GraphView now = _graph.Snapshot();
        var others = new HashSet<string>(StringComparer.Ordinal);
        foreach (Direction direction in (Direction[])[Direction.Outgoing, Direction.Incoming])
        {
            foreach (int other in now.Neighbours(node, direction, -1).Others)
            {
                others.Add(KeyOf(other));
            }
        }

        _graph.RemoveNode(node);
        others.Remove(key);
        foreach (string other in others)
        {
            DropIfAlone(other);
        }
    }

    private void DropIfAlone(string key)
    {
        if (!_numbers.TryGetValue(key, out int node))
        {
            return;
        }

        GraphView now = _graph.Snapshot();
        if (now.Degree(node, Direction.Outgoing, -1) == 0 && now.Degree(node, Direction.Incoming, -1) == 0)
        {
            _numbers.TryRemove(key, out _);
            _graph.RemoveNode(node);
        }
    }

    private bool IsStored(string key)
    {
        if (_numbers.ContainsKey(key))
        {
            return true;
        }

        ReadStatus status = _store.Describe(Encoding.ASCII.GetBytes(key), out _, out _, out _);
        return status == ReadStatus.Found || (status == ReadStatus.NotFound ? false : throw Unreadable(status));
    }

    private static void Require(ReadStatus status)
    {
        if (status != ReadStatus.Found)
        {
            throw Unreadable(status);
        }
    }

    private static IOException Unreadable(ReadStatus status) => new($"The store could not be read: {status}.");
}
