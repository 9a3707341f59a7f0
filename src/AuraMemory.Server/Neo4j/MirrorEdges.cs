using System.Text;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Server.Neo4j;

/// <summary>The edges that a transaction of the mirror wants, beside those it found: what is missing, and what is stale.</summary>
/// <param name="store">Where the relationships are.</param>
/// <param name="rows">Makes properties that can travel.</param>
internal sealed class MirrorEdges(IObjectStore store, MirrorRows rows)
{
    private readonly Dictionary<MirrorEdge, Dictionary<string, object?>> _wanted = [];
    private readonly List<MirrorEdge> _stale = [];
    private readonly List<RelationshipView> _found = [];

    /// <summary>Edges that go out from an object are wanted.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public void WantOutgoing(string key) => Want(key, RelationshipDirection.Outgoing);

    /// <summary>All edges at an object are wanted. Those whose other end is not in the Neo4j yet come when it does.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public void WantAll(string key)
    {
        Want(key, RelationshipDirection.Outgoing);
        Want(key, RelationshipDirection.Incoming);
    }

    /// <summary>An edge is there.</summary>
    public void Has(MirrorEdge edge, object? properties)
    {
        if (!_wanted.TryGetValue(edge, out Dictionary<string, object?>? wanted))
        {
            _stale.Add(edge);
        }
        else if (MirrorRows.Same(wanted, properties))
        {
            _wanted.Remove(edge);
        }
    }

    /// <summary>Rows of what is to be written, by type.</summary>
    public IEnumerable<(string Type, List<object?> Rows)> Missing() =>
        _wanted.GroupBy(e => e.Key.Type).Select(g => (g.Key, g.Select(e => Row(e.Key, e.Value)).ToList<object?>()));

    /// <summary>Rows of what is to be removed, by type.</summary>
    public IEnumerable<(string Type, List<object?> Rows)> Stale() => _stale.GroupBy(e => e.Type).Select(g => (g.Key, g.Select(e => Row(e, null)).ToList<object?>()));

    private void Want(string key, RelationshipDirection direction)
    {
        _found.Clear();
        ReadStatus status = store.Relationships(Encoding.ASCII.GetBytes(key), direction, int.MaxValue, _found);
        if (status is not (ReadStatus.Found or ReadStatus.NotFound))
        {
            throw new IOException($"The relationships of {key} could not be read: {status}.");
        }

        foreach (RelationshipView relationship in _found)
        {
            _wanted[new MirrorEdge(relationship.Source, relationship.Type, relationship.Target)] = rows.Properties(relationship);
        }
    }

    private static object Row(MirrorEdge edge, Dictionary<string, object?>? properties)
    {
        var row = new Dictionary<string, object?> { ["source"] = edge.Source, ["target"] = edge.Target };
        if (properties is not null)
        {
            row["properties"] = properties;
        }

        return row;
    }
}
