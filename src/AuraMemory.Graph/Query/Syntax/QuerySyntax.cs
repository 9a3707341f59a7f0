using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Query.Syntax;

/// <summary>Something that was written in a query.</summary>
/// <param name="Position">Where it begins.</param>
public abstract record SyntaxNode(TextPosition Position);

/// <summary>Whether a query is to be run, explained, or both.</summary>
public enum QueryMode
{
    /// <summary>Run.</summary>
    Run,

    /// <summary><c>EXPLAIN</c>: planned, not run.</summary>
    Explain,

    /// <summary><c>PROFILE</c>: run, with rows counted at each step.</summary>
    Profile,
}

/// <summary>A whole query: parts joined by <c>UNION</c>.</summary>
/// <param name="Mode">What to do with it.</param>
/// <param name="Parts">One or more.</param>
/// <param name="KeepsDuplicates">For each part but the first, whether <c>UNION ALL</c> joins it to those before.</param>
/// <param name="Position">Where it begins.</param>
public sealed record QuerySyntax(
    QueryMode Mode, IReadOnlyList<SingleQuery> Parts, IReadOnlyList<bool> KeepsDuplicates, TextPosition Position) : SyntaxNode(Position);

/// <summary>Clauses in the order they were written.</summary>
/// <param name="Clauses">One or more.</param>
/// <param name="Position">Where it begins.</param>
public sealed record SingleQuery(IReadOnlyList<Clause> Clauses, TextPosition Position) : SyntaxNode(Position);

/// <summary>One clause.</summary>
public abstract record Clause(TextPosition Position) : SyntaxNode(Position);

/// <summary><c>[OPTIONAL] MATCH … [WHERE …]</c>.</summary>
public sealed record MatchClause(bool Optional, IReadOnlyList<PathPattern> Patterns, Expression? Where, TextPosition Position) : Clause(Position);

/// <summary><c>UNWIND list AS variable</c>.</summary>
public sealed record UnwindClause(Expression List, string Variable, TextPosition Position) : Clause(Position);

/// <summary><c>WITH … [WHERE …]</c>.</summary>
public sealed record WithClause(Projection Projection, Expression? Where, TextPosition Position) : Clause(Position);

/// <summary><c>RETURN …</c>.</summary>
public sealed record ReturnClause(Projection Projection, TextPosition Position) : Clause(Position);

/// <summary><c>CALL name(arguments) [YIELD items [WHERE …]]</c>.</summary>
/// <param name="Procedure">Full name with dots, as written.</param>
/// <param name="Arguments">Null when no parentheses were written: arguments are then parameters of the same names.</param>
/// <param name="Yield">Null when there is no <c>YIELD</c>.</param>
/// <param name="YieldAll"><c>YIELD *</c>.</param>
/// <param name="Where">Condition on what was yielded.</param>
/// <param name="Position">Where it begins.</param>
public sealed record CallClause(
    string Procedure, IReadOnlyList<Expression>? Arguments, IReadOnlyList<YieldItem>? Yield, bool YieldAll, Expression? Where, TextPosition Position)
    : Clause(Position);

/// <summary>One result of a procedure.</summary>
/// <param name="Field">The procedure's name for it.</param>
/// <param name="Variable">The query's name for it.</param>
/// <param name="Position">Where it begins.</param>
public sealed record YieldItem(string Field, string Variable, TextPosition Position) : SyntaxNode(Position);

/// <summary><c>CREATE patterns</c>: parsed only where a test asks for it, to set a graph up; a query that has it is refused.</summary>
public sealed record CreateClause(IReadOnlyList<PathPattern> Patterns, TextPosition Position) : Clause(Position);

/// <summary>What <c>WITH</c> and <c>RETURN</c> have in common.</summary>
/// <param name="Distinct">Whether equal rows are given once.</param>
/// <param name="All">Whether <c>*</c> was written: every variable in scope, before the items.</param>
/// <param name="Items">What is computed.</param>
/// <param name="OrderBy">Sort keys, most important first.</param>
/// <param name="Skip">Rows left out at the beginning.</param>
/// <param name="Limit">Rows at most.</param>
/// <param name="Position">Where it begins.</param>
public sealed record Projection(
    bool Distinct, bool All, IReadOnlyList<ProjectionItem> Items, IReadOnlyList<SortItem> OrderBy, Expression? Skip, Expression? Limit, TextPosition Position)
    : SyntaxNode(Position)
{
    /// <summary>Whether an item has a name, so that <c>*</c> does not stand for a variable of the same name.</summary>
    public bool Names(string name) => Items.Any(i => i.Name == name);
}

/// <summary>One column.</summary>
/// <param name="Expression">What it holds.</param>
/// <param name="Name">Its name: the alias, or the expression as it was written.</param>
/// <param name="HasAlias">Whether <c>AS</c> was written.</param>
/// <param name="Position">Where it begins.</param>
public sealed record ProjectionItem(Expression Expression, string Name, bool HasAlias, TextPosition Position) : SyntaxNode(Position);

/// <summary>One sort key.</summary>
public sealed record SortItem(Expression Expression, bool Descending, TextPosition Position) : SyntaxNode(Position);
