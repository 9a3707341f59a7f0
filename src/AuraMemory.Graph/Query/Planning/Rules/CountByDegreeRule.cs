using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Execution.Steps;

namespace AuraMemory.Graph.Query.Planning.Rules;

/// <summary>Rows of a last expansion that are only counted are counted by the nodes' degrees.</summary>
internal sealed class CountByDegreeRule : IPlanRule
{
    public PlanNode Apply(PlanNode node, PlanPlace place)
    {
        if (node is not AggregatePlan { Items.Count: > 0 } aggregate)
        {
            return node;
        }

        // A condition on nothing but the labels of the node found last can be asked of the neighbours as they are counted.
        PlanNode? last = aggregate.Source;
        LabelTest? labels = null;
        if (last is FilterPlan { Condition.Code: HasLabelsEvaluator { Owner: SlotEvaluator owner } test, Source: ExpandPlan found } && owner.Slot == found.Walk.To)
        {
            (last, labels) = (found, test.Test);
        }

        if (last is not ExpandPlan { Walk.UnlikeLists: false } expand)
        {
            return node;
        }

        EdgeWalk walk = expand.Walk;
        bool counts = aggregate.Items.All(i => i.Weight < 0 && (i.Argument is null || IsPlainCount(i, walk)));
        if (!counts || aggregate.Keys.Any(k => k.Value.Slots.Contains(walk.To) || k.Value.Slots.Contains(walk.Relationship)))
        {
            return node;
        }

        int weight = place.Planner.NewSlot();
        return new AggregatePlan(
            new DegreeCountPlan(expand.Source!, walk, labels, weight),
            aggregate.Keys,
            [.. aggregate.Items.Select(i => i with { Definition = null, Argument = null, Weight = weight })])
        { Rows = aggregate.Rows };
    }

    private static bool IsPlainCount(AggregationItem item, EdgeWalk walk) =>
        !item.Distinct && item.Definition!.Name.Equals("count", StringComparison.OrdinalIgnoreCase)
        && item.Argument!.Code is SlotEvaluator variable && (variable.Slot == walk.To || variable.Slot == walk.Relationship);
}
