namespace AuraMemory.Graph.Query.Planning;

/// <summary>Plans for people.</summary>
internal static class PlanText
{
    /// <summary>Describes a query's plan.</summary>
    /// <param name="query">The query.</param>
    /// <param name="rows">Rows by node; null = it was not run.</param>
    public static PlanDescription Describe(CompiledQuery query, long[]? rows)
    {
        PlanDescription below = Describe(query.Root, rows);
        return new PlanDescription("ProduceResults", string.Join(", ", query.Columns), below.EstimatedRows, below.Rows, [below]);
    }

    private static PlanDescription Describe(PlanNode node, long[]? rows)
    {
        var children = new List<PlanDescription>();
        if (node.Source is not null and not StartPlan)
        {
            children.Add(Describe(node.Source, rows));
        }

        foreach (PlanNode inner in node.Inner)
        {
            children.Add(Describe(inner, rows));
        }

        return new PlanDescription(node.Name, node.Details, node.Rows, rows?[node.Number], children);
    }
}
