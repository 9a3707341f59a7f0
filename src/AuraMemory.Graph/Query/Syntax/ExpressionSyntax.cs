using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Syntax;

/// <summary>Something with a value.</summary>
public abstract record Expression(TextPosition Position) : SyntaxNode(Position);

/// <summary>A number, string, boolean or null as written.</summary>
public sealed record Literal(Value Value, TextPosition Position) : Expression(Position);

/// <summary><c>$name</c>.</summary>
public sealed record ParameterExpression(string Name, TextPosition Position) : Expression(Position);

/// <summary>A variable.</summary>
public sealed record VariableExpression(string Name, TextPosition Position) : Expression(Position);

/// <summary><c>owner.key</c>.</summary>
public sealed record PropertyExpression(Expression Owner, string Key, TextPosition Position) : Expression(Position);

/// <summary><c>owner[index]</c>.</summary>
public sealed record IndexExpression(Expression Owner, Expression Index, TextPosition Position) : Expression(Position)
{
    /// <summary>The name of the property that is read, as <c>owner.name</c> does, where the text says it; else null.</summary>
    public string? Key => Index is Literal { Value: { Kind: ValueKind.String } name } ? name.Text : null;
}

/// <summary><c>owner[from..to]</c>.</summary>
public sealed record SliceExpression(Expression Owner, Expression? From, Expression? To, TextPosition Position) : Expression(Position);

/// <summary>Operators with one operand.</summary>
public enum UnaryOperator
{
    /// <summary><c>NOT</c>.</summary>
    Not,

    /// <summary><c>-</c>.</summary>
    Negate,

    /// <summary><c>+</c>.</summary>
    Plus,

    /// <summary><c>IS NULL</c>.</summary>
    IsNull,

    /// <summary><c>IS NOT NULL</c>.</summary>
    IsNotNull,
}

/// <summary>An operator and its operand.</summary>
public sealed record UnaryExpression(UnaryOperator Operator, Expression Operand, TextPosition Position) : Expression(Position);

/// <summary>Operators with two operands; comparisons are <see cref="ComparisonExpression"/>.</summary>
public enum BinaryOperator
{
    /// <summary><c>OR</c>.</summary>
    Or,

    /// <summary><c>XOR</c>.</summary>
    Xor,

    /// <summary><c>AND</c>.</summary>
    And,

    /// <summary><c>+</c>.</summary>
    Add,

    /// <summary><c>||</c>.</summary>
    Concatenate,

    /// <summary><c>-</c>.</summary>
    Subtract,

    /// <summary><c>*</c>.</summary>
    Multiply,

    /// <summary><c>/</c>.</summary>
    Divide,

    /// <summary><c>%</c>.</summary>
    Modulo,

    /// <summary><c>^</c>.</summary>
    Power,

    /// <summary><c>IN</c>.</summary>
    In,

    /// <summary><c>STARTS WITH</c>.</summary>
    StartsWith,

    /// <summary><c>ENDS WITH</c>.</summary>
    EndsWith,

    /// <summary><c>CONTAINS</c>.</summary>
    Contains,

    /// <summary><c>=~</c>.</summary>
    Matches,
}

/// <summary>An operator and its operands; its position is the operator's.</summary>
public sealed record BinaryExpression(BinaryOperator Operator, Expression Left, Expression Right, TextPosition Position) : Expression(Position);

/// <summary>Comparison operators.</summary>
public enum ComparisonOperator
{
    /// <summary><c>=</c>.</summary>
    Equal,

    /// <summary><c>&lt;&gt;</c>.</summary>
    NotEqual,

    /// <summary><c>&lt;</c>.</summary>
    Less,

    /// <summary><c>&lt;=</c>.</summary>
    LessOrEqual,

    /// <summary><c>&gt;</c>.</summary>
    Greater,

    /// <summary><c>&gt;=</c>.</summary>
    GreaterOrEqual,
}

/// <summary><c>a &lt; b &lt;= c</c>: every neighbouring pair is compared, and all must hold.</summary>
/// <param name="Operands">Two or more.</param>
/// <param name="Operators">One less.</param>
/// <param name="Position">Where it begins.</param>
public sealed record ComparisonExpression(
    IReadOnlyList<Expression> Operands, IReadOnlyList<ComparisonOperator> Operators, TextPosition Position) : Expression(Position);

/// <summary><c>owner:Label</c>: of a node its labels, of a relationship its type.</summary>
public sealed record HasLabelsExpression(Expression Owner, LabelExpression Labels, TextPosition Position) : Expression(Position);

