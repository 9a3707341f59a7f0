using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Query.Parsing;

/// <content>Lists, maps, comprehensions, map projections and subqueries.</content>
internal sealed partial class Parser
{
    private Expression List(TextPosition position)
    {
        _at.Symbol("[");
        if (_at.IsNameAt(0) && _at.IsWord("IN", 1))
        {
            return Comprehension(position);
        }

        bool isNamedPattern = _at.IsNameAt(0) && _at.IsSymbol("=", 1) && IsPattern(2);
        var elements = new List<Expression>();
        if (isNamedPattern || IsPattern(0))
        {
            TextPosition place = _at.Position;
            PathPattern pattern = Path();
            if (isNamedPattern || _at.IsWord("WHERE") || _at.IsSymbol("|"))
            {
                return PatternComprehension(pattern, position);
            }

            elements.Add(new PatternPredicate(pattern, place));
            if (!_at.IsSymbol("]"))
            {
                _at.Symbol(",");
                elements.Add(Inside());
            }
        }
        else if (!_at.IsSymbol("]"))
        {
            elements.Add(Inside());
        }

        while (_at.TakeSymbol(","))
        {
            elements.Add(Inside());
        }

        _at.Symbol("]");
        return new ListLiteral(elements, position);
    }

    private ListComprehension Comprehension(TextPosition position)
    {
        string variable = _at.Next().Text;
        _at.Word("IN");
        Expression list = UpToBar();
        Expression? where = _at.TakeWord("WHERE") ? UpToBar() : null;
        Expression? result = _at.TakeSymbol("|") ? Inside() : null;
        _at.Symbol("]");
        return new ListComprehension(variable, list, where, result, position);
    }

    private PatternComprehension PatternComprehension(PathPattern pattern, TextPosition position)
    {
        Expression? where = _at.TakeWord("WHERE") ? UpToBar() : null;
        _at.Symbol("|");
        Expression result = Inside();
        _at.Symbol("]");
        return new PatternComprehension(pattern, where, result, position);
    }

    private MapLiteral Map()
    {
        TextPosition position = _at.Position;
        _at.Symbol("{");
        var entries = new List<MapEntry>();
        if (!_at.IsSymbol("}"))
        {
            do
            {
                string key = _at.Name("a name for a value");
                _at.Symbol(":");
                entries.Add(new MapEntry(key, Inside()));
            }
            while (_at.TakeSymbol(","));
        }

        _at.Symbol("}");
        return new MapLiteral(entries, position);
    }

    private MapProjection MapProjection(Expression owner, TextPosition position)
    {
        _at.Symbol("{");
        var items = new List<MapProjectionItem>();
        if (!_at.IsSymbol("}"))
        {
            do
            {
                items.Add(ProjectedEntry());
            }
            while (_at.TakeSymbol(","));
        }

        _at.Symbol("}");
        return new MapProjection(owner, items, position);
    }

    private MapProjectionItem ProjectedEntry()
    {
        if (_at.TakeSymbol("."))
        {
            return _at.TakeSymbol("*") ? new MapProjectionItem(null, null) : new MapProjectionItem(_at.Name("a property or '*'"), null);
        }

        TextPosition position = _at.Position;
        string name = _at.Name("a property, a variable or a name");
        return new MapProjectionItem(name, _at.TakeSymbol(":") ? Inside() : new VariableExpression(name, position));
    }

    private SubqueryExpression Subquery(SubqueryKind kind, TextPosition position)
    {
        _at.Next();
        _at.Symbol("{");
        _at.Enter();
        _subqueries++;
        (bool outer, _barEnds) = (_barEnds, false);
        QuerySyntax query;
        if (IsBarePattern())
        {
            TextPosition inside = _at.Position;
            if (kind == SubqueryKind.Collect)
            {
                throw _at.Unexpected("a query with RETURN");
            }

            var match = new MatchClause(false, Patterns(), _at.TakeWord("WHERE") ? Expression() : null, inside);
            query = new QuerySyntax(QueryMode.Run, [new SingleQuery([match], inside)], [], inside);
        }
        else
        {
            query = Query(QueryMode.Run);
        }

        if (!_at.IsSymbol("}"))
        {
            throw Stray();
        }

        _at.Next();
        _barEnds = outer;
        _subqueries--;
        _at.Leave();
        return new SubqueryExpression(kind, query, position);
    }

    private bool IsBarePattern() => _at.IsSymbol("(") || IsShortest() || (_at.IsName && _at.IsSymbol("=", 1));
}
