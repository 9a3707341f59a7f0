using System.Globalization;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>Functions of numbers. Angles are in radians.</summary>
internal static class MathFunctions
{
    private const int MostDecimals = 28;
    private const double MostDecimal = 7.9e28;

    /// <summary>All of them.</summary>
    public static IEnumerable<FunctionDefinition> All { get; } =
    [
        Arguments.One("abs", (value, at) => value.Kind != ValueKind.Integer ? Value.Of(Math.Abs(Arguments.NeedNumber("abs", value, at)))
            : value.Integer != long.MinValue ? Value.Of(Math.Abs(value.Integer)) : throw TypeErrors.Overflow($"abs({value})", at)),
        Arguments.One("sign", (value, at) => Arguments.NeedNumber("sign", value, at) is var number && double.IsNaN(number)
            ? Value.Of(0L)
            : Value.Of((long)Math.Sign(number))),
        Arguments.Number("ceil", Math.Ceiling),
        Arguments.Number("ceiling", Math.Ceiling),
        Arguments.Number("floor", Math.Floor),
        new FunctionDefinition("round", 1, 3, Round),
        Arguments.Number("sqrt", Math.Sqrt),
        Arguments.Number("exp", Math.Exp),
        Arguments.Number("log", Math.Log),
        Arguments.Number("ln", Math.Log),
        Arguments.Number("log10", Math.Log10),
        Arguments.Number("sin", Math.Sin),
        Arguments.Number("cos", Math.Cos),
        Arguments.Number("tan", Math.Tan),
        Arguments.Number("cot", x => 1 / Math.Tan(x)),
        Arguments.Number("asin", Math.Asin),
        Arguments.Number("acos", Math.Acos),
        Arguments.Number("atan", Math.Atan),
        Arguments.Number("sinh", Math.Sinh),
        Arguments.Number("cosh", Math.Cosh),
        Arguments.Number("tanh", Math.Tanh),
        Arguments.Number("degrees", x => x * (180 / Math.PI)),
        Arguments.Number("radians", x => x / 180 * Math.PI),
        Arguments.Number("haversin", x => (1 - Math.Cos(x)) / 2),
        Arguments.One("isNaN", (value, at) => Value.Of(double.IsNaN(Arguments.NeedNumber("isNaN", value, at)))),
        new FunctionDefinition("atan2", 2, 2, (_, arguments, at) => Arguments.HasNull(arguments)
            ? Value.Null
            : Value.Of(Math.Atan2(Arguments.NeedNumber("atan2", arguments[0], at), Arguments.NeedNumber("atan2", arguments[1], at)))),
        new FunctionDefinition("e", 0, 0, (_, _, _) => Value.Of(Math.E)),
        new FunctionDefinition("pi", 0, 0, (_, _, _) => Value.Of(Math.PI)),
        new FunctionDefinition("rand", 0, 0, (context, _, _) => Value.Of(context.Random.NextDouble()), Deterministic: false),
    ];

    // Without a precision half goes up, as floor(x + 0.5) does; with one, as BigDecimal's rounding of the shortest decimal form.
    private static Value Round(QueryContext context, ReadOnlySpan<Value> arguments, TextPosition at)
    {
        if (Arguments.HasNull(arguments))
        {
            return Value.Null;
        }

        double number = Arguments.NeedNumber("round", arguments[0], at);
        long precision = arguments.Length > 1 ? (long)Arguments.NeedNumber("round", arguments[1], at) : 0;
        string? mode = arguments.Length > 2 ? Arguments.NeedText("round", arguments[2], at) : null;
        if (precision is < 0 or > int.MaxValue)
        {
            throw TypeErrors.Range($"The precision of round() is 0 to {int.MaxValue}, not {precision}.", at);
        }

        if (mode is null && precision == 0)
        {
            double floor = Math.Floor(number);
            return Value.Of(number - floor >= 0.5 ? floor + 1 : floor);
        }

        if (!double.IsFinite(number) || Math.Abs(number) >= MostDecimal || precision > MostDecimals)
        {
            Round(0, 0, mode ?? "HALF_UP", at); // is there such a mode?
            return Value.Of(number);
        }

        decimal exact = decimal.Parse(number.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);
        return Value.Of((double)Round(exact, (int)precision, mode ?? "HALF_UP", at));
    }

    private static decimal Round(decimal number, int precision, string mode, TextPosition at)
    {
        switch (mode)
        {
            case "HALF_UP":
                return Math.Round(number, precision, MidpointRounding.AwayFromZero);
            case "HALF_EVEN":
                return Math.Round(number, precision, MidpointRounding.ToEven);
            case "DOWN":
                return Math.Round(number, precision, MidpointRounding.ToZero);
            case "CEILING":
                return Math.Round(number, precision, MidpointRounding.ToPositiveInfinity);
            case "FLOOR":
                return Math.Round(number, precision, MidpointRounding.ToNegativeInfinity);
            case "UP":
                return Math.Round(number, precision, number < 0 ? MidpointRounding.ToNegativeInfinity : MidpointRounding.ToPositiveInfinity);
            case "HALF_DOWN":
                decimal cut = Math.Round(number, precision, MidpointRounding.ToZero);
                decimal away = Math.Round(number, precision, MidpointRounding.AwayFromZero);
                return Math.Abs(number - cut) <= Math.Abs(away - number) ? cut : away;
            case "UNNECESSARY":
                return Math.Round(number, precision, MidpointRounding.ToZero) == number
                    ? number
                    : throw CypherException.Runtime("ArgumentError", "InvalidArgumentValue", $"{number} has more than {precision} digits, and the mode of round() says it has not.", at);
            default:
                throw CypherException.Runtime(
                    "ArgumentError", "InvalidArgumentValue",
                    $"round() knows the modes UP, DOWN, CEILING, FLOOR, HALF_UP, HALF_DOWN, HALF_EVEN and UNNECESSARY, not '{mode}'.", at);
        }
    }
}
