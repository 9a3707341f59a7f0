using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Parsing;

/// <content>Literals, parameters, variables, functions, CASE, parentheses and what looks like them.</content>
internal sealed partial class Parser
{
    private Expression Atom()
    {
        TextPosition position = _at.Position;
        Token token = _at.Current;
        switch (token.Kind)
        {
            case TokenKind.Integer:
                return new Literal(NumberLiteral.Integer(_at.Next().Text, false, position), position);
            case TokenKind.Float:
                return new Literal(NumberLiteral.Float(_at.Next().Text, false, position), position);
            case TokenKind.String:
                return new Literal(Value.Of(_at.Next().Text), position);
            case TokenKind.Name:
                return Named(position);
            case TokenKind.QuotedName:
                return IsFunction() ? Function(position) : new VariableExpression(_at.Next().Text, position);
        }

        return token.Text switch
        {
            "$" => Parameter(),
            "(" => Parenthesis(position),
            "[" => List(position),
            "{" => Map(),
            _ => throw _at.Unexpected("an expression"),
        };
    }

    private ParameterExpression Parameter()
    {
        TextPosition position = _at.Position;
        _at.Symbol("$");
        if (_at.Current.Kind is not (TokenKind.Name or TokenKind.QuotedName or TokenKind.Integer))
        {
            throw _at.Unexpected("the name of a parameter after '$'");
        }

        return new ParameterExpression(_at.Next().Text, position);
    }

    private Expression Parenthesis(TextPosition position)
    {
        if (IsPattern(0))
        {
            return new PatternPredicate(Path(), position);
        }

        _at.Symbol("(");
        Expression inside = Inside();
        _at.Symbol(")");
        return inside;
    }

    // "(…)" is the node of a pattern when its inside can be one and a relationship follows. Looks behind the bracket, never reads on.
    private bool IsPattern(int ahead)
    {
        int closing = _at.IsSymbol("(", ahead) ? _at.Closing(ahead) : 0;
        if (closing == 0 || !IsRelationship(closing + 1))
        {
            return false;
        }

        int inside = ahead + 1;
        if (_at.IsNameAt(inside))
        {
            inside++;
        }

        return _at.IsSymbol(")", inside) || _at.IsSymbol(":", inside) || _at.IsSymbol("{", inside) || _at.IsSymbol("$", inside) || _at.IsWord("WHERE", inside)
            || _at.IsWord("WHERE", ahead + 1);
    }

    private Expression Named(TextPosition position)
    {
        bool isCall = _at.IsSymbol("(", 1);
        bool isBlock = _at.IsSymbol("{", 1) && !_at.IsSymbol(".", 2);
        switch (_at.Current.Text.ToUpperInvariant())
        {
            case "TRUE" when !isCall:
                _at.Next();
                return new Literal(Value.True, position);
            case "FALSE" when !isCall:
                _at.Next();
                return new Literal(Value.False, position);
            case "NULL" when !isCall:
                _at.Next();
                return new Literal(Value.Null, position);
            case "NAN" when !isCall:
                _at.Next();
                return new Literal(Value.Of(double.NaN), position);
            case "INF" or "INFINITY" when !isCall:
                _at.Next();
                return new Literal(Value.Of(double.PositiveInfinity), position);
            case "CASE" when !IsPlainName():
                return Case(position);
            case "EXISTS" when isBlock:
                return Subquery(SubqueryKind.Exists, position);
            case "COUNT" when isBlock:
                return Subquery(SubqueryKind.Count, position);
            case "COLLECT" when isBlock:
                return Subquery(SubqueryKind.Collect, position);
            case "COUNT" when isCall && _at.IsSymbol("*", 2) && _at.IsSymbol(")", 3):
                Skip(4);
                return new CountAllExpression(position);
            case "ALL" when IsQuantifier():
                return Quantified(Quantifier.All, position);
            case "ANY" when IsQuantifier():
                return Quantified(Quantifier.Any, position);
            case "NONE" when IsQuantifier():
                return Quantified(Quantifier.None, position);
            case "SINGLE" when IsQuantifier():
                return Quantified(Quantifier.Single, position);
            case "REDUCE" when isCall && _at.IsNameAt(2) && _at.IsSymbol("=", 3):
                return Reduce(position);
        }

        if (isCall && TextForm(position) is { } form)
        {
            return form;
        }

        if (IsShortest())
        {
            return new ShortestPathExpression(Shortest(null, position), position);
        }

        return IsFunction() ? Function(position) : new VariableExpression(_at.Next().Text, position);
    }

