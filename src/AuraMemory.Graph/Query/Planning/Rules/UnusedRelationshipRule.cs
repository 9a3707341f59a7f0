using AuraMemory.Graph.Query.Execution.Steps;

namespace AuraMemory.Graph.Query.Planning.Rules;

/// <summary>Relationships that nobody reads are not put into slots; lists of them are not made.</summary>
internal sealed class UnusedRelationshipRule : IPlanRule
{
    public PlanNode Apply(PlanNode node, PlanPlace place) => node switch
    {
        ExpandPlan expand when IsUnused(expand.Walk, place) =>
            new ExpandPlan(expand.Source!, expand.Walk with { Relationship = -1 }) { Rows = expand.Rows },
        VarExpandPlan expand when IsUnused(expand.Walk.Edge, place) =>
            new VarExpandPlan(expand.Source!, expand.Walk with { Edge = expand.Walk.Edge with { Relationship = -1 } }, expand.Into) { Rows = expand.Rows },
        _ => node,
    };

    private static bool IsUnused(EdgeWalk walk, PlanPlace place) => walk.Relationship >= 0 && !place.Needed.Contains(walk.Relationship);
}
