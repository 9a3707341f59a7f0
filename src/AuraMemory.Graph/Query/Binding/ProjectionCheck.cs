using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Binding;

/// <summary>Checks <c>WITH</c> and <c>RETURN</c>: columns, what may be mixed with aggregations, sort keys, <c>SKIP</c> and <c>LIMIT</c>.</summary>
internal sealed class ProjectionCheck(SemanticCheck query)
{
    /// <summary>Checks a projection.</summary>
    /// <param name="projection">The projection.</param>
    /// <param name="where">Condition of a <c>WITH</c>; null = none.</param>
    /// <param name="scope">Variables before.</param>
    /// <param name="outer">Variables of the query around.</param>
    /// <param name="isReturn">Whether it is a <c>RETURN</c>, where expressions need no alias.</param>
    /// <returns>Columns, and the variables afterwards.</returns>
    public (List<string> Columns, VariableScope Scope) Check(
        Projection projection, Expression? where, VariableScope scope, VariableScope outer, bool isReturn)
    {
        var columns = new List<string>();
        var after = new VariableScope(outer);
        if (projection.All)
        {
            IEnumerable<string> all = scope.Names.Where(n => !outer.Has(n));
            columns.AddRange(all.Where(n => !projection.Names(n)).Order(StringComparer.Ordinal));
            if (isReturn && !all.Any())
            {
                throw CypherException.Syntax("NoVariablesInScope", "RETURN * has nothing to return: no variable is in scope.", projection.Position);
            }
        }

        columns.ForEach(c => after.Put(c, scope.Find(c)!));
        bool aggregates = projection.Items.Any(i => SyntaxParts.HasAggregation(i.Expression));
        foreach (ProjectionItem item in projection.Items)
        {
            if (outer.Has(item.Name) && (item.Expression as VariableExpression)?.Name != item.Name)
            {
                throw CypherException.Syntax(
                    "VariableAlreadyBound", $"Variable `{item.Name}` has a value in the query around already: give the column another name.", item.Position);
            }

            after.Put(item.Name, query.Expressions.Check(item.Expression, scope, Place.Item));
        }

        GroupingKeys keys = GroupingKeys.Of(projection, scope, columns);
        foreach (ProjectionItem item in projection.Items.Where(i => SyntaxParts.HasAggregation(i.Expression)))
        {
            keys.NeedGrouped(item.Expression, []);
        }

        Order(projection, scope, after, keys, aggregates);
        Names(projection, columns, isReturn);
        RowNumber("SKIP", projection.Skip, outer);
        RowNumber("LIMIT", projection.Limit, outer);
        if (where is not null)
        {
            Condition(projection, where, scope, after, keys, aggregates);
        }

        return (columns, after);
    }

    private static void Names(Projection projection, List<string> columns, bool isReturn)
    {
        var names = new HashSet<string>(columns, StringComparer.Ordinal);
        foreach (ProjectionItem item in projection.Items)
        {
            if (!isReturn && !item.HasAlias && item.Expression is not (VariableExpression or MapProjection { Owner: VariableExpression }))
            {
                throw CypherException.Syntax("NoExpressionAlias", $"WITH needs a name for `{item.Name}`: write {item.Name} AS name.", item.Position);
            }

            if (!names.Add(item.Name))
            {
                throw CypherException.Syntax("ColumnNameConflict", $"Two columns have the name `{item.Name}`: rename one with AS.", item.Position);
            }

            columns.Add(item.Name);
        }
    }

    // As a sort key: what was projected stands for its column.
    private void Condition(Projection projection, Expression where, VariableScope scope, VariableScope after, GroupingKeys keys, bool aggregates)
    {
        bool isOfGroups = SyntaxParts.HasAggregation(where) && keys.HaveAggregationsOf(where);
        if (aggregates || projection.Distinct)
        {
            keys.NeedVisible(where, after, isOfGroups, []);
        }

        query.Expressions.Condition(where, Both(scope, after), isOfGroups ? Place.Item : Place.Condition);
    }

    private void Order(Projection projection, VariableScope scope, VariableScope after, GroupingKeys keys, bool aggregates)
    {
        VariableScope both = Both(scope, after);
        foreach (SortItem sort in projection.OrderBy.Where(s => !keys.AreColumn(s.Expression)))
        {
            if (aggregates || projection.Distinct)
            {
                keys.NeedVisible(sort.Expression, after, SyntaxParts.HasAggregation(sort.Expression), []);
            }

            query.Expressions.Check(sort.Expression, both, aggregates ? Place.Item : Place.Single);
        }
    }

    // New names before the old ones.
    private static VariableScope Both(VariableScope scope, VariableScope after)
    {
        var both = new VariableScope(scope);
        foreach (string name in after.Names)
        {
            both.Put(name, after.Find(name)!);
        }

        return both;
    }

    private void RowNumber(string what, Expression? number, VariableScope outer)
    {
        if (number is null)
        {
            return;
        }

        var names = new HashSet<string>();
        SyntaxParts.Names(number, names);
        if (names.Count > 0)
        {
            throw CypherException.Syntax("NonConstantExpression", $"{what} takes a number that is the same for all rows; `{names.First()}` is a variable.", number.Position);
        }

        StaticType type = query.Expressions.Check(number, outer, Place.Single);
        if (number is Literal { Value: { Kind: ValueKind.Integer, Integer: < 0 } negative })
        {
            throw CypherException.Syntax("NegativeIntegerArgument", $"{what} takes 0 or more, not {negative}.", number.Position);
        }

        if ((type.Kind & StaticKind.Integer) == 0)
        {
            throw FunctionTypes.Mismatch(what, [StaticKind.Integer], type, number.Position);
        }
    }
}
