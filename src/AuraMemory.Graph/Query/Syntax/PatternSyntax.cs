using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Graph.Query.Syntax;

/// <summary>Which of the paths that fit are wanted.</summary>
public enum PathSelection
{
    /// <summary>All.</summary>
    All,

    /// <summary><c>shortestPath(…)</c>: one of the shortest for each pair of ends.</summary>
    Shortest,

    /// <summary><c>allShortestPaths(…)</c>: every shortest.</summary>
    AllShortest,
}

/// <summary>A chain of nodes and relationships.</summary>
/// <param name="Variable">Name of the path; null when it has none.</param>
/// <param name="Selection">Which paths.</param>
/// <param name="Nodes">One or more.</param>
/// <param name="Relationships">One less than nodes.</param>
/// <param name="Position">Where it begins.</param>
public sealed record PathPattern(
    string? Variable, PathSelection Selection, IReadOnlyList<NodePattern> Nodes, IReadOnlyList<RelationshipPattern> Relationships, TextPosition Position)
    : SyntaxNode(Position);

/// <summary><c>(variable:Label {key: value} WHERE …)</c>.</summary>
/// <param name="Variable">Name; null when it has none.</param>
/// <param name="Labels">What its labels must be; null = anything.</param>
/// <param name="Properties">A <see cref="MapLiteral"/> or a <see cref="ParameterExpression"/>; null when none was written.</param>
/// <param name="Where">A condition written inside; null when none was.</param>
/// <param name="Position">Where it begins.</param>
public sealed record NodePattern(
    string? Variable, LabelExpression? Labels, Expression? Properties, Expression? Where, TextPosition Position) : SyntaxNode(Position);

/// <summary><c>-[variable:TYPE*1..3 {key: value} WHERE …]-></c>.</summary>
/// <param name="Variable">Name; null when it has none.</param>
/// <param name="Types">What its type must be; null = anything.</param>
/// <param name="Direction">Seen from the node before it.</param>
/// <param name="Range">How many are walked; null = exactly one, and the variable is a relationship, not a list.</param>
/// <param name="Properties">A <see cref="MapLiteral"/> or a <see cref="ParameterExpression"/>; null when none was written.</param>
/// <param name="Where">A condition written inside; null when none was.</param>
/// <param name="Position">Where it begins.</param>
public sealed record RelationshipPattern(
    string? Variable, LabelExpression? Types, Direction Direction, HopRange? Range, Expression? Properties, Expression? Where, TextPosition Position)
    : SyntaxNode(Position);

/// <summary>How many relationships in a row.</summary>
/// <param name="Minimum">Null when not written: 1.</param>
/// <param name="Maximum">Null when not written: no end.</param>
public sealed record HopRange(long? Minimum, long? Maximum);

/// <summary>A condition on labels or types.</summary>
public abstract record LabelExpression(TextPosition Position) : SyntaxNode(Position);

/// <summary>Has the label.</summary>
public sealed record LabelName(string Name, TextPosition Position) : LabelExpression(Position);

/// <summary>Has any label (<c>%</c>).</summary>
public sealed record LabelWildcard(TextPosition Position) : LabelExpression(Position);

/// <summary>Both (<c>&amp;</c>, or <c>:A:B</c>).</summary>
public sealed record LabelAnd(LabelExpression Left, LabelExpression Right, TextPosition Position) : LabelExpression(Position);

/// <summary>Either (<c>|</c>).</summary>
public sealed record LabelOr(LabelExpression Left, LabelExpression Right, TextPosition Position) : LabelExpression(Position);

/// <summary>Not (<c>!</c>).</summary>
public sealed record LabelNot(LabelExpression Operand, TextPosition Position) : LabelExpression(Position);
