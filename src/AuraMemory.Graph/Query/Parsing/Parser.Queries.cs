using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Query.Parsing;

/// <summary>Recursive descent over the tokens: queries and their clauses.</summary>
internal sealed partial class Parser
{
    private static readonly HashSet<string> Writing = new(StringComparer.OrdinalIgnoreCase)
    {
        "CREATE", "MERGE", "SET", "DELETE", "DETACH", "NODETACH", "REMOVE", "FOREACH", "LOAD", "DROP", "ALTER", "INSERT", "GRANT", "REVOKE", "DENY", "RENAME", "START", "STOP", "TERMINATE", "ENABLE",
    };

    private static readonly HashSet<string> Unsupported = new(StringComparer.OrdinalIgnoreCase)
    {
        "USE", "SHOW", "USING", "CYPHER", "FINISH", "LET", "FILTER", "FOR", "PERIODIC",
    };

    private readonly TokenCursor _at;
    private readonly int _mostParts;
    private readonly bool _allowCreate;
    private int _parts;
    private int _subqueries;

    /// <summary>A parser at the first token.</summary>
    public Parser(TokenCursor cursor, int mostParts, bool allowCreate) => (_at, _mostParts, _allowCreate) = (cursor, mostParts, allowCreate);

    /// <summary>Reads everything as a query.</summary>
    public QuerySyntax WholeQuery()
    {
        QueryMode mode = _at.IsWord("EXPLAIN") ? QueryMode.Explain : _at.IsWord("PROFILE") ? QueryMode.Profile : QueryMode.Run;
        if (mode != QueryMode.Run)
        {
            _at.Next();
        }

        QuerySyntax query = Query(mode);
        _ = _at.TakeSymbol(";");
        return _at.Current.Kind == TokenKind.End ? query : throw Stray();
    }

    /// <summary>Reads everything as an expression.</summary>
    public Expression WholeExpression()
    {
        Expression expression = Expression();
        return _at.Current.Kind == TokenKind.End ? expression : throw _at.Unexpected("the end of the expression");
    }

    private QuerySyntax Query(QueryMode mode)
    {
        TextPosition position = _at.Position;
        List<SingleQuery> parts = [Single()];
        List<bool> keeps = [];
        while (_at.TakeWord("UNION"))
        {
            keeps.Add(_at.TakeWord("ALL"));
            if (!keeps[^1])
            {
                _ = _at.TakeWord("DISTINCT");
            }

            parts.Add(Single());
        }

        return new QuerySyntax(mode, parts, keeps, position);
    }

    private SingleQuery Single()
    {
        TextPosition position = _at.Position;
        var clauses = new List<Clause>();
        while (Clause() is { } clause)
        {
            Part(clause.Position);
            clauses.Add(clause);
        }

        return clauses.Count > 0 ? new SingleQuery(clauses, position) : throw Stray();
    }

    private Clause? Clause()
    {
        TextPosition position = _at.Position;
        if (_at.Current.Kind != TokenKind.Name)
        {
            return null;
        }

        switch (_at.Current.Text.ToUpperInvariant())
        {
            case "OPTIONAL":
                _at.Next();
                if (_at.IsWord("CALL"))
                {
                    throw NotSupported("OPTIONAL CALL", "use CALL");
                }

                _at.Word("MATCH");
                return Match(true, position);
            case "MATCH":
                _at.Next();
                return Match(false, position);
            case "UNWIND":
                _at.Next();
                Expression list = Expression();
                _at.Word("AS");
                return new UnwindClause(list, _at.Name("a variable"), position);
            case "WITH":
                _at.Next();
                return new WithClause(Projection(), _at.TakeWord("WHERE") ? Expression() : null, position);
            case "ORDER" or "SKIP" or "OFFSET" or "LIMIT":
                return new WithClause(Rest(false, true, [], position), null, position);
            case "RETURN":
                _at.Next();
                return new ReturnClause(Projection(), position);
            case "CALL":
                _at.Next();
                return Call(position);
            case "CREATE" when _allowCreate:
                _at.Next();
                return new CreateClause(Patterns(), position);
            default:
                return null;
        }
    }

    private MatchClause Match(bool isOptional, TextPosition position)
    {
        List<PathPattern> patterns = Patterns();
        if (_at.IsWord("USING"))
        {
            throw NotSupported("USING", "the planner chooses by itself");
        }

        return new MatchClause(isOptional, patterns, _at.TakeWord("WHERE") ? Expression() : null, position);
    }

