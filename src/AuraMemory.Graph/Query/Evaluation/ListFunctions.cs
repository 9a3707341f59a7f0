using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>Functions of lists, and those that lists share with text.</summary>
internal static class ListFunctions
{
    private const long MostNumbers = NestedSize.Largest;
    private const int BytesOfValue = 24;

    /// <summary>All of them.</summary>
    public static IEnumerable<FunctionDefinition> All { get; } =
    [
        Arguments.One("size", (value, at) => value.Kind switch
        {
            ValueKind.List => Value.Of((long)value.List.Length),
            ValueKind.String => Value.Of(CodePoints.Count(value.Text)),
            _ => throw TypeErrors.Kind("size()", "a list or a string", value, at),
        }),
        Arguments.One("isEmpty", (value, at) => value.Kind switch
        {
            ValueKind.List => Value.Of(value.List.Length == 0),
            ValueKind.String => Value.Of(value.Text.Length == 0),
            ValueKind.Map => Value.Of(value.Map.Count == 0),
            _ => throw TypeErrors.Kind("isEmpty()", "a list, a string or a map", value, at),
        }),
        Arguments.One("reverse", (value, at) => value.Kind switch
        {
            ValueKind.List => Value.Of(value.List.AsEnumerable().Reverse().ToArray()),
            ValueKind.String => Value.Of(CodePoints.Reverse(value.Text)),
            _ => throw TypeErrors.Kind("reverse()", "a list or a string", value, at),
        }),
        Arguments.One("head", (value, at) => Arguments.NeedList("head", value, at) is [var first, ..] ? first : Value.Null),
        Arguments.One("last", (value, at) => Arguments.NeedList("last", value, at) is [.., var last] ? last : Value.Null),
        Arguments.One("tail", (value, _) => Value.Of(value.Kind == ValueKind.List && value.List is [_, .. var rest] ? rest : [])), // what is no list is a list of one
        new FunctionDefinition("range", 2, 3, Range),
    ];

    private static Value Range(QueryContext context, ReadOnlySpan<Value> arguments, TextPosition at)
    {
        foreach (Value argument in arguments)
        {
            if (argument.Kind != ValueKind.Integer)
            {
                throw CypherException.Runtime("ArgumentError", "InvalidArgumentType", $"range() takes integers, not {TypeErrors.Name(argument)}.", at);
            }
        }

        long first = arguments[0].Integer;
        long last = arguments[1].Integer;
        long step = arguments.Length == 3 ? arguments[2].Integer : 1;
        if (step == 0)
        {
            throw TypeErrors.Range("The step of range() is not 0.", at);
        }

        Int128 count = ((Int128)last - first) / step;
        if ((step > 0 && last < first) || (step < 0 && last > first))
        {
            return Value.Of([]);
        }

        if (count >= MostNumbers || (count * BytesOfValue) > context.Limits.Memory)
        {
            throw CypherException.Runtime(
                "LimitExceeded", "Memory", $"range() would give {count + 1} numbers, more than the query's memory of {context.Limits.Memory} bytes holds.", at);
        }

        var numbers = new Value[(int)count + 1];
        for (int i = 0; i < numbers.Length; i++)
        {
            context.Tick();
            numbers[i] = Value.Of(first + (i * step));
        }

        return Value.Of(numbers);
    }
}
