namespace AuraMemory.Graph.Query.Planning.Rules;

/// <summary>A change of a plan that keeps its rows and costs less.</summary>
internal interface IPlanRule
{
    /// <summary>Looks at one place of a plan.</summary>
    /// <param name="node">A step.</param>
    /// <param name="place">What is around it.</param>
    /// <returns>What to have in its place; the step itself when the rule does not fit.</returns>
    PlanNode Apply(PlanNode node, PlanPlace place);
}

/// <summary>What is around a step of a plan.</summary>
/// <param name="Needed">Slots that later steps read.</param>
/// <param name="RowsMayMerge">Whether later steps make nothing of how often a row comes.</param>
/// <param name="Planner">Slots and names.</param>
internal sealed record PlanPlace(HashSet<int> Needed, bool RowsMayMerge, QueryPlanner Planner);

/// <summary>The rules, in the order in which they are tried at each step, from the last step of a plan to its first.</summary>
internal static class PlanRules
{
    private static readonly IPlanRule[] Ordered =
    [
        new TopRowsRule(),
        new UnusedRelationshipRule(),
        new CountByDegreeRule(),
        new ReachRule(),
        new PruningRule(),
    ];

    /// <summary>Applies the rules to a query's plan.</summary>
    public static PlanNode Apply(PlanNode root, IEnumerable<int> columns, QueryPlanner planner) => Walk(root, [.. columns], false, planner);

    /// <summary>Applies the rules to a subquery's plan.</summary>
    public static PlanNode ApplyToSubquery(SubqueryPlan subquery, QueryPlanner planner) =>
        Walk(subquery.Root, subquery.ResultSlot < 0 ? [] : [subquery.ResultSlot], subquery.FirstRowOnly, planner);

    private static PlanNode Walk(PlanNode root, HashSet<int> needed, bool mayMerge, QueryPlanner planner)
    {
        needed = [.. needed];
        PlanNode? above = null;
        for (PlanNode? node = root; node is not null; node = node.Source)
        {
            var place = new PlanPlace(needed, mayMerge, planner);
            foreach (IPlanRule rule in Ordered)
            {
                node = rule.Apply(node, place);
            }

            if (above is null)
            {
                root = node;
            }
            else
            {
                above.Source = node;
            }

            for (int i = 0; i < node.Inner.Count; i++)
            {
                HashSet<int> inside = [.. needed];
                node.Reads(inside);
                node.ReplaceInner(i, Walk(node.Inner[i], inside, false, planner));
            }

            node.Reads(needed);
            mayMerge = Merging.Before(node, mayMerge);
            above = node;
        }

        return root;
    }
}
