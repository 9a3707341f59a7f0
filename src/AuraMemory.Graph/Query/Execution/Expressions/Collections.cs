using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Expressions;

/// <summary>What expressions over the elements of a list have in common.</summary>
internal static class ElementList
{
    /// <summary>The elements; null for null. What is no list is a list of one, as for <c>UNWIND</c>.</summary>
    public static Value[]? Of(Value value) => value.Kind switch
    {
        ValueKind.Null => null,
        ValueKind.List => value.List,
        _ => [value],
    };
}

/// <summary><c>[variable IN list WHERE … | result]</c>.</summary>
internal sealed class ListComprehensionEvaluator(int slot, Evaluator list, Evaluator? where, Evaluator? result) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        if (ElementList.Of(list.Evaluate(run)) is not { } elements)
        {
            return Value.Null;
        }

        var kept = new List<Value>();
        foreach (Value element in elements)
        {
            run.Context.Tick();
            run.Slots[slot] = element;
            if (where is null || where.IsTrue(run))
            {
                kept.Add(result is null ? element : result.Evaluate(run));
            }
        }

        return Value.Of(kept.ToArray());
    }
}

/// <summary><c>all</c>, <c>any</c>, <c>none</c>, <c>single</c>: unknown where an unknown element could decide.</summary>
internal sealed class QuantifierEvaluator(Quantifier quantifier, int slot, Evaluator list, Evaluator where, TextPosition position) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        if (ElementList.Of(list.Evaluate(run)) is not { } elements)
        {
            return Value.Null;
        }

        int holding = 0;
        bool unknown = false;
        foreach (Value element in elements)
        {
            run.Context.Tick();
            run.Slots[slot] = element;
            if (Operators.Truth(where.Evaluate(run), "A condition", position) is not { } holds)
            {
                unknown = true;
                continue;
            }

            holding += holds ? 1 : 0;
            switch (quantifier)
            {
                case Quantifier.All when !holds:
                case Quantifier.None when holds:
                case Quantifier.Single when holding > 1:
                    return Value.False;
                case Quantifier.Any when holds:
                    return Value.True;
            }
        }

        return unknown
            ? Value.Null
            : Value.Of(quantifier switch { Quantifier.Any => false, Quantifier.Single => holding == 1, _ => true });
    }
}

/// <summary><c>reduce(accumulator = initial, variable IN list | step)</c>.</summary>
internal sealed class ReduceEvaluator(int accumulator, Evaluator initial, int slot, Evaluator list, Evaluator step) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        Value result = initial.Evaluate(run);
        if (ElementList.Of(list.Evaluate(run)) is not { } elements)
        {
            return Value.Null;
        }

        foreach (Value element in elements)
        {
            run.Context.Tick();
            run.Slots[accumulator] = result;
            run.Slots[slot] = element;
            result = step.Evaluate(run);
        }

        return result;
    }
}
