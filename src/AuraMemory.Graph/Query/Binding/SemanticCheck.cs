using AuraMemory.Graph.Query.Procedures;
using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Query.Binding;

/// <summary>Refuses, before it runs, a query that has no meaning: names that are not defined, types that cannot fit, clauses in a wrong order.</summary>
/// <remarks>Errors carry the types, phases and details of the openCypher TCK. What depends on data or parameters is found while the query runs.</remarks>
public sealed class SemanticCheck
{
    private readonly ProjectionCheck _projections;
    private readonly CallCheck _calls;

    private SemanticCheck(IProcedureCatalog procedures)
    {
        Expressions = new ExpressionCheck(this);
        Patterns = new PatternCheck(this);
        _projections = new ProjectionCheck(this);
        _calls = new CallCheck(this, procedures);
    }

    /// <summary>Checks expressions.</summary>
    internal ExpressionCheck Expressions { get; }

    /// <summary>Checks patterns.</summary>
    internal PatternCheck Patterns { get; }

    /// <summary>Checks a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="procedures">What <c>CALL</c> finds.</param>
    /// <returns>Names of the columns it gives.</returns>
    /// <exception cref="CypherException">It has no meaning.</exception>
    public static IReadOnlyList<string> Check(QuerySyntax query, IProcedureCatalog procedures)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(procedures);
        return new SemanticCheck(procedures).Union(query, new VariableScope(), isSubquery: false, needsReturn: true);
    }

    /// <summary>Checks a subquery.</summary>
    /// <returns>Names of its columns.</returns>
    internal IReadOnlyList<string> Subquery(SubqueryExpression subquery, VariableScope outer) =>
        Union(subquery.Query, outer, isSubquery: true, needsReturn: subquery.Kind == SubqueryKind.Collect
            || (subquery.Kind == SubqueryKind.Count && subquery.Query.KeepsDuplicates.Contains(false)));

    private List<string> Union(QuerySyntax query, VariableScope outer, bool isSubquery, bool needsReturn)
    {
        if (query.KeepsDuplicates.Distinct().Count() > 1)
        {
            throw CypherException.Syntax("InvalidClauseComposition", "UNION and UNION ALL cannot be mixed in one query.", query.Parts[^1].Position);
        }

        List<string> columns = Single(query.Parts[0], outer, isSubquery, needsReturn);
        for (int i = 1; i < query.Parts.Count; i++)
        {
            List<string> others = Single(query.Parts[i], outer, isSubquery, needsReturn);
            if (!columns.Order(StringComparer.Ordinal).SequenceEqual(others.Order(StringComparer.Ordinal)))
            {
                throw CypherException.Syntax(
                    "DifferentColumnsInUnion",
                    $"The parts of a UNION return the same columns: here ({string.Join(", ", columns)}) and ({string.Join(", ", others)}).", query.Parts[i].Position);
            }
        }

        return columns;
    }

    private List<string> Single(SingleQuery query, VariableScope outer, bool isSubquery, bool needsReturn)
    {
        var scope = new VariableScope(outer);
        var columns = new List<string>();
        bool isStandaloneCall = !isSubquery && query.Clauses is [CallClause];
        for (int i = 0; i < query.Clauses.Count; i++)
        {
            switch (query.Clauses[i])
            {
                case MatchClause match:
                    Patterns.Check(match.Patterns, scope, PatternUse.Match);
                    if (match.Where is not null)
                    {
                        Expressions.Condition(match.Where, scope, Place.Condition);
                    }

                    break;
                case UnwindClause unwind:
                    StaticType list = Expressions.Check(unwind.List, scope, Place.Single);
                    if (scope.Has(unwind.Variable))
                    {
                        throw CypherException.Syntax("VariableAlreadyBound", $"Variable `{unwind.Variable}` has a value already: UNWIND needs another name.", unwind.Position);
                    }

                    // What is no list is its own only element.
                    scope.Put(unwind.Variable, list.Kind is StaticKind.List or StaticKind.Property ? list.Elements : list.MayBe(StaticKind.List) ? StaticType.Any : list);
                    break;
                case WithClause with:
                    (_, scope) = _projections.Check(with.Projection, with.Where, scope, outer, isReturn: false);
                    break;
                case ReturnClause last:
                    if (i < query.Clauses.Count - 1)
                    {
                        throw CypherException.Syntax("InvalidClauseComposition", "RETURN is the last clause: use WITH to go on.", query.Clauses[i + 1].Position);
                    }

                    (columns, _) = _projections.Check(last.Projection, null, scope, outer, isReturn: true);
                    break;
                case CallClause call:
                    columns = _calls.Check(call, scope, isStandaloneCall);
                    break;
                case CreateClause create:
                    throw new CypherException(
                        "ReadOnly", ErrorPhase.CompileTime, "Write", "Queries only read: CREATE is not possible here.", create.Position);
            }
        }

        if (query.Clauses[^1] is not ReturnClause && (query.Clauses[^1] is WithClause || (needsReturn && !EndsWithoutReturn(query, isStandaloneCall))))
        {
            throw CypherException.Syntax("InvalidClauseComposition", "A query ends with RETURN.", query.Clauses[^1].Position);
        }

        return columns;
    }

    // A call alone gives its rows; a procedure without results ends a query as well.
    private static bool EndsWithoutReturn(SingleQuery query, bool isStandaloneCall) =>
        isStandaloneCall || query.Clauses[^1] is CallClause { Yield: null, YieldAll: false };
}