    private void Skip(int tokens)
    {
        for (int i = 0; i < tokens; i++)
        {
            _at.Next();
        }
    }

    private static readonly HashSet<string> BetweenOperands = new(StringComparer.OrdinalIgnoreCase) { "AND", "OR", "XOR", "IN", "IS", "STARTS", "ENDS", "CONTAINS" };

    private bool IsPlainName() =>
        _at.Ahead(1) is var next && (next.Kind == TokenKind.End || (next.Kind == TokenKind.Symbol && next.Text is "," or ")" or "]" or "}" or "." or ":" or "="));

    private bool IsQuantifier() => _at.IsSymbol("(", 1) && _at.IsNameAt(2) && _at.IsWord("IN", 3);

    // No function has so many; a longer chain of names is read as properties, so that a hostile one is not tried over at every dot.
    private const int MaxNameParts = 16;

    private bool IsFunction()
    {
        int ahead = 1;
        while (ahead < 2 * MaxNameParts && _at.IsSymbol(".", ahead) && _at.IsNameAt(ahead + 1))
        {
            ahead += 2;
        }

        return _at.IsSymbol("(", ahead);
    }

    private FunctionExpression Function(TextPosition position)
    {
        string name = _at.Next().Text;
        while (_at.TakeSymbol("."))
        {
            name += "." + _at.Next().Text;
        }

        if (name.Equals("point", StringComparison.OrdinalIgnoreCase) || name.StartsWith("point.", StringComparison.OrdinalIgnoreCase))
        {
            throw NotSupported("point()", "keep coordinates as numbers");
        }

        _at.Symbol("(");
        bool isDistinct = _at.IsWord("DISTINCT") && !_at.IsSymbol(")", 1) && !_at.IsSymbol(",", 1) && !_at.IsSymbol(".", 1);
        if (isDistinct || IsAll())
        {
            _at.Next();
        }

        var arguments = new List<Expression>();
        if (!_at.IsSymbol(")"))
        {
            do
            {
                arguments.Add(Inside());
            }
            while (_at.TakeSymbol(","));
        }

        _at.Symbol(")");
        return new FunctionExpression(name, isDistinct, arguments, position);
    }

    // ALL before an argument says what is so without it. Elsewhere it is a name, or a quantifier.
    private bool IsAll() => _at.IsWord("ALL") && !IsQuantifier() && _at.Ahead(1) is var next
        && (next.Kind is TokenKind.Integer or TokenKind.Float or TokenKind.String || (next.Kind == TokenKind.Symbol ? next.Text is "$" or "{" or "("
            : next.Kind is TokenKind.QuotedName || (next.Kind == TokenKind.Name && !BetweenOperands.Contains(next.Text))));

    private QuantifierExpression Quantified(Quantifier quantifier, TextPosition position)
    {
        _at.Next();
        _at.Symbol("(");
        string variable = _at.Name("a variable");
        _at.Word("IN");
        Expression list = Inside();
        _at.Word("WHERE");
        Expression where = Inside();
        _at.Symbol(")");
        return new QuantifierExpression(quantifier, variable, list, where, position);
    }

    private ReduceExpression Reduce(TextPosition position)
    {
        _at.Next();
        _at.Symbol("(");
        string accumulator = _at.Name("a variable");
        _at.Symbol("=");
        Expression initial = Inside();
        _at.Symbol(",");
        string variable = _at.Name("a variable");
        _at.Word("IN");
        Expression list = UpToBar();
        _at.Symbol("|");
        Expression step = Inside();
        _at.Symbol(")");
        return new ReduceExpression(accumulator, initial, variable, list, step, position);
    }
}
