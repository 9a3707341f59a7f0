using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Neo4j.Remote;

/// <summary>The text of a <c>RETURN</c> in pieces: the expression of each column, and what follows the columns.</summary>
/// <param name="Items">Expressions as written, without aliases.</param>
/// <param name="Tail"><c>ORDER BY</c>, <c>SKIP</c> and <c>LIMIT</c> as written.</param>
internal sealed record ReturnText(IReadOnlyList<string> Items, string Tail)
{
    /// <summary>Cuts the last clause of a query.</summary>
    /// <param name="text">The query.</param>
    /// <param name="last">The clause.</param>
    /// <param name="limits">Of text and depth.</param>
    /// <returns>Null when the cut pieces are not what was parsed: names that look like keywords can mislead.</returns>
    public static ReturnText? Read(string text, ReturnClause last, QueryLimits limits)
    {
        List<Token> tokens = Lexer.Read(new SourceText(text));
        int at = tokens.FindIndex(t => t.Start == last.Position.Offset) + 1;
        var items = new List<string>();
        int depth = 0;
        int start = at;
        int alias = -1;
        for (; ; at++)
        {
            Token token = tokens[at];
            bool isEnd = token.Kind == TokenKind.End || (depth == 0 && (IsTail(tokens, at) || token is { Kind: TokenKind.Symbol, Text: ";" }));
            if (isEnd || (depth == 0 && token is { Kind: TokenKind.Symbol, Text: "," }))
            {
                int end = alias >= 0 ? alias : at;
                if (end == start)
                {
                    return null;
                }

                items.Add(text[tokens[start].Start..tokens[end - 1].End]);
                (start, alias) = (at + 1, -1);
                if (isEnd)
                {
                    break;
                }
            }
            else if (token.Kind == TokenKind.Symbol)
            {
                depth += token.Text is "(" or "[" or "{" ? 1 : token.Text is ")" or "]" or "}" ? -1 : 0;
            }
            else if (depth == 0 && IsWord(token, "AS"))
            {
                alias = at;
            }
        }

        int stop = tokens.FindIndex(at, t => t is { Kind: TokenKind.End } or { Kind: TokenKind.Symbol, Text: ";" });
        string tail = stop > at ? text[tokens[at].Start..tokens[stop - 1].End] : "";
        return Agrees(items, last.Projection.Items, limits) ? new ReturnText(items, tail) : null;
    }

    private static bool IsTail(List<Token> tokens, int at) =>
        (IsWord(tokens[at], "ORDER") && IsWord(tokens[at + 1], "BY")) || IsWord(tokens[at], "SKIP") || IsWord(tokens[at], "OFFSET") || IsWord(tokens[at], "LIMIT");

    private static bool IsWord(Token token, string word) => token.Kind == TokenKind.Name && token.Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static bool Agrees(List<string> texts, IReadOnlyList<ProjectionItem> items, QueryLimits limits)
    {
        if (texts.Count != items.Count)
        {
            return false;
        }

        try
        {
            for (int i = 0; i < texts.Count; i++)
            {
                Expression read = CypherParser.ParseExpression(texts[i], limits);
                if (ExpressionText.Of(Placeless(read)) != ExpressionText.Of(Placeless(items[i].Expression)))
                {
                    return false;
                }
            }
        }
        catch (CypherException)
        {
            return false;
        }

        return true;
    }

    // The text of a subquery is its place, which differs: its kind must do.
    private static Expression Placeless(Expression expression) =>
        expression is SubqueryExpression subquery ? subquery with { Position = default } : expression;
}
