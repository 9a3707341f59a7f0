using System.Globalization;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>Functions between kinds of values, and those that ask what a value is.</summary>
internal static class ConversionFunctions
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private const double TwoTo63 = 9223372036854775808.0;

    private delegate bool Conversion(Value value, out Value result);

    /// <summary>All of them.</summary>
    public static IEnumerable<FunctionDefinition> All { get; } =
    [
        .. Converting("toInteger", "a number, a boolean or a string", ToInteger),
        .. Converting("toFloat", "a number or a string", ToFloat),
        .. Converting("toBoolean", "a boolean, an integer or a string", ToBoolean),
        .. Converting("toString", "a boolean, a number, a string or a temporal value", ToText),
        new FunctionDefinition("coalesce", 1, int.MaxValue, (_, arguments, _) =>
        {
            foreach (Value argument in arguments)
            {
                if (!argument.IsNull)
                {
                    return argument;
                }
            }

            return Value.Null;
        }),
        new FunctionDefinition("nullIf", 2, 2, (_, arguments, _) => ValueEquality.AreEqual(arguments[0], arguments[1]) == true ? Value.Null : arguments[0]),
        new FunctionDefinition("valueType", 1, 1, (_, arguments, _) => Value.Of(TypeText.Of(arguments[0]))),
        new FunctionDefinition("timestamp", 0, 0, (context, _, _) => Value.Of(context.Started.ToUnixTimeMilliseconds())),
        new FunctionDefinition("randomUUID", 0, 0, (context, _, _) => Value.Of(Uuid(context.Random)), Deterministic: false),
    ];

    // Each of them, its form that gives null for what it cannot convert, and its form for lists.
    private static IEnumerable<FunctionDefinition> Converting(string name, string expected, Conversion convert)
    {
        yield return Arguments.One(name, (value, at) =>
            convert(value, out Value result) ? result : throw TypeErrors.Argument(name, expected, value, at));
        yield return Arguments.One(name + "OrNull", (value, _) => convert(value, out Value result) ? result : Value.Null);
        yield return Arguments.One(name + "List", (value, at) =>
            Value.Of(Array.ConvertAll(Arguments.NeedList(name + "List", value, at), v => convert(v, out Value result) ? result : Value.Null)));
    }

    private static bool ToInteger(Value value, out Value result)
    {
        switch (value.Kind)
        {
            case ValueKind.Integer:
                result = value;
                return true;
            case ValueKind.Float:
                result = Whole(value.Float);
                return true;
            case ValueKind.Boolean:
                result = Value.Of(value.Boolean ? 1L : 0L);
                return true;
            case ValueKind.String:
                if (long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer))
                {
                    result = Value.Of(integer);
                    return true;
                }

                // A number that does not fit is refused; what is no number is null.
                bool isNumber = double.TryParse(value.Text, Plain, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number);
                result = isNumber && Math.Abs(number) < TwoTo63 ? Whole(number) : Value.Null;
                return !isNumber || Math.Abs(number) < TwoTo63;
            default:
                result = Value.Null;
                return value.IsNull;
        }
    }

    private static bool ToFloat(Value value, out Value result)
    {
        result = value.Kind switch
        {
            ValueKind.Integer or ValueKind.Float => Value.Of(value.Number),
            ValueKind.String => TryFloat(value.Text.Trim(), out double number) ? Value.Of(number) : Value.Null,
            _ => Value.Null,
        };
        return value.IsNull || value.IsNumber || value.Kind == ValueKind.String;
    }

    private static bool ToBoolean(Value value, out Value result)
    {
        result = value.Kind switch
        {
            ValueKind.Boolean => value,
            ValueKind.Integer => Value.Of(value.Integer != 0),
            ValueKind.String => bool.TryParse(value.Text.Trim(), out bool known) ? Value.Of(known) : Value.Null,
            _ => Value.Null,
        };
        return value.Kind is ValueKind.Null or ValueKind.Boolean or ValueKind.Integer or ValueKind.String;
    }

    private static bool ToText(Value value, out Value result)
    {
        result = Value.Of(ValueText.TryOf(value));
        return value.IsNull || !result.IsNull;
    }

    private static Value Whole(double number) =>
        double.IsNaN(number) ? Value.Of(0L) : Value.Of(number >= TwoTo63 ? long.MaxValue : number < -TwoTo63 ? long.MinValue : (long)number);

    // Java's way of writing floats, which Neo4j takes: "Infinity" and "NaN" in this spelling, and a letter for the width behind a number.
    private static bool TryFloat(string text, out double number)
    {
        if (text.TrimStart('+', '-') is "NaN" or "Infinity")
        {
            number = text.EndsWith("NaN", StringComparison.Ordinal) ? double.NaN : text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        ReadOnlySpan<char> digits = text.Length > 1 && text[^1] is 'f' or 'F' or 'd' or 'D' ? text.AsSpan(0, text.Length - 1) : text;
        return double.TryParse(digits, Plain, CultureInfo.InvariantCulture, out number) && !digits.ContainsAny('n', 'N');
    }

    private static string Uuid(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
