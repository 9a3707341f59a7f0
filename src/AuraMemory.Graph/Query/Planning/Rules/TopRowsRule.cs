using AuraMemory.Graph.Query.Execution.Steps;

namespace AuraMemory.Graph.Query.Planning.Rules;

/// <summary>A sort of which only the first rows are taken keeps only those.</summary>
internal sealed class TopRowsRule : IPlanRule
{
    public PlanNode Apply(PlanNode node, PlanPlace place)
    {
        if (node is SkipLimitPlan { Limit: not null, Source: SortPlan sort } limit)
        {
            limit.Source = new SortPlan(sort.Source!, sort.Keys, sort.Kept, limit.Skip, limit.Limit) { Rows = limit.Rows };
        }

        return node;
    }
}
