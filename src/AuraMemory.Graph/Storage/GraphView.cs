using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Storage;

/// <summary>Which way relationships are walked from a node.</summary>
public enum Direction : byte
{
    /// <summary>From source to target.</summary>
    Outgoing,

    /// <summary>From target to source.</summary>
    Incoming,

    /// <summary>Either way; a relationship from a node to itself is met once.</summary>
    Both,
}

/// <summary>Relationships at one node, one way: the other ends and the relationships' numbers, index by index.</summary>
/// <param name="others">Numbers of the nodes at the other end; ascending within one type, equal ones in the order of the relationships' numbers.</param>
/// <param name="relationships">Numbers of the relationships.</param>
public readonly ref struct Adjacency(ReadOnlySpan<int> others, ReadOnlySpan<int> relationships)
{
    /// <summary>Numbers of the nodes at the other end.</summary>
    public ReadOnlySpan<int> Others { get; } = others;

    /// <summary>Numbers of the relationships.</summary>
    public ReadOnlySpan<int> Relationships { get; } = relationships;

    /// <summary>Relationships.</summary>
    public int Count => Others.Length;
}

/// <summary>A graph as one query sees it: it does not change while the view is used.</summary>
/// <remarks>
/// Nodes and relationships are numbers below <see cref="NodeNumbers"/> and <see cref="RelationshipNumbers"/>, with gaps. A view may give out further
/// node numbers while it is used (for nodes it makes up when a query asks for them); such nodes have no relationships. A view is used by one
/// query at a time; different views of one graph run side by side.
/// </remarks>
public abstract class GraphView
{
    /// <summary>Names of labels.</summary>
    public abstract TokenTable Labels { get; }

    /// <summary>Names of relationship types.</summary>
    public abstract TokenTable Types { get; }

    /// <summary>Names of property keys.</summary>
    public abstract TokenTable Keys { get; }

    /// <summary>Nodes that exist.</summary>
    public abstract long NodeCount { get; }

    /// <summary>Relationships that exist.</summary>
    public abstract long RelationshipCount { get; }

    /// <summary>One above the highest node number so far.</summary>
    public abstract int NodeNumbers { get; }

    /// <summary>One above the highest relationship number.</summary>
    public abstract int RelationshipNumbers { get; }

    /// <summary>Nodes with a label, for the planner; exact or a good estimate.</summary>
    public abstract long CountNodes(int label);

    /// <summary>Relationships of a type.</summary>
    public abstract long CountRelationships(int type);

    /// <summary>Puts numbers of nodes into <paramref name="into"/>.</summary>
    /// <param name="label">Only nodes with this label; -1 = all.</param>
    /// <param name="position">0 at first, then what the last call left; the walk's own bookkeeping.</param>
    /// <param name="into">At least one long.</param>
    /// <returns>How many were put; 0 = the end.</returns>
    public abstract int Scan(int label, ref long position, Span<int> into);

    /// <summary>Finds nodes by a property through an index.</summary>
    /// <param name="label">Label they must have; -1 = any.</param>
    /// <param name="key">Property key.</param>
    /// <param name="value">Value it must equal.</param>
    /// <param name="into">Receives their numbers.</param>
    /// <returns>False when no index serves this: <paramref name="into"/> is untouched, and the caller must scan.</returns>
    public abstract bool TrySeek(int label, int key, Value value, List<int> into);

    /// <summary>Whether <see cref="TrySeek"/> serves a label and a key.</summary>
    public abstract bool HasIndex(int label, int key);

    /// <summary>Labels of a node, ascending.</summary>
    public abstract ReadOnlySpan<int> LabelsOf(int node);

    /// <summary>A property of a node; null where it has none.</summary>
    public abstract Value NodeProperty(int node, int key);

    /// <summary>All properties of a node.</summary>
    public abstract MapValue NodeProperties(int node);

    /// <summary>Relationships at a node, one way.</summary>
    /// <param name="node">Its number.</param>
    /// <param name="direction"><see cref="Direction.Outgoing"/> or <see cref="Direction.Incoming"/>.</param>
    /// <param name="type">Only this type; -1 = all, ordered by type first.</param>
    /// <returns>Valid as long as the view.</returns>
    public abstract Adjacency Neighbours(int node, Direction direction, int type);

    /// <summary>Relationships at a node, one way; <see cref="Neighbours"/> without the rows.</summary>
    public abstract int Degree(int node, Direction direction, int type);

    /// <summary>Type of a relationship.</summary>
    public abstract int TypeOf(int relationship);

    /// <summary>Number of the node a relationship comes from.</summary>
    public abstract int SourceOf(int relationship);

    /// <summary>Number of the node a relationship goes to.</summary>
    public abstract int TargetOf(int relationship);

    /// <summary>A property of a relationship; null where it has none.</summary>
    public abstract Value RelationshipProperty(int relationship, int key);

    /// <summary>All properties of a relationship.</summary>
    public abstract MapValue RelationshipProperties(int relationship);

    /// <summary>Identity of a node that outlives the view, where the graph has one (the key of a stored object); else its number as text.</summary>
    public abstract string ElementId(int node);

    /// <summary>Properties of nodes that hold whole documents of any form: what is sought in one and is not there is null, whatever the document is.</summary>
    public virtual IReadOnlyCollection<string> DocumentKeys => [];

    /// <summary>What the graph knows about itself beyond counts; null when nothing is kept.</summary>
    public virtual IGraphStatistics? Statistics => null;

    /// <summary>The same relationships, without nodes that have none where the graph keeps those apart. Nodes have the same numbers.</summary>
    public virtual GraphView Connected => this;

    /// <summary>An index of how nodes are embedded; null when none is kept.</summary>
    public virtual ISimilarNodes? SimilarNodes => null;

    /// <summary>Relationships added and removed since the graph was made: two views with the same number have the same relationships.</summary>
    public abstract long RelationshipEdits { get; }
}

/// <summary>Cardinalities that a planner asks for. Estimates are of rows, never negative.</summary>
public interface IGraphStatistics
{
    /// <summary>Relationships of a type between labels; -1 = any.</summary>
    double Relationships(int sourceLabel, int type, int targetLabel);

    /// <summary>Pairs of relationships that meet in a node: sum over nodes with the label of d1 * d2. -1 = any.</summary>
    double Wedges(int centreLabel, int type1, Direction direction1, int type2, Direction direction2);

    /// <summary>Share of wedges whose ends are joined by a relationship of the type, in any direction; in [0, 1]. -1 = any.</summary>
    double ClosingRate(int type1, int type2, int closingType);

    /// <summary>How often the matches of a small pattern are closed by one more relationship, from a sample that may be somewhat old.</summary>
    /// <param name="pattern">Relationships of a connected pattern; its nodes are numbered from 0, five at most.</param>
    /// <param name="closing">A relationship between two of its nodes, or from one of them to one more.</param>
    /// <param name="draws">Samples that may still be drawn, each a matter of milliseconds; lowered when one was.</param>
    /// <returns>Null when nothing is known of it.</returns>
    ClosingSample? Closing(IReadOnlyList<PatternArc> pattern, PatternArc closing, ref int draws);

    /// <summary>Distinct values of a property among nodes with a label; 0 when not known.</summary>
    double DistinctValues(int label, int key);
}
