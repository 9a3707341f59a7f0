using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Neo4j.Remote;

/// <summary>Where a query names properties that only the store has: <c>n.data</c>, <c>n['data']</c>, <c>n {.data}</c>, <c>(n {data: …})</c>.</summary>
/// <remarks>A name that is computed (<c>n[$name]</c>) is not seen: the other server has no such property and gives null.</remarks>
/// <param name="documents">Names of the properties.</param>
internal sealed class DocumentNames(IReadOnlySet<string> documents)
{
    /// <summary>Whether a query names one anywhere.</summary>
    public bool In(QuerySyntax query) => query.Parts.SelectMany(p => p.Clauses).Any(In);

    /// <summary>Whether a clause does.</summary>
    public bool In(Clause clause) =>
        SyntaxParts.InClause(clause).Any(In) || (clause is MatchClause match && match.Patterns.Any(InPattern));

    /// <summary>Whether an expression does.</summary>
    public bool In(Expression expression) => SyntaxParts.Everything(expression).Any(IsOne);

    private bool IsOne(Expression expression) => expression switch
    {
        PropertyExpression property => documents.Contains(property.Key),
        IndexExpression { Index: Literal { Value: { Kind: ValueKind.String } key } } => documents.Contains(key.Text),
        MapProjection map => map.Items.Any(i => i is { Key: { } key, Value: null } && documents.Contains(key)),
        PatternComprehension pattern => InPattern(pattern.Pattern),
        PatternPredicate pattern => InPattern(pattern.Pattern),
        ShortestPathExpression pattern => InPattern(pattern.Pattern),
        SubqueryExpression subquery => subquery.Query.Parts.SelectMany(p => p.Clauses).OfType<MatchClause>().SelectMany(m => m.Patterns).Any(InPattern),
        _ => false,
    };

    private bool InPattern(PathPattern path) =>
        path.Nodes.Any(n => n.Properties is MapLiteral map && map.Entries.Any(e => documents.Contains(e.Key)));
}
