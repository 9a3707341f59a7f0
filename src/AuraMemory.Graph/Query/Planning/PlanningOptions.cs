namespace AuraMemory.Graph.Query.Planning;

/// <summary>What a planner makes use of. Less than everything is for measuring what it is good for.</summary>
/// <param name="Knowledge">Statistics.</param>
/// <param name="KeepsOrder">Whether nodes are found in the order in which they are written, as far as they hang together.</param>
internal sealed record PlanningOptions(PlanningKnowledge Knowledge, bool KeepsOrder)
{
    /// <summary>Everything.</summary>
    public static PlanningOptions Default { get; } = new(PlanningKnowledge.FourNodes, KeepsOrder: false);
}

/// <summary>Statistics, each with those before it.</summary>
internal enum PlanningKnowledge
{
    /// <summary>Nodes by label and relationships by type; all else is taken to be independent.</summary>
    Counts,

    /// <summary>Relationships between labels, different values, and wedges.</summary>
    Wedges,

    /// <summary>How often a relationship closes a triangle.</summary>
    Triangles,

    /// <summary>How often a relationship closes a pattern of four nodes, or a cycle of five.</summary>
    FourNodes,
}
