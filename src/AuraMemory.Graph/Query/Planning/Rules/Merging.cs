using AuraMemory.Graph.Query.Execution.Steps;

namespace AuraMemory.Graph.Query.Planning.Rules;

/// <summary>Where it does not matter how often a row comes.</summary>
internal static class Merging
{
    /// <summary>Whether it matters before a step, given whether it matters after it.</summary>
    public static bool Before(PlanNode node, bool after) => node switch
    {
        DistinctPlan => true,
        AggregatePlan aggregate => aggregate.Items.All(IgnoresRepeats),
        SkipLimitPlan or UnionPlan or ProcedureCallPlan => false,
        _ => after,
    };

    private static bool IgnoresRepeats(AggregationItem item) =>
        item.Definition is not null && (item.Distinct || item.Definition.Name.ToLowerInvariant() is "min" or "max");
}
