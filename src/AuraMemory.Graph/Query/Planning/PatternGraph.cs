using System.Runtime.CompilerServices;
using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Graph.Query.Planning;

/// <summary>A node of a pattern.</summary>
internal sealed class PatternNode(int slot, string text, bool given)
{
    /// <summary>Its slot.</summary>
    public int Slot { get; } = slot;

    /// <summary>Its name, for people.</summary>
    public string Text { get; } = text;

    /// <summary>Whether earlier clauses bound it.</summary>
    public bool Given { get; } = given;

    /// <summary>Labels it must have.</summary>
    public List<string> Labels { get; } = [];

    /// <summary>Its number in the graph that is planned for, where a value in the query says which it is; -1 = any.</summary>
    public int Number { get; set; } = -1;

    /// <summary>Whether it is bound by now; the planner's own bookkeeping.</summary>
    public bool Done { get; set; } = given;
}

/// <summary>A relationship of a pattern.</summary>
/// <param name="Left">Its left node.</param>
/// <param name="Right">Its right node.</param>
/// <param name="Direction">Seen from the left.</param>
/// <param name="TypeNames">Types of which it must have one; none = any.</param>
/// <param name="Minimum">Fewest relationships.</param>
/// <param name="Maximum">Most relationships.</param>
/// <param name="IsLong">Whether its variable is a list.</param>
/// <param name="IsGiven">Whether earlier clauses bound its variable.</param>
/// <param name="Text">As written.</param>
internal sealed record PatternEdge(
    PatternNode Left, PatternNode Right, Direction Direction, string[] TypeNames, long Minimum, long Maximum, bool IsLong, bool IsGiven, string Text)
{
    /// <summary>Its slot; -1 = nobody asks.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Condition on each of its relationships, where it is long; null = none.</summary>
    public Compiled? Each { get; set; }

    /// <summary>Where that condition finds the relationship.</summary>
    public int EachSlot { get; set; } = -1;

    /// <summary>Whether it is walked by now; the planner's own bookkeeping.</summary>
    public bool Done { get; set; }

    /// <summary>Number of the <c>MATCH</c> it stands in, where several are planned together: no relationship is walked twice within one.</summary>
    public int Clause { get; init; }

    /// <summary>Two relationships of a pattern are two, even when they are written alike.</summary>
    public bool Equals(PatternEdge? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    /// <summary>Adds to <see cref="Each"/>, which finds the relationship in <see cref="EachSlot"/>.</summary>
    public void Restrict(Compiled part)
    {
        part.Slots.Remove(EachSlot);
        Each = Each is null ? part : Each.And(part);
    }

    /// <summary>Whether one relationship could be found for both, which must not be.</summary>
    public bool MayShare(PatternEdge other) =>
        Clause == other.Clause && (TypeNames.Length == 0 || other.TypeNames.Length == 0 || TypeNames.Intersect(other.TypeNames, StringComparer.Ordinal).Any());
}

/// <summary>A condition of a pattern.</summary>
/// <param name="Code">The condition.</param>
/// <param name="Selectivity">Share of rows expected to pass.</param>
/// <param name="IsCostly">Whether it runs a subquery.</param>
internal sealed record PatternCondition(Compiled Code, double Selectivity, bool IsCostly)
{
    /// <summary>Whether it is applied by now.</summary>
    public bool Done { get; set; }
}

/// <summary>A way to find a node by a property's value.</summary>
/// <param name="Node">The node.</param>
/// <param name="Key">The property.</param>
/// <param name="Value">The value, or a list of which any will do.</param>
/// <param name="IsList">Whether it is a list.</param>
/// <param name="Condition">The condition that the search takes care of.</param>
internal sealed record PatternSeek(PatternNode Node, string Key, Compiled Value, bool IsList, PatternCondition Condition);

/// <summary>A path to put together.</summary>
/// <param name="Variable">Its name.</param>
/// <param name="Slot">Its slot.</param>
/// <param name="Start">First node.</param>
/// <param name="Edges">Relationships in order.</param>
internal sealed record PatternPath(string Variable, int Slot, PatternNode Start, IReadOnlyList<PatternEdge> Edges)
{
    /// <summary>Whether it is put together by now.</summary>
    public bool Done { get; set; }
}

/// <summary>A shortest path to look for.</summary>
/// <param name="Edge">The relationship pattern.</param>
/// <param name="Path">Slot of the path; -1 = nobody asks.</param>
/// <param name="All">All of the shortest, or one.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record PatternShortest(PatternEdge Edge, int Path, bool All, TextPosition Position)
{
    /// <summary>Condition on each of its nodes, both ends included; null = none.</summary>
    public Compiled? EachNode { get; private set; }

    /// <summary>Where that condition finds the node.</summary>
    public int NodeSlot { get; set; } = -1;

    /// <summary>Adds to <see cref="EachNode"/>.</summary>
    public void Restrict(Compiled part)
    {
        part.Slots.Remove(NodeSlot);
        EachNode = EachNode is null ? part : EachNode.And(part);
    }
}

/// <summary>What one <c>MATCH</c> looks for, its paths taken apart.</summary>
internal sealed class PatternGraph
{
    /// <summary>Nodes.</summary>
    public List<PatternNode> Nodes { get; } = [];

    /// <summary>Relationships.</summary>
    public List<PatternEdge> Edges { get; } = [];

    /// <summary>Conditions.</summary>
    public List<PatternCondition> Conditions { get; } = [];

    /// <summary>Ways to find nodes by properties.</summary>
    public List<PatternSeek> Seeks { get; } = [];

    /// <summary>Named paths.</summary>
    public List<PatternPath> Paths { get; } = [];

    /// <summary>Shortest paths.</summary>
    public List<PatternShortest> Shortest { get; } = [];

    /// <summary>Relationships at a node, those that are given apart.</summary>
    public IEnumerable<PatternEdge> At(PatternNode node) => Edges.Where(e => !e.IsGiven && (e.Left == node || e.Right == node));
}