    private CallClause Call(TextPosition position)
    {
        if (_at.IsSymbol("{") || _at.IsSymbol("("))
        {
            throw NotSupported("a CALL { } subquery", "use EXISTS { }, COUNT { } or COLLECT { }, or WITH");
        }

        string name = _at.Name("the name of a procedure");
        while (_at.TakeSymbol("."))
        {
            name += "." + _at.Name("the name of a procedure");
        }

        List<Expression>? arguments = null;
        if (_at.TakeSymbol("("))
        {
            arguments = [];
            if (!_at.TakeSymbol(")"))
            {
                do
                {
                    arguments.Add(Expression());
                }
                while (_at.TakeSymbol(","));
                _at.Symbol(")");
            }
        }

        if (!_at.TakeWord("YIELD"))
        {
            return new CallClause(name, arguments, null, false, null, position);
        }

        if (_at.TakeSymbol("*"))
        {
            return new CallClause(name, arguments, null, true, _at.TakeWord("WHERE") ? Expression() : null, position);
        }

        var items = new List<YieldItem>();
        if (!_at.TakeSymbol("-"))
        {
            do
            {
                TextPosition place = _at.Position;
                string field = _at.Name("the name of a result");
                items.Add(new YieldItem(field, _at.TakeWord("AS") ? _at.Name("a variable") : field, place));
            }
            while (_at.TakeSymbol(","));
        }

        return new CallClause(name, arguments, items, false, _at.TakeWord("WHERE") ? Expression() : null, position);
    }

    private Projection Projection()
    {
        TextPosition position = _at.Position;
        bool isDistinct = _at.IsWord("DISTINCT") && !_at.IsSymbol(",", 1) && !_at.IsWord("AS", 1) && !_at.IsSymbol(".", 1) && _at.Ahead(1).Kind != TokenKind.End;
        if (isDistinct)
        {
            _at.Next();
        }

        bool isAll = _at.TakeSymbol("*");
        var items = new List<ProjectionItem>();
        if (!isAll || _at.TakeSymbol(","))
        {
            do
            {
                items.Add(Item());
            }
            while (_at.TakeSymbol(","));
        }

        return Rest(isDistinct, isAll, items, position);
    }

    // What may follow the columns; as a clause of its own it keeps all of them.
    private Projection Rest(bool isDistinct, bool isAll, List<ProjectionItem> items, TextPosition position)
    {
        var order = new List<SortItem>();
        if (_at.IsWord("ORDER"))
        {
            _at.Next();
            _at.Word("BY");
            do
            {
                TextPosition place = _at.Position;
                Expression key = Expression();
                bool isDescending = _at.TakeWord("DESC") || _at.TakeWord("DESCENDING");
                _ = !isDescending && (_at.TakeWord("ASC") || _at.TakeWord("ASCENDING"));
                order.Add(new SortItem(key, isDescending, place));
            }
            while (_at.TakeSymbol(","));
        }

        Expression? skip = _at.TakeWord("SKIP") || _at.TakeWord("OFFSET") ? Expression() : null;
        Expression? limit = _at.TakeWord("LIMIT") ? Expression() : null;
        return new Projection(isDistinct, isAll, items, order, skip, limit, position);
    }

    private ProjectionItem Item()
    {
        TextPosition position = _at.Position;
        int start = _at.Index;
        Expression expression = Expression();
        string text = _at.TextFrom(start);
        if (_at.TakeWord("AS"))
        {
            return new ProjectionItem(expression, _at.Name("a name for the column"), true, position);
        }

        string name = expression switch
        {
            VariableExpression variable => variable.Name,
            MapProjection { Owner: VariableExpression owner } => owner.Name, // as Neo4j names it
            _ => text,
        };
        return new ProjectionItem(expression, name, false, position);
    }

    private void Part(TextPosition position)
    {
        if (++_parts > _mostParts && !_allowCreate)
        {
            throw new CypherException(
                "LimitExceeded", ErrorPhase.CompileTime, "Parts",
                $"The query has more than {_mostParts} clauses, nodes and relationships. UNWIND a list in a parameter instead of repeating them.", position);
        }
    }

    // What stands where a clause, or the end, should.
    private CypherException Stray()
    {
        if (_at.Current.Kind == TokenKind.Name)
        {
            string word = _at.Current.Text;
            if (Writing.Contains(word))
            {
                return _subqueries > 0
                    ? CypherException.Syntax("InvalidClauseComposition", $"{word.ToUpperInvariant()} cannot stand in a subquery: queries only read.", _at.Position)
                    : new CypherException(
                        "ReadOnly", ErrorPhase.CompileTime, "Write",
                        $"Queries only read: {word.ToUpperInvariant()} is not possible here. Store objects and relationships through the API.", _at.Position);
            }

            if (Unsupported.Contains(word))
            {
                return NotSupported(word.ToUpperInvariant(), "leave it out");
            }
        }

        return _at.Unexpected("a clause (MATCH, OPTIONAL MATCH, UNWIND, WITH, CALL, RETURN) or the end");
    }

    private CypherException NotSupported(string what, string instead) => new(
        "NotSupported", ErrorPhase.CompileTime, "OutsideSubset", $"{what} is not part of the supported subset of Cypher: {instead}.", _at.Position);
}
