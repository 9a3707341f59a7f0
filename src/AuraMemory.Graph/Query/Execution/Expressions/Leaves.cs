using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Expressions;

/// <summary>A value that is the same in every run.</summary>
internal sealed class ConstantEvaluator(Value value) : Evaluator
{
    /// <summary>The value.</summary>
    public Value Value => value;

    public override Value Evaluate(QueryRun run) => value;
}

/// <summary>A parameter.</summary>
internal sealed class ParameterEvaluator(string name) : Evaluator
{
    public override Value Evaluate(QueryRun run) => run.Context.Parameters[name];
}

/// <summary>A variable.</summary>
internal sealed class SlotEvaluator(int slot) : Evaluator
{
    /// <summary>Its slot.</summary>
    public int Slot { get; } = slot;

    public override Value Evaluate(QueryRun run) => run.Slots[Slot];
}

/// <summary>A property.</summary>
/// <param name="owner">Of what.</param>
/// <param name="key">Its name.</param>
/// <param name="token">Number of the name in the plan.</param>
/// <param name="isInDocument">Whether the owner is a place in a document, where a value without properties has null.</param>
/// <param name="position">Where it stands.</param>
internal sealed class PropertyEvaluator(Evaluator owner, string key, int token, bool isInDocument, TextPosition position) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        Value value = owner.Evaluate(run);
        switch (value.Kind)
        {
            case ValueKind.Node:
                int number = run.Tokens[token];
                return number < 0 ? Value.Null : run.Graph.NodeProperty(value.Node, number);
            case ValueKind.Relationship:
                int place = run.Tokens[token];
                return place < 0 ? Value.Null : run.Graph.RelationshipProperty(value.Relationship, place);
            case ValueKind.Map:
                return value.Map[key];
            case ValueKind.Boolean or ValueKind.Integer or ValueKind.Float or ValueKind.String or ValueKind.List when isInDocument:
                return Value.Null;
            default:
                return Lookups.Property(run.Context, value, key, position);
        }
    }
}

/// <summary>A list of the values of expressions.</summary>
internal sealed class ListEvaluator(Evaluator[] elements) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        var values = new Value[elements.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = elements[i].Evaluate(run);
        }

        return Value.Of(values);
    }
}

/// <summary>A map of the values of expressions.</summary>
internal sealed class MapEvaluator(string[] keys, Evaluator[] entries) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        var values = new Value[entries.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = entries[i].Evaluate(run);
        }

        return Value.Of(new MapValue(keys, values));
    }
}

/// <summary>A function.</summary>
internal sealed class FunctionEvaluator(FunctionDefinition function, Evaluator[] arguments, TextPosition position) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        if (arguments.Length == 1)
        {
            Value only = arguments[0].Evaluate(run);
            return function.Body(run.Context, new ReadOnlySpan<Value>(in only), position);
        }

        var values = new Value[arguments.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i].Evaluate(run);
        }

        return function.Body(run.Context, values, position);
    }
}

/// <summary>An element of a list, or a property by a computed name.</summary>
/// <param name="owner">Of what.</param>
/// <param name="index">Number or name.</param>
/// <param name="isInDocument">Whether the owner is a place in a document, where a value that does not have such elements has null.</param>
/// <param name="position">Where it stands.</param>
internal sealed class IndexEvaluator(Evaluator owner, Evaluator index, bool isInDocument, TextPosition position) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        Value of = owner.Evaluate(run);
        Value at = index.Evaluate(run);
        ValueKind needed = at.Kind == ValueKind.Integer ? ValueKind.List : ValueKind.Map;
        return isInDocument && of.Kind != needed && of.Kind is not (ValueKind.Node or ValueKind.Relationship)
            ? Value.Null
            : Lookups.Index(run.Context, of, at, position);
    }
}

/// <summary>A part of a list.</summary>
internal sealed class SliceEvaluator(Evaluator owner, Evaluator? from, Evaluator? to, TextPosition position) : Evaluator
{
    public override Value Evaluate(QueryRun run) =>
        Lookups.Slice(owner.Evaluate(run), from?.Evaluate(run), to?.Evaluate(run), position);
}

/// <summary><c>CASE</c>.</summary>
internal sealed class CaseEvaluator(Evaluator? subject, (Evaluator When, Evaluator Then)[] alternatives, Evaluator? otherwise) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        Value sought = subject?.Evaluate(run) ?? Value.Null;
        foreach ((Evaluator when, Evaluator then) in alternatives)
        {
            bool fits = subject is null ? when.IsTrue(run) : ValueEquality.AreEqual(sought, when.Evaluate(run)) == true;
            if (fits)
            {
                return then.Evaluate(run);
            }
        }

        return otherwise?.Evaluate(run) ?? Value.Null;
    }
}

/// <summary>The first value that is not null; those behind it are not computed.</summary>
internal sealed class CoalesceEvaluator(Evaluator[] values) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        foreach (Evaluator one in values)
        {
            if (one.Evaluate(run) is { IsNull: false } value)
            {
                return value;
            }
        }

        return Value.Null;
    }
}

/// <summary><c>owner {.key, .*, name: value}</c>.</summary>
/// <param name="owner">A node, a relationship, a map or null.</param>
/// <param name="items">Names and values; a null name stands for all properties of the owner.</param>
/// <param name="ofProperties">The function that gives an entity's properties.</param>
/// <param name="position">Where it stands.</param>
internal sealed class MapProjectionEvaluator(
    Evaluator owner, (string? Key, Evaluator? Value)[] items, FunctionDefinition ofProperties, TextPosition position) : Evaluator
{
    public override Value Evaluate(QueryRun run)
    {
        Value of = owner.Evaluate(run);
        if (of.IsNull)
        {
            return Value.Null;
        }

        var places = new Dictionary<string, int>(items.Length, StringComparer.Ordinal);
        var keys = new List<string>(items.Length);
        var values = new List<Value>(items.Length);
        foreach ((string? key, Evaluator? value) in items)
        {
            if (key is not null)
            {
                Put(key, value is null ? Lookups.Property(run.Context, of, key, position) : value.Evaluate(run));
                continue;
            }

            MapValue all = ofProperties.Body(run.Context, [of], position).Map;
            for (int i = 0; i < all.Count; i++)
            {
                Put(all.Keys[i], all.Values[i]);
            }
        }

        return Value.Of(new MapValue([.. keys], [.. values]));

        void Put(string key, Value value)
        {
            if (places.TryAdd(key, keys.Count))
            {
                keys.Add(key);
                values.Add(value);
            }
            else
            {
                values[places[key]] = value;
            }
        }
    }
}
