using System.Text;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Neo4j.Remote;

/// <summary>Divides queries; see <see cref="RemoteQuery"/>. Linear in their length.</summary>
public static class QueryDivision
{
    /// <summary>Decides where a query is answered.</summary>
    /// <param name="text">The query.</param>
    /// <param name="documents">Properties that only the store has.</param>
    /// <param name="isLocalProcedure">Whether a procedure is one of the embedded graph.</param>
    /// <param name="limits">Of text, parts and depth.</param>
    /// <exception cref="CypherException">It would write or read files, or asks for documents and is outside our subset.</exception>
    public static RemoteQuery Of(string text, IReadOnlySet<string> documents, Func<string, bool> isLocalProcedure, QueryLimits limits)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(isLocalProcedure);
        QuerySyntax query;
        try
        {
            query = CypherParser.Parse(text, limits);
        }
        catch (CypherException e) when (e.Type is not ("ReadOnly" or "LimitExceeded"))
        {
            if (Tokens(text) is not { } tokens || NamesDocuments(tokens, documents))
            {
                throw;
            }

            int file = At(tokens, "LOAD", "CSV");
            return file < 0 ? new RemoteQuery { Place = QueryPlace.There, Text = text, Refusal = e } : throw ReadsFiles(new SourceText(text).At(tokens[file].Start));
        }

        bool callsOurs = Subqueries(query).Prepend(query).SelectMany(q => q.Parts).SelectMany(p => p.Clauses).OfType<CallClause>().Any(c => isLocalProcedure(c.Procedure));
        if (callsOurs)
        {
            return new RemoteQuery { Place = QueryPlace.Here };
        }

        var names = new DocumentNames(documents);
        return names.In(query) ? Divide(text, query, names, limits) : new RemoteQuery { Place = QueryPlace.There, Text = text };
    }

    private static RemoteQuery Divide(string text, QuerySyntax query, DocumentNames names, QueryLimits limits)
    {
        var here = new RemoteQuery { Place = QueryPlace.Here };
        if (query.Mode != QueryMode.Run || query.Parts.Count > 1 || query.Parts[0].Clauses[^1] is not ReturnClause last
            || query.Parts[0].Clauses.SkipLast(1).Any(names.In))
        {
            return here;
        }

        Projection projection = last.Projection;
        var local = new HashSet<string>(StringComparer.Ordinal);
        foreach (ProjectionItem item in projection.Items)
        {
            if (names.In(item.Expression))
            {
                local.Add(item.Name);
            }
        }

        if (projection.Distinct || projection.All || projection.Items.Any(i => SyntaxParts.HasAggregation(i.Expression) || (local.Contains(i.Name) && LooksForPatterns(i.Expression)))
            || projection.OrderBy.Any(o => names.In(o.Expression) || Mentions(o.Expression, local)))
        {
            return here;
        }

        return ReturnText.Read(text, last, limits) is { } pieces ? Compose(text, last, pieces, local) : here;
    }

    private static RemoteQuery Compose(string text, ReturnClause last, ReturnText pieces, HashSet<string> local)
    {
        IReadOnlyList<ProjectionItem> items = last.Projection.Items;
        var columns = new RemoteColumn[items.Count];
        var variables = new HashSet<string>(StringComparer.Ordinal);
        var there = new List<string>();
        var here = new List<string>();
        for (int i = 0; i < items.Count; i++)
        {
            bool isLocal = local.Contains(items[i].Name);
            columns[i] = new RemoteColumn(items[i].Name, isLocal, isLocal ? here.Count : there.Count);
            if (isLocal)
            {
                SyntaxParts.Names(items[i].Expression, variables);
                here.Add($"{pieces.Items[i]} AS {Quoted("c" + i)}");
            }
            else
            {
                there.Add($"{pieces.Items[i]} AS {Quoted(items[i].Name)}");
            }
        }

        var bindings = new List<string>();
        foreach (string variable in variables)
        {
            bindings.Add($"{Quoted("aura row")}[{there.Count}] AS {Quoted(variable)}");
            there.Add($"{Quoted(variable)} AS {Quoted("aura " + variable)}");
        }

        var remote = new StringBuilder(text, 0, last.Position.Offset, text.Length + 256);
        remote.Append("RETURN ").AppendJoin(", ", there).Append(' ').Append(pieces.Tail);
        return new RemoteQuery
        {
            Place = QueryPlace.Both,
            Text = remote.ToString(),
            LocalText = $"UNWIND ${Quoted(RemoteQuery.RowsParameter)} AS {Quoted("aura row")} WITH {string.Join(", ", bindings)} RETURN {string.Join(", ", here)}",
            Columns = columns,
        };
    }

    // What they find in the rows that came back would not be what there is.
    private static bool LooksForPatterns(Expression expression) =>
        SyntaxParts.Everything(expression).Any(e => e is SubqueryExpression or PatternComprehension or PatternPredicate or ShortestPathExpression);

    private static bool Mentions(Expression expression, HashSet<string> names)
    {
        var mentioned = new HashSet<string>(StringComparer.Ordinal);
        SyntaxParts.Names(expression, mentioned);
        return mentioned.Overlaps(names);
    }

    private static IEnumerable<QuerySyntax> Subqueries(QuerySyntax query) =>
        SyntaxParts.Everything(query).OfType<SubqueryExpression>().Select(s => s.Query);

    private static List<Token>? Tokens(string text)
    {
        try
        {
            return Lexer.Read(new SourceText(text));
        }
        catch (CypherException)
        {
            return null;
        }
    }

    private static bool NamesDocuments(List<Token> tokens, IReadOnlySet<string> documents)
    {
        for (int i = 1; i < tokens.Count; i++)
        {
            if (tokens[i - 1] is { Kind: TokenKind.Symbol, Text: "." } && tokens[i].Kind is TokenKind.Name or TokenKind.QuotedName && documents.Contains(tokens[i].Text))
            {
                return true;
            }
        }

        return false;
    }

    private static int At(List<Token> tokens, string first, string second)
    {
        for (int i = 0; i + 1 < tokens.Count; i++)
        {
            if (IsWord(tokens[i], first) && IsWord(tokens[i + 1], second))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsWord(Token token, string word) => token.Kind == TokenKind.Name && token.Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static CypherException ReadsFiles(TextPosition position) => new(
        "ReadOnly", ErrorPhase.CompileTime, "LoadCsv", "LOAD CSV reads files and addresses from the database's machine and is not allowed here.", position);

    private static string Quoted(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";
}
