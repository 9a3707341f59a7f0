using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Expressions;

/// <summary>A compiled expression. Shared by runs: it keeps nothing between calls.</summary>
internal abstract class Evaluator
{
    /// <summary>Its value for what the slots hold.</summary>
    public abstract Value Evaluate(QueryRun run);

    /// <summary>Whether it is true; unknown is not.</summary>
    /// <exception cref="CypherException">It is no boolean.</exception>
    public virtual bool IsTrue(QueryRun run)
    {
        Value value = Evaluate(run);
        return value.Kind is ValueKind.Boolean or ValueKind.Null ? value.IsTrue : Operators.Truth(value, "A condition", TextPosition.None) == true;
    }
}

/// <summary>An expression in a plan: its code, the slots it reads, and its text.</summary>
/// <param name="Code">What computes it.</param>
/// <param name="Slots">Slots it reads that it does not bind itself.</param>
/// <param name="Text">As one would write it.</param>
internal sealed record Compiled(Evaluator Code, HashSet<int> Slots, string Text)
{
    public override string ToString() => Text;

    /// <summary>A condition that holds where this one and another do.</summary>
    public Compiled And(Compiled other) => new(new AndEvaluator(Code, other.Code, default), [.. Slots, .. other.Slots], $"{Text} AND {other.Text}");
}
