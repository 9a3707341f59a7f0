
namespace AuraMemory.Graph.Query.Syntax;

/// <summary>What an expression is made of, one level down.</summary>
internal static class SyntaxParts
{
    /// <summary>Expressions directly inside another; those in patterns and their conditions included, those in subqueries not.</summary>
    public static IEnumerable<Expression> Children(Expression expression) => expression switch
    {
        PropertyExpression property => [property.Owner],
        IndexExpression index => [index.Owner, index.Index],
        SliceExpression slice => Some(slice.Owner, slice.From, slice.To),
        UnaryExpression unary => [unary.Operand],
        BinaryExpression binary => [binary.Left, binary.Right],
        ComparisonExpression comparison => comparison.Operands,
        HasLabelsExpression labels => [labels.Owner],
        FunctionExpression function => function.Arguments,
        CaseExpression choice => Some(choice.Subject, choice.Otherwise).Concat(choice.Alternatives.SelectMany(a => new[] { a.When, a.Then })),
        ListLiteral list => list.Elements,
        MapLiteral map => map.Entries.Select(e => e.Value),
        MapProjection projection => Some([projection.Owner, .. projection.Items.Select(i => i.Value)]),
        ListComprehension each => Some(each.List, each.Where, each.Result),
        QuantifierExpression quantifier => [quantifier.List, quantifier.Where],
        ReduceExpression reduce => [reduce.Initial, reduce.List, reduce.Step],
        PatternComprehension pattern => InPath(pattern.Pattern).Concat(Some(pattern.Where, pattern.Result)),
        PatternPredicate pattern => InPath(pattern.Pattern),
        ShortestPathExpression pattern => InPath(pattern.Pattern),
        _ => [],
    };

    /// <summary>Parameters in a query, subqueries included.</summary>
    public static IEnumerable<ParameterExpression> Parameters(QuerySyntax query) =>
        Everything(query).OfType<ParameterExpression>().DistinctBy(p => p.Name);

    /// <summary>Whether an aggregation stands in an expression; those in subqueries are theirs.</summary>
    public static bool HasAggregation(Expression expression) => IsAggregation(expression) || Children(expression).Any(HasAggregation);

    /// <summary>Whether an expression is an aggregation.</summary>
    public static bool IsAggregation(Expression expression) =>
        expression is CountAllExpression
        || (expression is FunctionExpression function && Evaluation.FunctionCatalog.FindAggregation(function.Name) is not null);

    /// <summary>Names that an expression mentions and does not declare itself. Those in subqueries are all mentioned: only names of the outer scope matter.</summary>
    public static void Names(Expression expression, HashSet<string> into)
    {
        switch (expression)
        {
            case VariableExpression variable:
                into.Add(variable.Name);
                return;
            case ListComprehension each:
                Names(each.List, into);
                Without(into, [each.Variable], each.Where, each.Result);
                return;
            case QuantifierExpression quantifier:
                Names(quantifier.List, into);
                Without(into, [quantifier.Variable], quantifier.Where);
                return;
            case ReduceExpression reduce:
                Names(reduce.Initial, into);
                Names(reduce.List, into);
                Without(into, [reduce.Accumulator, reduce.Variable], reduce.Step);
                return;
            case PatternComprehension pattern:
                PathNames(pattern.Pattern, into);
                break;
            case PatternPredicate pattern:
                PathNames(pattern.Pattern, into);
                break;
            case ShortestPathExpression pattern:
                PathNames(pattern.Pattern, into);
                break;
            case SubqueryExpression subquery:
                foreach (Clause clause in subquery.Query.Parts.SelectMany(p => p.Clauses))
                {
                    foreach (PathPattern path in clause is MatchClause match ? match.Patterns : [])
                    {
                        PathNames(path, into);
                    }

                    foreach (Expression inner in InClause(clause))
                    {
                        Names(inner, into);
                    }
                }

                return;
        }

        foreach (Expression child in Children(expression))
        {
            Names(child, into);
        }
    }

    /// <summary>Variables of a path pattern.</summary>
    public static void PathNames(PathPattern path, HashSet<string> into)
    {
        Put(path.Variable);
        foreach (NodePattern node in path.Nodes)
        {
            Put(node.Variable);
        }

        foreach (RelationshipPattern relationship in path.Relationships)
        {
            Put(relationship.Variable);
        }

        void Put(string? name)
        {
            if (name is not null)
            {
                into.Add(name);
            }
        }
    }

    /// <summary>Parts of a condition that must all hold.</summary>
    public static IEnumerable<Expression> Conjuncts(Expression condition) =>
        condition is BinaryExpression { Operator: BinaryOperator.And } both
            ? Conjuncts(both.Left).Concat(Conjuncts(both.Right))
            : [condition];

    private static void Without(HashSet<string> into, string[] declared, params Expression?[] scope)
    {
        var names = new HashSet<string>();
        foreach (Expression? expression in scope)
        {
            if (expression is not null)
            {
                Names(expression, names);
            }
        }

        names.ExceptWith(declared);
        into.UnionWith(names);
    }

    /// <summary>Every expression of a query, those inside others and in subqueries included.</summary>
    public static IEnumerable<Expression> Everything(QuerySyntax query) =>
        query.Parts.SelectMany(p => p.Clauses).SelectMany(InClause).SelectMany(Everything);

    /// <summary>An expression and all inside it, subqueries included.</summary>
    public static IEnumerable<Expression> Everything(Expression expression)
    {
        IEnumerable<Expression> inside = expression is SubqueryExpression subquery
            ? Everything(subquery.Query)
            : Children(expression).SelectMany(Everything);
        return inside.Prepend(expression);
    }

    /// <summary>Expressions that stand in a clause, outermost ones.</summary>
    public static IEnumerable<Expression> InClause(Clause clause) => clause switch
    {
        MatchClause match => match.Patterns.SelectMany(InPath).Concat(Some(match.Where)),
        UnwindClause unwind => [unwind.List],
        WithClause with => InProjection(with.Projection).Concat(Some(with.Where)),
        ReturnClause last => InProjection(last.Projection),
        CallClause call => (call.Arguments ?? []).Concat(Some(call.Where)),
        _ => [],
    };

    private static IEnumerable<Expression> InProjection(Projection projection) =>
        projection.Items.Select(i => i.Expression).Concat(projection.OrderBy.Select(o => o.Expression)).Concat(Some(projection.Skip, projection.Limit));

    private static IEnumerable<Expression> InPath(PathPattern path) =>
        Some([.. path.Nodes.SelectMany(n => new[] { n.Properties, n.Where }), .. path.Relationships.SelectMany(r => new[] { r.Properties, r.Where })]);

    private static IEnumerable<Expression> Some(params Expression?[] expressions) => expressions.OfType<Expression>();
}
