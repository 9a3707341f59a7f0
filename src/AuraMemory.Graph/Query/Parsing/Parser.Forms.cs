using System.Globalization;
using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Parsing;

/// <content>CASE, and the functions that have words between their arguments.</content>
internal sealed partial class Parser
{
    private static readonly HashSet<string> Trims = new(StringComparer.OrdinalIgnoreCase) { "BOTH", "LEADING", "TRAILING" };
    private static readonly HashSet<string> NormalForms = new(StringComparer.OrdinalIgnoreCase) { "NFC", "NFD", "NFKC", "NFKD" };

    private Expression Case(TextPosition position)
    {
        _at.Next();
        Expression? subject = _at.IsWord("WHEN") ? null : Inside();
        var named = new VariableExpression("CASE " + position.Offset.ToString(CultureInfo.InvariantCulture), position);
        var alternatives = new List<(List<(Expression Value, bool IsCondition)> Whens, Expression Then)>();
        while (_at.TakeWord("WHEN"))
        {
            var whens = new List<(Expression Value, bool IsCondition)>();
            do
            {
                whens.Add(subject is null ? (Inside(), true) : When(named));
            }
            while (subject is not null && _at.TakeSymbol(","));
            _at.Word("THEN");
            alternatives.Add((whens, Inside()));
        }

        if (alternatives.Count == 0)
        {
            throw _at.Unexpected("WHEN");
        }

        Expression? otherwise = _at.TakeWord("ELSE") ? Inside() : null;
        _at.Word("END");
        if (subject is null || alternatives.TrueForAll(a => a.Whens is [(_, false)]))
        {
            return new CaseExpression(subject, [.. alternatives.Select(a => new CaseAlternative(a.Whens[0].Value, a.Then))], otherwise, position);
        }

        // Conditions on the subject: it gets a name, as the one element of a list, so that it stands in the query, and is computed, once.
        Expression Condition(List<(Expression Value, bool IsCondition)> whens) => Balanced(
            whens.ConvertAll(w => w.IsCondition ? w.Value : new ComparisonExpression([named, w.Value], [ComparisonOperator.Equal], w.Value.Position)),
            (a, b) => new BinaryExpression(BinaryOperator.Or, a, b, a.Position));
        var choice = new CaseExpression(null, [.. alternatives.Select(a => new CaseAlternative(Condition(a.Whens), a.Then))], otherwise, position);
        return new FunctionExpression(
            "head", false, [new ListComprehension(named.Name, new ListLiteral([subject], position), null, choice, position)], position);
    }

    // A value that the subject is compared with, or, as in WHEN < 3 and WHEN IS NULL, a condition on it whose left side is left out.
    private (Expression Value, bool IsCondition) When(VariableExpression subject)
    {
        TextPosition position = _at.Position;
        if (_at.Current.Kind == TokenKind.Symbol && Comparisons.TryGetValue(_at.Current.Text, out ComparisonOperator comparison))
        {
            _at.Next();
            return (new ComparisonExpression([subject, Inside()], [comparison], position), true);
        }

        if (_at.IsWord("IS") && (_at.IsWord("NULL", 1) || (_at.IsWord("NOT", 1) && _at.IsWord("NULL", 2))))
        {
            _at.Next();
            bool isNot = _at.TakeWord("NOT");
            _at.Word("NULL");
            return (new UnaryExpression(isNot ? UnaryOperator.IsNotNull : UnaryOperator.IsNull, subject, position), true);
        }

        BinaryOperator? matching = _at.TakeSymbol("=~") ? BinaryOperator.Matches
            : _at.IsWord("STARTS") && _at.IsWord("WITH", 1) ? BinaryOperator.StartsWith
            : _at.IsWord("ENDS") && _at.IsWord("WITH", 1) ? BinaryOperator.EndsWith : null;
        if (matching is not { } kind)
        {
            return (Inside(), false);
        }

        Skip(kind == BinaryOperator.Matches ? 0 : 2);
        return (new BinaryExpression(kind, subject, Inside(), position), true);
    }

    // The words become arguments before the text: what to trim where.
    private FunctionExpression Trim(TextPosition position)
    {
        Skip(2);
        bool hasWord = _at.Current.Kind == TokenKind.Name && Trims.Contains(_at.Current.Text) && !(_at.Ahead(1) is { Kind: TokenKind.Symbol, Text: not ("(" or "[" or "{" or "$") });
        TextPosition place = _at.Position;
        Value ends = Value.Of(hasWord ? _at.Next().Text.ToUpperInvariant() : "BOTH");
        List<Expression> arguments = _at.IsWord("FROM") ? [] : [Inside()];
        if (_at.TakeWord("FROM"))
        {
            Expression[] where = [new Literal(ends, place), .. arguments.DefaultIfEmpty(new Literal(Value.Of(" "), place))];
            arguments = [.. where, Inside()];
        }
        else if (hasWord)
        {
            _at.Word("FROM");
        }

        while (_at.TakeSymbol(","))
        {
            arguments.Add(Inside());
        }

        _at.Symbol(")");
        return new FunctionExpression("trim", false, arguments, position);
    }

    // trim(BOTH 'x' FROM text) and normalize(text, NFD); null where these words are not there.
    private Expression? TextForm(TextPosition position)
    {
        if (_at.IsWord("TRIM") && !_at.IsSymbol(")", 2))
        {
            return Trim(position);
        }

        if (!_at.IsWord("NORMALIZE"))
        {
            return null;
        }

        Skip(2);
        List<Expression> arguments = _at.IsSymbol(")") ? [] : [Inside()];
        if (_at.TakeSymbol(","))
        {
            TextPosition at = _at.Position;
            string form = _at.Name("NFC, NFD, NFKC or NFKD");
            arguments.Add(new Literal(NormalForms.Contains(form) ? Value.Of(form.ToUpperInvariant()) : throw CypherException.Syntax(
                "UnexpectedSyntax", $"'{form}' is no normal form: NFC, NFD, NFKC and NFKD are.", at), at));
        }

        _at.Symbol(")");
        return new FunctionExpression("normalize", false, arguments, position);
    }
}