/// <summary><c>name(arguments)</c>, aggregations included.</summary>
/// <param name="Name">Full name with dots, as written; names are compared without case.</param>
/// <param name="Distinct">Whether <c>DISTINCT</c> was written.</param>
/// <param name="Arguments">What it is applied to.</param>
/// <param name="Position">Where it begins.</param>
public sealed record FunctionExpression(string Name, bool Distinct, IReadOnlyList<Expression> Arguments, TextPosition Position) : Expression(Position);

/// <summary><c>count(*)</c>.</summary>
public sealed record CountAllExpression(TextPosition Position) : Expression(Position);

/// <summary><c>CASE [subject] WHEN … THEN … [ELSE …] END</c>.</summary>
public sealed record CaseExpression(
    Expression? Subject, IReadOnlyList<CaseAlternative> Alternatives, Expression? Otherwise, TextPosition Position) : Expression(Position);

/// <summary><c>WHEN … THEN …</c>.</summary>
public sealed record CaseAlternative(Expression When, Expression Then);

/// <summary><c>[a, b]</c>.</summary>
public sealed record ListLiteral(IReadOnlyList<Expression> Elements, TextPosition Position) : Expression(Position);

/// <summary><c>{key: value}</c>.</summary>
public sealed record MapLiteral(IReadOnlyList<MapEntry> Entries, TextPosition Position) : Expression(Position);

/// <summary>A name and its value.</summary>
public sealed record MapEntry(string Key, Expression Value);

/// <summary><c>owner {.key, .*, name: value, variable}</c>.</summary>
public sealed record MapProjection(Expression Owner, IReadOnlyList<MapProjectionItem> Items, TextPosition Position) : Expression(Position);

/// <summary>One item of a map projection.</summary>
/// <param name="Key">Its name; null for <c>.*</c>.</param>
/// <param name="Value">Its value; null for <c>.key</c> and <c>.*</c>, which are taken from the owner.</param>
public sealed record MapProjectionItem(string? Key, Expression? Value);

/// <summary><c>[variable IN list WHERE … | result]</c>.</summary>
public sealed record ListComprehension(
    string Variable, Expression List, Expression? Where, Expression? Result, TextPosition Position) : Expression(Position);

/// <summary>Quantifiers.</summary>
public enum Quantifier
{
    /// <summary><c>all</c>.</summary>
    All,

    /// <summary><c>any</c>.</summary>
    Any,

    /// <summary><c>none</c>.</summary>
    None,

    /// <summary><c>single</c>.</summary>
    Single,
}

/// <summary><c>all(variable IN list WHERE …)</c>.</summary>
public sealed record QuantifierExpression(
    Quantifier Quantifier, string Variable, Expression List, Expression Where, TextPosition Position) : Expression(Position);

/// <summary><c>reduce(accumulator = initial, variable IN list | step)</c>.</summary>
public sealed record ReduceExpression(
    string Accumulator, Expression Initial, string Variable, Expression List, Expression Step, TextPosition Position) : Expression(Position);

/// <summary><c>[path = (a)--(b) WHERE … | result]</c>.</summary>
public sealed record PatternComprehension(PathPattern Pattern, Expression? Where, Expression Result, TextPosition Position) : Expression(Position);

/// <summary>A pattern as a condition: whether it is found.</summary>
public sealed record PatternPredicate(PathPattern Pattern, TextPosition Position) : Expression(Position);

/// <summary>A <c>shortestPath(…)</c> or <c>allShortestPaths(…)</c> as an expression: a path (or null), or a list of paths.</summary>
public sealed record ShortestPathExpression(PathPattern Pattern, TextPosition Position) : Expression(Position);

/// <summary>What a subquery expression gives.</summary>
public enum SubqueryKind
{
    /// <summary><c>EXISTS { … }</c>: whether there is a row.</summary>
    Exists,

    /// <summary><c>COUNT { … }</c>: how many rows.</summary>
    Count,

    /// <summary><c>COLLECT { … }</c>: the values of its one column.</summary>
    Collect,
}

/// <summary>A query inside an expression. A bare pattern (<c>EXISTS { (a)--(b) WHERE … }</c>) is a query of one <see cref="MatchClause"/>.</summary>
public sealed record SubqueryExpression(SubqueryKind Kind, QuerySyntax Query, TextPosition Position) : Expression(Position);
