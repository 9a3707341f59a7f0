using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Graph.Query.Parsing;

/// <content>Patterns, labels and types.</content>
internal sealed partial class Parser
{
    private List<PathPattern> Patterns()
    {
        List<PathPattern> patterns = [Path()];
        while (_at.TakeSymbol(","))
        {
            patterns.Add(Path());
        }

        return patterns;
    }

    private PathPattern Path()
    {
        TextPosition position = _at.Position;
        string? variable = null;
        if (_at.IsName && _at.IsSymbol("=", 1))
        {
            variable = _at.Next().Text;
            _at.Next();
        }

        if (IsShortest())
        {
            return Shortest(variable, position);
        }

        if (!_at.IsSymbol("("))
        {
            throw _at.Current.Kind == TokenKind.Name && (_at.IsWord("SHORTEST") || _at.IsWord("ANY") || _at.IsWord("ALL") || _at.IsWord("REPEATABLE") || _at.IsWord("DIFFERENT"))
                ? NotSupported($"{_at.Current.Text.ToUpperInvariant()} before a pattern", "use shortestPath() or allShortestPaths()")
                : _at.Unexpected("a pattern, which begins with '('");
        }

        return Chain(variable, PathSelection.All, position);
    }

    private bool IsShortest() => (_at.IsWord("shortestPath") || _at.IsWord("allShortestPaths")) && _at.IsSymbol("(", 1);

    private PathPattern Shortest(string? variable, TextPosition position)
    {
        PathSelection selection = _at.IsWord("shortestPath") ? PathSelection.Shortest : PathSelection.AllShortest;
        string function = _at.Next().Text;
        _at.Symbol("(");
        TextPosition inside = _at.Position;
        PathPattern path = Chain(variable, selection, position);
        _at.Symbol(")");
        if (path.Relationships.Count != 1)
        {
            throw CypherException.Syntax("InvalidRelationshipPattern", $"{function}() takes a pattern of two nodes and one relationship between them.", inside);
        }

        if (path.Relationships[0].Range is { Minimum: > 1 })
        {
            throw CypherException.Syntax("InvalidRelationshipPattern", $"{function}() searches from length 0 or 1 upwards, not from {path.Relationships[0].Range!.Minimum}.", inside);
        }

        return path;
    }

    private PathPattern Chain(string? variable, PathSelection selection, TextPosition position)
    {
        List<NodePattern> nodes = [Node()];
        var relationships = new List<RelationshipPattern>();
        while (IsRelationship(0))
        {
            relationships.Add(Relationship());
            nodes.Add(Node());
        }

        if (_at.IsSymbol("(") && _at.IsSymbol("(", 1))
        {
            throw NotSupported("a quantified path pattern", "write the repetition as a variable length, for example -[:KNOWS*1..3]->");
        }

        return new PathPattern(variable, selection, nodes, relationships, position);
    }

    // Whether "-", "->", "--", "-[", "<-" of a pattern begins here: as opposed to minus and less.
    private bool IsRelationship(int ahead)
    {
        bool isLeft = _at.IsSymbol("<", ahead);
        int line = isLeft ? ahead + 1 : ahead;
        if (!_at.IsSymbol("-", line))
        {
            return false;
        }

        if (_at.IsSymbol("-", line + 1))
        {
            return true;
        }

        int closing = _at.IsSymbol("[", line + 1) ? _at.Closing(line + 1) : 0;
        return closing > 0 && _at.IsSymbol("-", closing + 1);
    }

    private NodePattern Node()
    {
        TextPosition position = _at.Position;
        Part(position);
        _at.Enter();
        _at.Symbol("(");
        if (_at.IsSymbol("("))
        {
            throw NotSupported("a quantified path pattern", "write the repetition as a variable length, for example -[:KNOWS*1..3]->");
        }

        bool hasVariable = _at.IsName && !(_at.IsWord("WHERE") && !IsEndOfName());
        string? variable = hasVariable ? _at.Next().Text : null;
        LabelExpression? labels = _at.IsSymbol(":") ? Labels(true) : null;
        Expression? properties = Properties();
        Expression? where = _at.TakeWord("WHERE") ? Expression() : null;
        if (!_at.TakeSymbol(")"))
        {
            NeedColon();
            throw _at.Unexpected("':', '{', WHERE or ')'");
        }

        _at.Leave();
        return new NodePattern(variable, labels, properties, where, position);
    }

    private void NeedColon()
    {
        if (_at.IsWord("IS"))
        {
            throw NotSupported("IS before a label or a type", "write ':' instead");
        }
    }

    private bool IsEndOfName() => _at.IsSymbol(")", 1) || _at.IsSymbol("]", 1) || _at.IsSymbol(":", 1) || _at.IsSymbol("{", 1) || _at.IsSymbol("*", 1);

    private Expression? Properties() => _at.IsSymbol("{") ? Map() : _at.IsSymbol("$") ? Parameter() : null;

