using System.Runtime.CompilerServices;

namespace AuraMemory.Graph.Storage;

/// <summary>Relationships one way as one snapshot sees them: a base, and the rows that changed since it was built. Immutable.</summary>
/// <param name="rows">The base.</param>
/// <param name="changed">Rows that take the place of the base's.</param>
/// <param name="any">Whether there are changed rows at all.</param>
internal readonly struct AdjacencySnapshot(AdjacencyBase rows, PagedSnapshot<ChangedRow?> changed, bool any)
{
    private readonly AdjacencyBase _base = rows;
    private readonly PagedSnapshot<ChangedRow?> _changed = changed;
    private readonly bool _any = any;

    /// <summary>A node's row, or the part of a type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Adjacency Row(int node, int type) => _any && _changed[node] is { } row ? row.Row(type) : _base.Row(node, type);

    /// <summary>Length of <see cref="Row"/>.</summary>
    public int Degree(int node, int type) => _any && _changed[node] is { } row ? row.Degree(type) : _base.Degree(node, type);
}

/// <summary>Relationships one way as the writer sees them.</summary>
/// <remarks>One writer. See <see cref="PropertyGraph"/> for the protocol.</remarks>
internal sealed class AdjacencyTable
{
    private readonly PagedTable<ChangedRow?> _changed = new();
    private readonly HashSet<int> _changedNodes = [];
    private AdjacencyBase _base = AdjacencyBase.Empty;
    private long _changedBytes;

    /// <summary>Bytes of the base and of changed rows.</summary>
    public long Bytes => _base.Bytes + _changed.Bytes + _changedBytes + (16L * _changedNodes.Count);

    /// <summary>Bytes of changed rows.</summary>
    public long ChangedBytes => _changedBytes;

    /// <summary>Relationships in the base.</summary>
    public int BaseCount => _base.Count;

    /// <summary>A node's row, or the part of a type.</summary>
    public Adjacency Row(int node, int type) => _changed[node] is { } row ? row.Row(type) : _base.Row(node, type);

    /// <summary>Length of <see cref="Row"/>.</summary>
    public int Degree(int node, int type) => _changed[node] is { } row ? row.Degree(type) : _base.Degree(node, type);

    /// <summary>Puts a relationship into a node's row.</summary>
    public void Insert(int node, int type, int other, int relationship, long epoch)
    {
        ChangedRow row = Own(node, epoch);
        _changedBytes -= row.Bytes;
        row.Insert(type, other, relationship);
        _changedBytes += row.Bytes;
    }

    /// <summary>Takes a relationship out of a node's row.</summary>
    public bool Remove(int node, int type, int other, int relationship, long epoch) => Own(node, epoch).Remove(type, other, relationship);

    /// <summary>What a snapshot taken now sees.</summary>
    public AdjacencySnapshot Snapshot() => new(_base, _changed.Snapshot(), _changedNodes.Count > 0);

    /// <summary>Takes a base built from the rows as they were in an epoch; rows changed later stay.</summary>
    /// <param name="rows">The new base.</param>
    /// <param name="built">The epoch that the snapshot it was built from ended.</param>
    public void Replace(AdjacencyBase rows, long built)
    {
        _base = rows;
        var kept = new List<(int Node, ChangedRow Row)>();
        foreach (int node in _changedNodes)
        {
            if (_changed[node] is { } row && row.Epoch > built)
            {
                kept.Add((node, row));
            }
        }

        _changed.Clear();
        _changedNodes.Clear();
        _changedBytes = 0;
        foreach ((int node, ChangedRow row) in kept)
        {
            _changed.Write(node) = row;
            _changedNodes.Add(node);
            _changedBytes += row.Bytes;
        }
    }

    private ChangedRow Own(int node, long epoch)
    {
        ChangedRow? row = _changed[node];
        if (row is null)
        {
            row = ChangedRow.From(_base, node, epoch);
            _changedNodes.Add(node);
        }
        else if (row.Epoch != epoch)
        {
            _changedBytes -= row.Bytes;
            row = row.Copy(epoch);
        }
        else
        {
            return row;
        }

        _changed.Write(node) = row;
        _changedBytes += row.Bytes;
        return row;
    }
}
