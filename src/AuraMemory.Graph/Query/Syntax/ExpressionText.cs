using System.Globalization;
using System.Text;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Syntax;

/// <summary>Expressions as text in one form, wherever blanks and cases stood: for plans, and to tell whether two expressions are the same.</summary>
internal static class ExpressionText
{
    // What literals are written as.
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase) { "null", "true", "false", "NaNf", "Infinityf" };

    /// <summary>Text of an expression.</summary>
    public static string Of(Expression expression) => expression switch
    {
        Literal literal => Literal(literal.Value),
        ParameterExpression parameter => "$" + (parameter.Name.All(char.IsAsciiDigit) ? parameter.Name : Name(parameter.Name)),
        VariableExpression variable => Variable(variable.Name),
        PropertyExpression property => $"{Of(property.Owner)}.{Name(property.Key)}",
        IndexExpression { Key: { } key } index => $"{Of(index.Owner)}.{Name(key)}",
        IndexExpression index => $"{Of(index.Owner)}[{Of(index.Index)}]",
        SliceExpression slice => $"{Of(slice.Owner)}[{Optional(slice.From)}..{Optional(slice.To)}]",
        UnaryExpression unary => unary.Operator switch
        {
            UnaryOperator.Not => $"NOT ({Of(unary.Operand)})",
            UnaryOperator.Negate => $"-({Of(unary.Operand)})",
            UnaryOperator.Plus => $"+({Of(unary.Operand)})",
            UnaryOperator.IsNull => $"{Of(unary.Operand)} IS NULL",
            _ => $"{Of(unary.Operand)} IS NOT NULL",
        },
        BinaryExpression binary => $"({Of(binary.Left)} {Symbol(binary.Operator)} {Of(binary.Right)})",
        ComparisonExpression comparison => $"({Comparison(comparison)})",
        HasLabelsExpression labels => $"{Of(labels.Owner)}:{Labels(labels.Labels)}",
        FunctionExpression function => $"{function.Name.ToLowerInvariant()}({(function.Distinct ? "DISTINCT " : "")}{List(function.Arguments)})",
        CountAllExpression => "count(*)",
        CaseExpression choice => $"CASE {Optional(choice.Subject)} {string.Join(' ', choice.Alternatives.Select(a => $"WHEN {Of(a.When)} THEN {Of(a.Then)}"))} ELSE {Optional(choice.Otherwise)} END",
        ListLiteral list => $"[{List(list.Elements)}]",
        MapLiteral map => "{" + string.Join(", ", map.Entries.Select(e => $"{Name(e.Key)}: {Of(e.Value)}")) + "}",
        MapProjection projection => $"{Of(projection.Owner)} {{{string.Join(", ", projection.Items.Select(Item))}}}",
        ListComprehension each => $"[{Name(each.Variable)} IN {Of(each.List)}{Where(each.Where)}{(each.Result is null ? "" : " | " + Of(each.Result))}]",
        QuantifierExpression quantifier => $"{quantifier.Quantifier.ToString().ToLowerInvariant()}({Name(quantifier.Variable)} IN {Of(quantifier.List)}{Where(quantifier.Where)})",
        ReduceExpression reduce => $"reduce({Name(reduce.Accumulator)} = {Of(reduce.Initial)}, {Name(reduce.Variable)} IN {Of(reduce.List)} | {Of(reduce.Step)})",
        PatternComprehension pattern => $"[{Path(pattern.Pattern)}{Where(pattern.Where)} | {Of(pattern.Result)}]",
        PatternPredicate pattern => Path(pattern.Pattern),
        ShortestPathExpression pattern => Path(pattern.Pattern),
        SubqueryExpression subquery => $"{subquery.Kind.ToString().ToUpperInvariant()} {{ … @{subquery.Position.Offset} }}",
        _ => expression.ToString(),
    };

    /// <summary>Text of a path pattern.</summary>
    public static string Path(PathPattern path)
    {
        var text = new StringBuilder();
        if (path.Variable is not null)
        {
            text.Append(Name(path.Variable)).Append(" = ");
        }

        text.Append(path.Selection switch { PathSelection.Shortest => "shortestPath(", PathSelection.AllShortest => "allShortestPaths(", _ => "" });
        text.Append(Node(path.Nodes[0]));
        for (int i = 0; i < path.Relationships.Count; i++)
        {
            text.Append(Relationship(path.Relationships[i])).Append(Node(path.Nodes[i + 1]));
        }

        return text.Append(path.Selection == PathSelection.All ? "" : ")").ToString();
    }

    /// <summary>Text of a condition on labels.</summary>
    public static string Labels(LabelExpression labels) => labels switch
    {
        LabelName name => Name(name.Name),
        LabelWildcard => "%",
        LabelAnd both => $"({Labels(both.Left)}&{Labels(both.Right)})",
        LabelOr either => $"({Labels(either.Left)}|{Labels(either.Right)})",
        LabelNot not => $"!{Labels(not.Operand)}",
        _ => labels.ToString(),
    };

    /// <summary>Text of a relationship in a pattern.</summary>
    public static string Relationship(RelationshipPattern pattern)
    {
        string range = pattern.Range is not { } hops ? "" : $"*{hops.Minimum}..{hops.Maximum}";
        string inside = $"{Name(pattern.Variable ?? "")}{(pattern.Types is null ? "" : ":" + Labels(pattern.Types))}{range}{Properties(pattern.Properties)}{Where(pattern.Where)}";
        return (pattern.Direction == Direction.Incoming ? "<-" : "-") + (inside.Length == 0 ? "" : $"[{inside}]")
            + (pattern.Direction == Direction.Outgoing ? "->" : "-");
    }

    private static string Node(NodePattern pattern) =>
        $"({Name(pattern.Variable ?? "")}{(pattern.Labels is null ? "" : ":" + Labels(pattern.Labels))}{Properties(pattern.Properties)}{Where(pattern.Where)})";

    private static string Properties(Expression? properties) => properties is null ? "" : " " + Of(properties);

    private static string Where(Expression? condition) => condition is null ? "" : " WHERE " + Of(condition);

    private static string Optional(Expression? expression) => expression is null ? "" : Of(expression);

    private static string List(IReadOnlyList<Expression> expressions) => string.Join(", ", expressions.Select(Of));

    private static string Item(MapProjectionItem item) =>
        item.Key is null ? ".*" : item.Value is null ? "." + Name(item.Key) : $"{Name(item.Key)}: {Of(item.Value)}";

    // Quoted where it would read as something else: two expressions that differ may not have one text.
    private static string Name(string name) =>
        name.All(c => char.IsLetterOrDigit(c) || c == '_') && (name.Length == 0 || !char.IsDigit(name[0])) ? name : Quoted(name);

    private static string Variable(string name) =>
        name.Length == 0 || Words.Contains(name) ? Quoted(name) : Name(name);

    private static string Quoted(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    private static string Literal(Value value) => value.Kind switch
    {
        ValueKind.String => "'" + value.Text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'",
        ValueKind.Float => value.Float.ToString("R", CultureInfo.InvariantCulture) + "f",
        _ => value.ToString(),
    };

    private static string Comparison(ComparisonExpression comparison)
    {
        var text = new StringBuilder(Of(comparison.Operands[0]));
        for (int i = 0; i < comparison.Operators.Count; i++)
        {
            string symbol = comparison.Operators[i] switch
            {
                ComparisonOperator.Equal => "=",
                ComparisonOperator.NotEqual => "<>",
                ComparisonOperator.Less => "<",
                ComparisonOperator.LessOrEqual => "<=",
                ComparisonOperator.Greater => ">",
                _ => ">=",
            };
            text.Append(' ').Append(symbol).Append(' ').Append(Of(comparison.Operands[i + 1]));
        }

        return text.ToString();
    }

    private static string Symbol(BinaryOperator kind) => kind switch
    {
        BinaryOperator.Add => "+",
        BinaryOperator.Concatenate => "||",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.Modulo => "%",
        BinaryOperator.Power => "^",
        BinaryOperator.StartsWith => "STARTS WITH",
        BinaryOperator.EndsWith => "ENDS WITH",
        BinaryOperator.Matches => "=~",
        _ => kind.ToString().ToUpperInvariant(),
    };
}
