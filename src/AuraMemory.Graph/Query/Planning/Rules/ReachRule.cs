using AuraMemory.Graph.Query.Execution.Steps;

namespace AuraMemory.Graph.Query.Planning.Rules;

/// <summary>An expansion of which only the different end nodes matter gives each of them once.</summary>
internal sealed class ReachRule : IPlanRule
{
    public PlanNode Apply(PlanNode node, PlanPlace place)
    {
        if (node is not (DistinctPlan or AggregatePlan) || !Merging.Before(node, false))
        {
            return node;
        }

        var read = new HashSet<int>();
        var made = new HashSet<int>();
        node.Reads(read);
        PlanNode above = node;
        while (above.Source is FilterPlan or ProjectPlan)
        {
            above = above.Source;
            above.Reads(read);
            if (above is ProjectPlan project)
            {
                made.UnionWith(project.Items.Select(i => i.Slot));
            }
        }

        if (above.Source is not ExpandPlan expand)
        {
            return node;
        }

        read.ExceptWith(made);
        if (read.Count == 1 && read.Contains(expand.Walk.To))
        {
            above.Source = new ReachExpandPlan(expand.Source!, expand.Walk with { Relationship = -1 }) { Rows = expand.Rows };
        }

        return node;
    }
}
