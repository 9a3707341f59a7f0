using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Query.Parsing;

/// <content>Expressions by precedence: OR, XOR, AND, NOT, comparison, predicates, sums, products, powers, signs, then what follows an atom.</content>
internal sealed partial class Parser
{
    private static readonly string[] Connectives = ["OR", "XOR", "AND"];

    private static readonly Dictionary<string, ComparisonOperator> Comparisons = new()
    {
        ["="] = ComparisonOperator.Equal,
        ["<>"] = ComparisonOperator.NotEqual,
        ["<"] = ComparisonOperator.Less,
        ["<="] = ComparisonOperator.LessOrEqual,
        [">"] = ComparisonOperator.Greater,
        [">="] = ComparisonOperator.GreaterOrEqual,
    };

    // Inside [x IN xs WHERE … | …] a bar ends the condition instead of joining labels.
    private bool _barEnds;

    private Expression Expression()
    {
        _at.Enter();
        Expression expression = Logic(0);
        _at.Leave();
        return expression;
    }

    private Expression Inside()
    {
        (bool outer, _barEnds) = (_barEnds, false);
        Expression expression = Expression();
        _barEnds = outer;
        return expression;
    }

    private Expression UpToBar()
    {
        (bool outer, _barEnds) = (_barEnds, true);
        Expression expression = Expression();
        _barEnds = outer;
        return expression;
    }

    private Expression Logic(int level)
    {
        Expression first = level == 2 ? Not() : Logic(level + 1);
        if (!_at.IsWord(Connectives[level]))
        {
            return first;
        }

        BinaryOperator kind = level switch { 0 => BinaryOperator.Or, 1 => BinaryOperator.Xor, _ => BinaryOperator.And };
        List<(Expression Operand, TextPosition Position)> operands = [(first, default)];
        while (_at.IsWord(Connectives[level]))
        {
            TextPosition position = _at.Position;
            _at.Next();
            operands.Add((level == 2 ? Not() : Logic(level + 1), position));
        }

        return Balanced(operands, (a, b) => (new BinaryExpression(kind, a.Operand, b.Operand, b.Position), a.Position)).Operand;
    }

    private Expression Not()
    {
        if (!_at.IsWord("NOT") || IsPlainName())
        {
            return Comparison();
        }

        TextPosition position = _at.Position;
        _at.Next();
        _at.Enter();
        Expression operand = Not();
        _at.Leave();
        return new UnaryExpression(UnaryOperator.Not, operand, position);
    }

    private Expression Comparison()
    {
        TextPosition position = _at.Position;
        Expression first = Predicate();
        if (_at.Current.Kind != TokenKind.Symbol || !Comparisons.ContainsKey(_at.Current.Text))
        {
            return _at.IsSymbol("!=") || _at.IsSymbol("==") ? throw _at.Unexpected("an operator") : first;
        }

        List<Expression> operands = [first];
        var operators = new List<ComparisonOperator>();
        while (_at.Current.Kind == TokenKind.Symbol && Comparisons.TryGetValue(_at.Current.Text, out ComparisonOperator comparison))
        {
            _at.Next();
            operators.Add(comparison);
            operands.Add(Predicate());
        }

        return new ComparisonExpression(operands, operators, position);
    }

    private Expression Predicate()
    {
        TextPosition start = _at.Position;
        Expression left = Arithmetic(0);
        int levels = 0;
        while (true)
        {
            TextPosition position = _at.Position;
            if (_at.IsWord("IS"))
            {
                left = Is(left, start);
            }
            else if (PredicateOperator() is { } kind)
            {
                left = new BinaryExpression(kind, left, Arithmetic(0), position);
            }
            else
            {
                break;
            }

            _at.Enter();
            levels++;
        }

        _at.Leave(levels);
        return left;
    }

    private UnaryExpression Is(Expression operand, TextPosition start)
    {
        _at.Next();
        bool isNot = _at.TakeWord("NOT");
        if (_at.IsSymbol("::") || _at.IsWord("TYPED") || _at.IsWord("NORMALIZED") || _at.IsWord("NFC") || _at.IsWord("NFD"))
        {
            throw NotSupported("IS ::, IS TYPED and IS NORMALIZED", "use valueType()");
        }

        _at.Word("NULL");
        return new UnaryExpression(isNot ? UnaryOperator.IsNotNull : UnaryOperator.IsNull, operand, start);
    }