    private RelationshipPattern Relationship()
    {
        TextPosition position = _at.Position;
        Part(position);
        bool isIncoming = _at.TakeSymbol("<");
        _at.Symbol("-");
        string? variable = null;
        LabelExpression? types = null;
        HopRange? range = null;
        Expression? properties = null;
        Expression? where = null;
        if (_at.TakeSymbol("["))
        {
            _at.Enter();
            bool hasVariable = _at.IsName && !(_at.IsWord("WHERE") && !IsEndOfName());
            variable = hasVariable ? _at.Next().Text : null;
            types = _at.IsSymbol(":") ? Labels(false) : null;
            range = _at.TakeSymbol("*") ? Range() : null;
            if (range is null && _at.IsSymbol(".."))
            {
                throw _at.Unexpected("'*' before a range of lengths", "InvalidRelationshipPattern");
            }

            properties = Properties();
            where = _at.TakeWord("WHERE") ? Expression() : null;
            if (!_at.TakeSymbol("]"))
            {
                NeedColon();
                throw _at.Unexpected("':', '*', '{', WHERE or ']'", range is null ? "UnexpectedSyntax" : "InvalidRelationshipPattern");
            }

            _at.Leave();
        }

        _at.Symbol("-");
        bool isOutgoing = _at.TakeSymbol(">");
        if (_at.IsSymbol("{") || _at.IsSymbol("+") || _at.IsSymbol("*"))
        {
            throw NotSupported("a quantified relationship", "write a variable length, for example -[:KNOWS*1..3]->");
        }

        Direction direction = isIncoming == isOutgoing ? Direction.Both : isIncoming ? Direction.Incoming : Direction.Outgoing;
        return new RelationshipPattern(variable, types, direction, range, properties, where, position);
    }

    private HopRange Range()
    {
        long? minimum = Bound();
        if (!_at.TakeSymbol(".."))
        {
            return new HopRange(minimum, minimum);
        }

        return new HopRange(minimum, Bound());
    }

    private long? Bound()
    {
        if (_at.IsSymbol("-"))
        {
            throw _at.Unexpected("a length of 0 or more", "InvalidRelationshipPattern");
        }

        if (_at.Current.Kind != TokenKind.Integer)
        {
            return null;
        }

        TextPosition position = _at.Position;
        return NumberLiteral.Integer(_at.Next().Text, false, position).Integer;
    }

    // ":A:B" of a node means both, ":A|:B" of a relationship either.
    private LabelExpression Labels(bool isNode, bool takesBars = true)
    {
        var either = new List<LabelExpression>();
        int start = _at.Index;
        _at.Symbol(":");
        do
        {
            if (either.Count > 0)
            {
                _ = _at.TakeSymbol(":");
            }

            either.Add(LabelsBoth(isNode));
        }
        while (takesBars && _at.TakeSymbol("|"));
        if (isNode)
        {
            NeedOneWay(start);
        }

        return Balanced(either, (a, b) => new LabelOr(a, b, a.Position));
    }

    // ":A:B" and ":A&B" mean the same, but ":A:B|C" would leave open which way it is grouped.
    private void NeedOneWay(int start)
    {
        bool hasColons = false;
        bool hasSymbols = false;
        for (int i = start + 1 - _at.Index; i < 0; i++)
        {
            hasColons |= _at.IsSymbol(":", i);
            hasSymbols |= _at.IsSymbol("|", i) || _at.IsSymbol("&", i) || _at.IsSymbol("!", i) || _at.IsSymbol("%", i);
        }

        if (hasColons && hasSymbols)
        {
            throw CypherException.Syntax("UnexpectedSyntax", "Labels are joined either by ':' or by '|', '&', '!' and '%': write :(A&B)|C.", _at.Position);
        }
    }

    private LabelExpression LabelsBoth(bool isNode)
    {
        List<LabelExpression> both = [LabelsOne(isNode)];
        while (_at.IsSymbol("&") || (isNode && _at.IsSymbol(":") && _at.IsNameAt(1)))
        {
            _at.Next();
            both.Add(LabelsOne(isNode));
        }

        return Balanced(both, (a, b) => new LabelAnd(a, b, a.Position));
    }

    private LabelExpression LabelsOne(bool isNode)
    {
        TextPosition position = _at.Position;
        if (_at.TakeSymbol("!"))
        {
            _at.Enter();
            LabelExpression operand = LabelsOne(isNode);
            _at.Leave();
            return new LabelNot(operand, position);
        }

        if (_at.TakeSymbol("%"))
        {
            return new LabelWildcard(position);
        }

        if (!_at.TakeSymbol("("))
        {
            return new LabelName(NotEmpty(isNode ? "a label" : "a type"), position);
        }

        _at.Enter();
        List<LabelExpression> either = [LabelsBoth(isNode)];
        while (_at.TakeSymbol("|"))
        {
            either.Add(LabelsBoth(isNode));
        }

        _at.Symbol(")");
        _at.Leave();
        return Balanced(either, (a, b) => new LabelOr(a, b, a.Position));
    }

    private string NotEmpty(string what)
    {
        bool isEmpty = _at.Current is { Kind: TokenKind.QuotedName, Text: "" };
        return isEmpty ? throw CypherException.Syntax("UnexpectedSyntax", "Labels, types and properties have names that are not empty.", _at.Position) : _at.Name(what);
    }

    // Short chains lean to the left as the grammar says; long ones of an associative operator are built flat, so that depth stays logarithmic.
    private static T Balanced<T>(List<T> operands, Func<T, T, T> join)
    {
        const int Short = 16;
        if (operands.Count <= Short)
        {
            return operands.Aggregate(join);
        }

        int half = operands.Count / 2;
        return join(Balanced(operands[..half], join), Balanced(operands[half..], join));
    }
}
