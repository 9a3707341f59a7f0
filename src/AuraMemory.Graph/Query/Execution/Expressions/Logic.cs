using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Expressions;

/// <summary>Computes an operator with two operands.</summary>
internal delegate Value BinaryFunction(Value left, Value right, TextPosition position);

/// <summary>An operator with two operands that always needs both.</summary>
internal sealed class BinaryEvaluator(BinaryFunction function, Evaluator left, Evaluator right, TextPosition position) : Evaluator
{
    public override Value Evaluate(QueryRun run) => function(left.Evaluate(run), right.Evaluate(run), position);
}

/// <summary><c>AND</c>; the right side is not computed when the left is false.</summary>
internal sealed class AndEvaluator(Evaluator left, Evaluator right, TextPosition position) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        Value first = left.Evaluate(run);
        return first.Kind == ValueKind.Boolean && !first.Boolean ? first : Operators.And(first, right.Evaluate(run), position);
    }
}

/// <summary><c>OR</c>; the right side is not computed when the left is true.</summary>
internal sealed class OrEvaluator(Evaluator left, Evaluator right, TextPosition position) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        Value first = left.Evaluate(run);
        return first.IsTrue ? first : Operators.Or(first, right.Evaluate(run), position);
    }
}

/// <summary>Conditions of a filter that must all hold; what follows one that does not is not computed.</summary>
internal sealed class AllTrueEvaluator(Evaluator[] conditions) : Evaluator
{
    public override Value Evaluate(QueryRun run) => Value.Of(IsTrue(run));

    public override bool IsTrue(QueryRun run)
    {
        foreach (Evaluator condition in conditions)
        {
            if (!condition.IsTrue(run))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>An operator with one operand.</summary>
internal sealed class UnaryEvaluator(UnaryOperator kind, Evaluator operand, TextPosition position) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        Value value = operand.Evaluate(run);
        switch (kind)
        {
            case UnaryOperator.Not:
                return Operators.Not(value, position);
            case UnaryOperator.Negate:
                return Operators.Negate(value, position);
            case UnaryOperator.IsNull:
                return Value.Of(value.IsNull);
            case UnaryOperator.IsNotNull:
                return Value.Of(!value.IsNull);
            default:
                if (value.IsNull || value.IsNumber || value.IsTemporal)
                {
                    return value;
                }

                // What cannot be negated cannot stand after a plus either; negation says so.
                return Operators.Negate(value, position);
        }
    }
}

/// <summary>A chain of comparisons.</summary>
internal sealed class ComparisonEvaluator(Evaluator[] operands, ComparisonOperator[] operators) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        Value left = operands[0].Evaluate(run);
        bool? all = true;
        for (int i = 0; i < operators.Length; i++)
        {
            Value right = operands[i + 1].Evaluate(run);
            bool? one = Holds(operators[i], left, right);
            if (one == false)
            {
                return Value.False;
            }

            all = one is null ? null : all;
            left = right;
        }

        return Value.Of(all);
    }

    public override bool IsTrue(QueryRun run)
    {
        Value left = operands[0].Evaluate(run);
        for (int i = 0; i < operators.Length; i++)
        {
            Value right = operands[i + 1].Evaluate(run);
            if (Holds(operators[i], left, right) != true)
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private static bool? Holds(ComparisonOperator comparison, Value left, Value right)
    {
        if (left.Kind == ValueKind.Integer && right.Kind == ValueKind.Integer)
        {
            (long a, long b) = (left.Integer, right.Integer);
            return comparison switch
            {
                ComparisonOperator.Equal => a == b,
                ComparisonOperator.NotEqual => a != b,
                ComparisonOperator.Less => a < b,
                ComparisonOperator.LessOrEqual => a <= b,
                ComparisonOperator.Greater => a > b,
                _ => a >= b,
            };
        }

        return comparison switch
        {
            ComparisonOperator.Equal => ValueEquality.AreEqual(left, right),
            ComparisonOperator.NotEqual => !ValueEquality.AreEqual(left, right),
            ComparisonOperator.Less => ValueOrder.Less(left, right),
            ComparisonOperator.LessOrEqual => ValueOrder.LessOrEqual(left, right),
            ComparisonOperator.Greater => ValueOrder.Less(right, left),
            _ => ValueOrder.LessOrEqual(right, left),
        };
    }
}
