using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Execution.Steps;

namespace AuraMemory.Graph.Query.Planning.Rules;

/// <summary>Rows of a last expansion, or of a last intersection, that are only counted are not made: they are counted by the nodes' degrees, or by the size of the intersection.</summary>
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
        if (last is FilterPlan { Condition.Code: HasLabelsEvaluator { Owner: SlotEvaluator owner } test, Source: { } found } && Walks(found) is { } ways && owner.Slot == ways[0].To)
        {
            (last, labels) = (found, test.Test);
        }

        if (last is null || Walks(last) is not { } walks || Array.Exists(walks, w => w.UnlikeLists) || !IsCounted(aggregate, walks))
        {
            return node;
        }

        int weight = place.Planner.NewSlot();
        PlanNode counted = walks is [EdgeWalk first, EdgeWalk second]
            ? new IntersectCountPlan(last.Source!, first, second, labels, weight) { Rows = last.Source!.Rows }
            : new DegreeCountPlan(last.Source!, walks[0], labels, weight) { Rows = last.Source!.Rows };
        return new AggregatePlan(
            counted, aggregate.Keys, [.. aggregate.Items.Select(i => i with { Definition = null, Argument = null, Weight = weight })])
        { Rows = aggregate.Rows };
    }

    private static EdgeWalk[]? Walks(PlanNode node) => node switch
    {
        ExpandPlan expand => [expand.Walk],
        IntersectExpandPlan intersect => [intersect.First, intersect.Second],
        _ => null,
    };

    private static bool IsCounted(AggregatePlan aggregate, EdgeWalk[] walks)
    {
        HashSet<int> made = [.. walks.SelectMany(w => new[] { w.To, w.Relationship })];
        return aggregate.Items.All(i => i.Weight < 0 && (i.Argument is null || IsPlainCount(i, made))) && !aggregate.Keys.Any(k => made.Overlaps(k.Value.Slots));
    }

    private static bool IsPlainCount(AggregationItem item, HashSet<int> made) =>
        !item.Distinct && item.Definition!.Name.Equals("count", StringComparison.OrdinalIgnoreCase)
        && item.Argument!.Code is SlotEvaluator variable && made.Contains(variable.Slot);
}