    private BinaryOperator? PredicateOperator()
    {
        if (_at.TakeSymbol("=~"))
        {
            return BinaryOperator.Matches;
        }

        if (_at.TakeWord("IN"))
        {
            return BinaryOperator.In;
        }

        if (_at.TakeWord("CONTAINS"))
        {
            return BinaryOperator.Contains;
        }

        bool isStart = _at.IsWord("STARTS");
        if (!isStart && !_at.IsWord("ENDS"))
        {
            return null;
        }

        _at.Next();
        _at.Word("WITH");
        return isStart ? BinaryOperator.StartsWith : BinaryOperator.EndsWith;
    }

    private Expression Arithmetic(int level)
    {
        Expression left = level == 2 ? Unary() : Arithmetic(level + 1);
        int levels = 0;
        while (ArithmeticOperator(level) is { } kind)
        {
            TextPosition position = _at.Position;
            _at.Next();
            _at.Enter();
            levels++;
            left = new BinaryExpression(kind, left, level == 2 ? Unary() : Arithmetic(level + 1), position);
        }

        _at.Leave(levels);
        return left;
    }

    private BinaryOperator? ArithmeticOperator(int level)
    {
        if (_at.Current.Kind != TokenKind.Symbol)
        {
            return null;
        }

        return (level, _at.Current.Text) switch
        {
            (0, "+") => BinaryOperator.Add,
            (0, "||") => BinaryOperator.Concatenate,
            (0, "-") => BinaryOperator.Subtract,
            (1, "*") => BinaryOperator.Multiply,
            (1, "/") => BinaryOperator.Divide,
            (1, "%") => BinaryOperator.Modulo,
            (2, "^") => BinaryOperator.Power,
            _ => null,
        };
    }

    private Expression Unary()
    {
        TextPosition position = _at.Position;
        bool isMinus = _at.IsSymbol("-");
        if (!isMinus && !_at.IsSymbol("+"))
        {
            return Postfix();
        }

        _at.Next();
        if (isMinus && _at.Current.Kind is TokenKind.Integer or TokenKind.Float && !HasPostfix(1))
        {
            Token number = _at.Next();
            return new Literal(
                number.Kind == TokenKind.Integer ? NumberLiteral.Integer(number.Text, true, position) : NumberLiteral.Float(number.Text, true, position), position);
        }

        _at.Enter();
        Expression operand = Unary();
        _at.Leave();
        return new UnaryExpression(isMinus ? UnaryOperator.Negate : UnaryOperator.Plus, operand, position);
    }

    private bool HasPostfix(int ahead) => _at.IsSymbol(".", ahead) || _at.IsSymbol("[", ahead) || _at.IsSymbol(":", ahead);

    private Expression Postfix()
    {
        TextPosition position = _at.Position;
        Expression owner = Atom();
        int levels = 0;
        while (true)
        {
            if (_at.IsSymbol(".") && _at.IsNameAt(1))
            {
                _at.Next();
                owner = new PropertyExpression(owner, NotEmpty("the name of a property"), position);
            }
            else if (_at.IsSymbol("["))
            {
                owner = Element(owner, position);
            }
            else if (_at.IsSymbol(":"))
            {
                owner = new HasLabelsExpression(owner, Labels(true, !_barEnds), position);
            }
            else if (_at.IsSymbol("{") && owner is VariableExpression)
            {
                owner = MapProjection(owner, position);
            }
            else
            {
                break;
            }

            _at.Enter();
            levels++;
        }

        if (_at.IsSymbol("::"))
        {
            throw NotSupported("::", "use valueType()");
        }

        if (_at.IsSymbol("."))
        {
            throw _at.Unexpected("the name of a property after '.'");
        }

        _at.Leave(levels);
        return owner;
    }

    private Expression Element(Expression owner, TextPosition position)
    {
        _at.Symbol("[");
        Expression? from = _at.IsSymbol("..") ? null : Inside();
        if (_at.TakeSymbol(".."))
        {
            Expression? to = _at.IsSymbol("]") ? null : Inside();
            if (from is null && to is null)
            {
                throw _at.Unexpected("where the slice begins or ends");
            }

            _at.Symbol("]");
            return new SliceExpression(owner, from, to, position);
        }

        _at.Symbol("]");
        return new IndexExpression(owner, from!, position);
    }
}
