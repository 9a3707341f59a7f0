using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Query.Parsing;

/// <summary>Reads queries: text to syntax trees. The language is a subset of openCypher 9 and of what Cypher 5 added for reading.</summary>
public static class CypherParser
{
    /// <summary>Reads a query. Linear in its length.</summary>
    /// <param name="text">The query; a semicolon may end it.</param>
    /// <param name="limits">Of which <see cref="QueryLimits.Text"/>, <see cref="QueryLimits.Parts"/> and <see cref="QueryLimits.Depth"/> count.</param>
    /// <param name="allowCreate">Whether <c>CREATE</c> is read, for set-ups of tests of any size, instead of refused.</param>
    /// <exception cref="CypherException">It is too long, too deep, wrong, would write, or is outside the subset.</exception>
    public static QuerySyntax Parse(string text, QueryLimits limits, bool allowCreate = false)
    {
        Parser parser = Begin(text, limits, allowCreate);
        return parser.WholeQuery();
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="limits">Of which <see cref="QueryLimits.Text"/> and <see cref="QueryLimits.Depth"/> count.</param>
    /// <exception cref="CypherException">It is too long, too deep or wrong.</exception>
    public static Expression ParseExpression(string text, QueryLimits limits)
    {
        Parser parser = Begin(text, limits, false);
        return parser.WholeExpression();
    }

    private static Parser Begin(string text, QueryLimits limits, bool allowCreate)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(limits);
        return text.Length <= limits.Text
            ? new Parser(new TokenCursor(new SourceText(text), limits), limits.Parts, allowCreate)
            : throw new CypherException(
                "LimitExceeded", ErrorPhase.CompileTime, "Text",
                $"The query has {text.Length} characters; {limits.Text} are allowed. Put data into parameters.", TextPosition.None);
    }
}
