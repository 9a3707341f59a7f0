using AuraMemory.Graph.Query;

namespace AuraMemory.Graph.Tests.Differential;

/// <summary>Why a query was refused, in terms that both sides share.</summary>
/// <param name="Phase">Whether it was refused before it ran.</param>
/// <param name="Class">What kind of fault it is.</param>
/// <param name="Message">What that side says of it; not compared.</param>
internal sealed record Refusal(ErrorPhase Phase, string Class, string Message)
{
    /// <summary>Of the embedded graph.</summary>
    public static Refusal Of(CypherException error) => new(error.Phase, ClassOf(error.Type), $"{error.Type} {error.Detail}: {error.Message}");

    /// <summary>Of Neo4j, by its code.</summary>
    public static Refusal Of(ErrorPhase phase, string code, string message) =>
        new(phase, ClassOf(code[(code.LastIndexOf('.') + 1)..]), $"{code}: {message}");

    /// <summary>Whether both refuse for the same reason. When a missing parameter or a write is noticed is nobody's business, and types that cannot
    /// fit, or text that cannot be read as a date, are an error of syntax to one side and of types to the other.</summary>
    /// <param name="other">The other side's refusal.</param>
    /// <param name="hasParameters">Whether the query has parameters, whose types Neo4j knows before it runs.</param>
    public bool IsLike(Refusal other, bool hasParameters) =>
        (Class == other.Class && (Phase == other.Phase || Class is "parameter" or "write"))
        || (IsOfTypes && other.IsOfTypes && (hasParameters || Phase == other.Phase));

    public override string ToString() => $"refused ({Class}, {(Phase == ErrorPhase.CompileTime ? "compiling" : "running")}): {Message}";

    private bool IsOfTypes => Class is "type" or "syntax";

    private static string ClassOf(string type) => type switch
    {
        "SyntaxError" or "SemanticError" => "syntax",
        "TypeError" or "ArgumentError" or "ProcedureCallFailed" or "ExecutionFailed" => "type", // temporal functions are procedures to Neo4j
        "ArithmeticError" => "arithmetic",
        "ParameterMissing" => "parameter",
        "ProcedureError" or "ProcedureNotFound" => "procedure",
        "ReadOnly" or "AccessMode" => "write",
        _ => type,
    };
}

/// <summary>What one side makes of a query: rows in a form that both sides share, or a refusal.</summary>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Rows">Rows, each in the form of <see cref="SharedForm"/>.</param>
/// <param name="Refusal">Why there are none.</param>
internal sealed record Answer(IReadOnlyList<string> Columns, IReadOnlyList<string> Rows, Refusal? Refusal)
{
    /// <summary>A refused query.</summary>
    public static Answer Refused(Refusal refusal) => new([], [], refusal);

    /// <summary>The first difference between two answers; null when they say the same.</summary>
    /// <param name="ours">Of the embedded graph.</param>
    /// <param name="theirs">Of Neo4j.</param>
    /// <param name="inOrder">Whether the order of rows was asked for; else they are compared as bags.</param>
    /// <param name="hasParameters">Whether the query has parameters.</param>
    public static string? Difference(Answer ours, Answer theirs, bool inOrder, bool hasParameters)
    {
        if (ours.Refusal is not null || theirs.Refusal is not null)
        {
            return ours.Refusal is not null && theirs.Refusal is not null && ours.Refusal.IsLike(theirs.Refusal, hasParameters) ? null : $"ours {ours.Brief()}; theirs {theirs.Brief()}";
        }

        if (!ours.Columns.SequenceEqual(theirs.Columns))
        {
            return $"our columns [{string.Join(" | ", ours.Columns)}]; theirs [{string.Join(" | ", theirs.Columns)}]";
        }

        if (ours.Rows.Count != theirs.Rows.Count)
        {
            return $"ours {ours.Brief()}; theirs {theirs.Brief()}";
        }

        string[] left = inOrder ? [.. ours.Rows] : SharedForm.Sorted(ours.Rows);
        string[] right = inOrder ? [.. theirs.Rows] : SharedForm.Sorted(theirs.Rows);
        for (int i = 0; i < left.Length; i++)
        {
            if (!SharedForm.AreSame(left[i], right[i]))
            {
                return $"row {i + 1} of {left.Length}: ours {left[i]}; theirs {right[i]}";
            }
        }

        return null;
    }

    /// <summary>In a line.</summary>
    public string Brief() => Refusal is not null ? Refusal.ToString() : $"{Rows.Count} rows: {string.Join(" / ", Rows.Take(6))}{(Rows.Count > 6 ? " ..." : "")}";
}
