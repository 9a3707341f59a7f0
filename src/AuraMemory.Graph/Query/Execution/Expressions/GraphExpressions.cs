using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Expressions;

/// <summary>A condition on labels, or on a relationship's type.</summary>
internal abstract class LabelTest
{
    /// <summary>Whether a node's labels fit.</summary>
    public abstract bool Fits(QueryRun run, ReadOnlySpan<int> labels);

    /// <summary>Whether a relationship's type fits.</summary>
    public abstract bool Fits(QueryRun run, int type);
}

/// <summary>One name.</summary>
internal sealed class NameTest(int label, int type) : LabelTest
{
    public override bool Fits(QueryRun run, ReadOnlySpan<int> labels)
    {
        int sought = run.Tokens[label];
        foreach (int one in labels)
        {
            if (one == sought)
            {
                return true;
            }
        }

        return false;
    }

    public override bool Fits(QueryRun run, int found) => found == run.Tokens[type];
}

/// <summary>Any label.</summary>
internal sealed class WildcardTest : LabelTest
{
    public override bool Fits(QueryRun run, ReadOnlySpan<int> labels) => labels.Length > 0;

    public override bool Fits(QueryRun run, int type) => true;
}

/// <summary>Both of two.</summary>
internal sealed class AndTest(LabelTest left, LabelTest right) : LabelTest
{
    public override bool Fits(QueryRun run, ReadOnlySpan<int> labels) => left.Fits(run, labels) && right.Fits(run, labels);

    public override bool Fits(QueryRun run, int type) => left.Fits(run, type) && right.Fits(run, type);
}

/// <summary>One of two.</summary>
internal sealed class OrTest(LabelTest left, LabelTest right) : LabelTest
{
    public override bool Fits(QueryRun run, ReadOnlySpan<int> labels) => left.Fits(run, labels) || right.Fits(run, labels);

    public override bool Fits(QueryRun run, int type) => left.Fits(run, type) || right.Fits(run, type);
}

/// <summary>Not.</summary>
internal sealed class NotTest(LabelTest operand) : LabelTest
{
    public override bool Fits(QueryRun run, ReadOnlySpan<int> labels) => !operand.Fits(run, labels);

    public override bool Fits(QueryRun run, int type) => !operand.Fits(run, type);
}

/// <summary><c>owner:Label</c>.</summary>
internal sealed class HasLabelsEvaluator(Evaluator owner, LabelTest test, TextPosition position) : Evaluator
{
    /// <summary>What is asked.</summary>
    public Evaluator Owner => owner;

    /// <summary>What for.</summary>
    public LabelTest Test => test;

    public override bool IsTrue(QueryRun run)
    {
        Value value = owner.Evaluate(run);
        return value.Kind == ValueKind.Node ? test.Fits(run, run.Graph.LabelsOf(value.Node)) : Evaluate(run).IsTrue;
    }

    public override Value Evaluate(QueryRun run)
    {
        Value value = owner.Evaluate(run);
        return value.Kind switch
        {
            ValueKind.Null => Value.Null,
            ValueKind.Node => Value.Of(test.Fits(run, run.Graph.LabelsOf(value.Node))),
            ValueKind.Relationship => Value.Of(test.Fits(run, run.Graph.TypeOf(value.Relationship))),
            _ => throw CypherException.Runtime("TypeError", "InvalidArgumentType", $"Labels belong to nodes and relationships, not to {value.Kind}.", position),
        };
    }
}

/// <summary>A node's or relationship's properties compared with a map that is only known at run time.</summary>
internal sealed class PropertiesMatchEvaluator(int slot, Evaluator map, TextPosition position) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        Value wanted = map.Evaluate(run);
        if (wanted.Kind != ValueKind.Map)
        {
            return wanted.IsNull
                ? Value.True
                : throw CypherException.Runtime("TypeError", "InvalidArgumentType", $"Properties are a map, not {wanted.Kind}.", position);
        }

        Value owner = run.Slots[slot];
        for (int i = 0; i < wanted.Map.Count; i++)
        {
            int key = run.Graph.Keys.Find(wanted.Map.Keys[i]);
            Value has = key < 0 ? Value.Null
                : owner.Kind == ValueKind.Node ? run.Graph.NodeProperty(owner.Node, key)
                : owner.Kind == ValueKind.Relationship ? run.Graph.RelationshipProperty(owner.Relationship, key)
                : Value.Null;
            if (ValueEquality.AreEqual(has, wanted.Map.Values[i]) != true)
            {
                return Value.False;
            }
        }

        return Value.True;
    }
}

/// <summary>A subquery, a pattern as a condition, or a pattern comprehension.</summary>
internal sealed class SubqueryEvaluator(SubqueryKind kind, SubqueryPlan plan) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        Subrun subrun = run.Subrun(plan);
        subrun.Go();
        return kind switch
        {
            SubqueryKind.Exists => Value.Of(subrun.End.Rows > 0),
            SubqueryKind.Count => Value.Of(subrun.End.Rows),
            _ => Value.Of(subrun.End.Values),
        };
    }

    public override bool IsTrue(QueryRun run)
    {
        Subrun subrun = run.Subrun(plan);
        subrun.Go();
        return kind == SubqueryKind.Exists && subrun.End.Rows > 0;
    }
}

/// <summary>Whether a variable that a pattern begins at holds a node; null passes, and is found nowhere.</summary>
internal sealed class NodeNeedEvaluator(int slot, string name, TextPosition position) : Evaluator
{
    public override Value Evaluate(QueryRun run) => run.Slots[slot].Kind is ValueKind.Node or ValueKind.Null
        ? Value.True
        : throw TypeErrors.Kind($"The pattern ({name})", "a node", run.Slots[slot], position);
}

/// <summary>The first value that a subquery gives; null when it gives none.</summary>
internal sealed class FirstOfSubqueryEvaluator(SubqueryPlan plan) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        Subrun subrun = run.Subrun(plan);
        subrun.Go();
        Value[] values = subrun.End.Values;
        return values.Length == 0 ? Value.Null : values[0];
    }
}
