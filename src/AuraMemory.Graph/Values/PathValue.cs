namespace AuraMemory.Graph.Values;

/// <summary>Nodes and the relationships between them, in the order they were walked. Immutable.</summary>
public sealed class PathValue
{
    private readonly int[] _nodes;
    private readonly int[] _relationships;

    /// <summary>A path of one or more nodes; the arrays are the path's from now on.</summary>
    /// <param name="nodes">Numbers of the nodes, first to last.</param>
    /// <param name="relationships">Numbers of the relationships between them: one less. Which way each was walked follows from the nodes.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public PathValue(int[] nodes, int[] relationships)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(relationships);
        if (nodes.Length != relationships.Length + 1)
        {
            throw new ArgumentException("A path has one node more than relationships.", nameof(nodes));
        }

        _nodes = nodes;
        _relationships = relationships;
    }

    /// <summary>Relationships walked.</summary>
    public int Length => _relationships.Length;

    /// <summary>Numbers of the nodes, first to last.</summary>
    public ReadOnlySpan<int> Nodes => _nodes;

    /// <summary>Numbers of the relationships, first to last.</summary>
    public ReadOnlySpan<int> Relationships => _relationships;

    /// <inheritdoc/>
    public override string ToString() => $"path ({string.Join(")-(", _nodes)})";
}
