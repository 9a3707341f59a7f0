using AuraMemory.Graph.Query.Execution.Steps;

namespace AuraMemory.Graph.Query.Planning.Rules;

/// <summary>A variable length of which only the different end nodes matter is walked breadth first, each node once.</summary>
internal sealed class PruningRule : IPlanRule
{
    public PlanNode Apply(PlanNode node, PlanPlace place) =>
        node is VarExpandPlan { Walk: { Minimum: 0 or 1, Edge: { Relationship: < 0, Unlike.Length: 0 } } } expand && place.RowsMayMerge
            ? new PruningExpandPlan(expand.Source!, expand.Walk, expand.Into) { Rows = Math.Min(expand.Rows, expand.Source!.Rows * place.Planner.Cardinality.Nodes) }
            : node;
}
