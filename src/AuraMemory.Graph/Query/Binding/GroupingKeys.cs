using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Query.Binding;

/// <summary>What of a row is still there after grouping: the columns that do not aggregate, under their names and as they were written.</summary>
internal sealed class GroupingKeys
{
    private readonly HashSet<string> _simple = new(StringComparer.Ordinal);
    private readonly HashSet<string> _projected = new(StringComparer.Ordinal);
    private readonly VariableScope _before;

    private GroupingKeys(VariableScope before) => _before = before;

    /// <summary>The keys of a projection.</summary>
    /// <param name="projection">The projection.</param>
    /// <param name="scope">Variables before it.</param>
    /// <param name="all">What <c>*</c> stands for.</param>
    public static GroupingKeys Of(Projection projection, VariableScope scope, IEnumerable<string> all)
    {
        var keys = new GroupingKeys(scope);
        foreach (string name in all)
        {
            keys.Add(new VariableExpression(name, projection.Position));
        }

        foreach (ProjectionItem item in projection.Items)
        {
            keys._projected.Add(ExpressionText.Of(item.Expression));
            if (!SyntaxParts.HasAggregation(item.Expression))
            {
                keys.Add(item.Expression);
            }
        }

        return keys;
    }

    /// <summary>Checks that what stands beside an aggregation is the same for the whole group.</summary>
    /// <param name="expression">A column that aggregates, or a part of it.</param>
    /// <param name="local">Names that the expression brings in itself.</param>
    /// <exception cref="CypherException">It is not, or this cannot be seen.</exception>
    public void NeedGrouped(Expression expression, HashSet<string> local)
    {
        if (SyntaxParts.IsAggregation(expression) || _simple.Contains(ExpressionText.Of(expression)))
        {
            return;
        }

        if (expression is VariableExpression variable && !local.Contains(variable.Name))
        {
            throw CypherException.Syntax(
                "AmbiguousAggregationExpression",
                $"`{variable.Name}` stands beside an aggregation without being a column itself: compute it in a WITH before, or add it as a column.",
                variable.Position);
        }

        if (expression is PatternComprehension or PatternPredicate or ShortestPathExpression or SubqueryExpression)
        {
            NeedGroupedNames(expression, local);
        }

        foreach (Expression child in SyntaxParts.Children(expression))
        {
            NeedGrouped(child, WithOwn(expression, local));
        }
    }

    // What a pattern or a subquery begins at.
    private void NeedGroupedNames(Expression expression, HashSet<string> local)
    {
        var names = new HashSet<string>();
        SyntaxParts.Names(expression, names);
        foreach (string name in names.Where(n => _before.Has(n) && !local.Contains(n)))
        {
            NeedGrouped(new VariableExpression(name, expression.Position), local);
        }
    }

    /// <summary>Whether an expression is a column as it was written, and so means it as a sort key, whatever its names mean by then.</summary>
    public bool AreColumn(Expression expression) => expression is not VariableExpression && _projected.Contains(ExpressionText.Of(expression));

    /// <summary>Whether all aggregations of an expression are columns, which stand for them.</summary>
    public bool HaveAggregationsOf(Expression expression) => SyntaxParts.IsAggregation(expression)
        ? _projected.Contains(ExpressionText.Of(expression))
        : SyntaxParts.Children(expression).All(HaveAggregationsOf);

    /// <summary>Checks that a sort key uses only what is still there after grouping or <c>DISTINCT</c>.</summary>
    /// <param name="expression">The sort key, or a part of it.</param>
    /// <param name="after">Variables afterwards.</param>
    /// <param name="aggregates">Whether the sort key aggregates.</param>
    /// <param name="local">Names that the expression brings in itself.</param>
    public void NeedVisible(Expression expression, VariableScope after, bool aggregates, HashSet<string> local)
    {
        string text = ExpressionText.Of(expression);
        if (_simple.Contains(text) || (SyntaxParts.IsAggregation(expression) && _projected.Contains(text)))
        {
            return;
        }

        if (SyntaxParts.IsAggregation(expression) && (UsesColumn(expression) || !UsesHidden(expression, after)))
        {
            throw CypherException.Syntax(
                "InvalidAggregation", $"A sort key cannot aggregate what is the same for a whole group: make {text} a column as well.", expression.Position);
        }

        if (_projected.Contains(text) && expression is not VariableExpression)
        {
            if (aggregates)
            {
                throw CypherException.Syntax(
                    "AmbiguousAggregationExpression", "A sort key that aggregates can use columns by their names only: give this one a name with AS.", expression.Position);
            }

            return;
        }

        if (expression is VariableExpression variable)
        {
            if (!local.Contains(variable.Name))
            {
                after.Need(variable.Name, variable.Position);
            }

            return;
        }

        foreach (Expression child in SyntaxParts.Children(expression))
        {
            NeedVisible(child, after, aggregates, WithOwn(expression, local));
        }
    }

    // Whether it needs the rows of the group: what only columns decide is the same for all of them.
    private static bool UsesHidden(Expression aggregation, VariableScope after)
    {
        var names = new HashSet<string>();
        SyntaxParts.Names(aggregation, names);
        return names.Any(n => !after.Has(n));
    }

    private bool UsesColumn(Expression aggregation) =>
        SyntaxParts.Children(aggregation).Any(c => _projected.Contains(ExpressionText.Of(c)) || UsesColumn(c));

    private void Add(Expression key)
    {
        string text = ExpressionText.Of(key);
        _projected.Add(text);
        Expression root = key;
        while (root is PropertyExpression or IndexExpression { Key: not null })
        {
            root = SyntaxParts.Children(root).First();
        }

        if (root is VariableExpression or ParameterExpression or Literal)
        {
            _simple.Add(text);
        }
    }

    private static HashSet<string> WithOwn(Expression expression, HashSet<string> local)
    {
        IEnumerable<string> own = expression switch
        {
            ListComprehension each => [each.Variable],
            QuantifierExpression quantifier => [quantifier.Variable],
            ReduceExpression reduce => [reduce.Accumulator, reduce.Variable],
            PatternComprehension pattern => Of(pattern.Pattern),
            _ => [],
        };
        return own.Any() ? [.. local, .. own] : local;
    }

    private static HashSet<string> Of(PathPattern path)
    {
        var names = new HashSet<string>();
        SyntaxParts.PathNames(path, names);
        return names;
    }
}
