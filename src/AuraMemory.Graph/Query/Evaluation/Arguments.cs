using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>Ways to write functions whose result is null as soon as an argument is.</summary>
internal static class Arguments
{
    /// <summary>A function of one argument that is not null.</summary>
    public static FunctionDefinition One(string name, Func<Value, TextPosition, Value> body) =>
        new(name, 1, 1, (_, arguments, at) => arguments[0].IsNull ? Value.Null : body(arguments[0], at));

    /// <summary>A function of one argument that is not null, and of the graph.</summary>
    public static FunctionDefinition OfGraph(string name, Func<QueryContext, Value, TextPosition, Value> body) =>
        new(name, 1, 1, (context, arguments, at) => arguments[0].IsNull ? Value.Null : body(context, arguments[0], at));

    /// <summary>A function of one number.</summary>
    public static FunctionDefinition Number(string name, Func<double, double> body) =>
        One(name, (value, at) => Value.Of(body(NeedNumber(name, value, at))));

    /// <summary>A function of one text.</summary>
    public static FunctionDefinition Text(string name, Func<string, Value> body) => One(name, (value, at) => body(NeedText(name, value, at)));

    /// <summary>Whether an argument is null.</summary>
    public static bool HasNull(ReadOnlySpan<Value> arguments)
    {
        foreach (Value argument in arguments)
        {
            if (argument.IsNull)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A number as a double.</summary>
    public static double NeedNumber(string name, Value value, TextPosition at) =>
        value.IsNumber ? value.Number : throw TypeErrors.Kind($"{name}()", "numbers", value, at);

    /// <summary>An integer.</summary>
    public static long NeedInteger(string name, Value value, TextPosition at) =>
        value.Kind == ValueKind.Integer ? value.Integer : throw TypeErrors.Kind($"{name}()", "integers", value, at);

    /// <summary>A text.</summary>
    public static string NeedText(string name, Value value, TextPosition at) =>
        value.Kind == ValueKind.String ? value.Text : throw TypeErrors.Kind($"{name}()", "strings", value, at);

    /// <summary>A list.</summary>
    public static Value[] NeedList(string name, Value value, TextPosition at) =>
        value.Kind == ValueKind.List ? value.List : throw TypeErrors.Kind($"{name}()", "a list", value, at);
}
