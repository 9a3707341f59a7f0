using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;
using AuraMemory.Graph.Values.Temporal;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>Arithmetic and logic of the language. Null makes everything null, except where logic is decided without it.</summary>
public static class Operators
{
    /// <summary>Characters that a concatenation may come to.</summary>
    internal const int LongestText = 1 << 24;

    /// <summary><c>a + b</c>: sums, concatenations of text and of lists, moments and durations.</summary>
    public static Value Add(Value a, Value b, TextPosition p)
    {
        if (a.Kind == ValueKind.Integer && b.Kind == ValueKind.Integer)
        {
            long sum = unchecked(a.Integer + b.Integer);
            return ((a.Integer ^ sum) & (b.Integer ^ sum)) < 0 ? throw TypeErrors.Overflow($"{a} + {b}", p) : Value.Of(sum);
        }

        if (a.IsNull || b.IsNull)
        {
            return Value.Null;
        }

        if (a.IsNumber && b.IsNumber)
        {
            return Value.Of(a.Number + b.Number);
        }

        if (a.Kind == ValueKind.List)
        {
            return Value.Of(b.Kind == ValueKind.List ? [.. a.List, .. b.List] : [.. a.List, b]);
        }

        if (b.Kind == ValueKind.List)
        {
            return Value.Of([a, .. b.List]);
        }

        if ((a.Kind == ValueKind.String || b.Kind == ValueKind.String) && ValueText.TryOf(a) is { } left && ValueText.TryOf(b) is { } right)
        {
            return left.Length + right.Length <= LongestText ? Value.Of(left + right) : throw CypherException.Runtime(
                "LimitExceeded", "Memory", $"A text of more than {LongestText} characters would come of this.", p);
        }

        return TemporalArithmetic.TryAdd(a, b, p, out Value result) ? result : throw Unfit("+", a, b, p);
    }

    /// <summary><c>a - b</c>.</summary>
    public static Value Subtract(Value a, Value b, TextPosition p)
    {
        if (a.Kind == ValueKind.Integer && b.Kind == ValueKind.Integer)
        {
            long difference = unchecked(a.Integer - b.Integer);
            return ((a.Integer ^ b.Integer) & (a.Integer ^ difference)) < 0 ? throw TypeErrors.Overflow($"{a} - {b}", p) : Value.Of(difference);
        }

        if (a.IsNull || b.IsNull)
        {
            return Value.Null;
        }

        return a.IsNumber && b.IsNumber ? Value.Of(a.Number - b.Number)
            : TemporalArithmetic.TrySubtract(a, b, p, out Value result) ? result : throw Unfit("-", a, b, p);
    }

    /// <summary><c>a * b</c>.</summary>
    public static Value Multiply(Value a, Value b, TextPosition p)
    {
        if (a.IsNull || b.IsNull)
        {
            return Value.Null;
        }

        if (a.Kind == ValueKind.Integer && b.Kind == ValueKind.Integer)
        {
            long high = Math.BigMul(a.Integer, b.Integer, out long low);
            return high == low >> 63 ? Value.Of(low) : throw TypeErrors.Overflow($"{a} * {b}", p);
        }

        return a.IsNumber && b.IsNumber ? Value.Of(a.Number * b.Number)
            : TemporalArithmetic.TryMultiply(a, b, p, out Value result) ? result : throw Unfit("*", a, b, p);
    }

    /// <summary><c>a / b</c>: of integers the whole part, rounded towards zero. Nothing is divided by the integer 0, not even a float or null.</summary>
    public static Value Divide(Value a, Value b, TextPosition p)
    {
        NeedDivisor(b, p);
        if (a.IsNull || b.IsNull)
        {
            return Value.Null;
        }

        if (a.Kind == ValueKind.Integer && b.Kind == ValueKind.Integer)
        {
            return b.Integer != -1 ? Value.Of(a.Integer / b.Integer) : Negate(a, p);
        }

        return a.IsNumber && b.IsNumber ? Value.Of(a.Number / b.Number)
            : TemporalArithmetic.TryDivide(a, b, p, out Value result) ? result : throw Unfit("/", a, b, p);
    }

    /// <summary><c>a % b</c>: the rest of <see cref="Divide"/>, with the sign of <paramref name="a"/>.</summary>
    public static Value Modulo(Value a, Value b, TextPosition p)
    {
        if (a.IsNull || b.IsNull)
        {
            return Value.Null;
        }

        if (a.Kind == ValueKind.Integer && b.Kind == ValueKind.Integer)
        {
            NeedDivisor(b, p);
            return Value.Of(b.Integer == -1 ? 0 : a.Integer % b.Integer);
        }

        return a.IsNumber && b.IsNumber ? Value.Of(a.Number % b.Number) : throw Unfit("%", a, b, p);
    }

    /// <summary><c>a ^ b</c>, always a float.</summary>
    public static Value Power(Value a, Value b, TextPosition p) =>
        a.IsNull || b.IsNull ? Value.Null
        : a.IsNumber && b.IsNumber ? Value.Of(Power(a.Number, b.Number)) : throw Unfit("^", a, b, p);

    /// <summary><c>a || b</c>: two texts or two lists one behind the other.</summary>
    public static Value Concatenate(Value a, Value b, TextPosition p)
    {
        bool fits = (a.IsNull || a.Kind is ValueKind.String or ValueKind.List) && (b.IsNull || b.Kind is ValueKind.String or ValueKind.List)
            && (a.IsNull || b.IsNull || a.Kind == b.Kind);
        return fits ? Add(a, b, p) : throw Unfit("||", a, b, p);
    }

    /// <summary><c>-a</c>.</summary>
    public static Value Negate(Value a, TextPosition p) => a.Kind switch
    {
        ValueKind.Null => a,
        ValueKind.Integer => a.Integer == long.MinValue ? throw TypeErrors.Overflow($"-({a})", p) : Value.Of(-a.Integer),
        ValueKind.Float => Value.Of(-a.Float),
        _ => throw TypeErrors.Kind("A sign", "a number", a, p),
    };

    /// <summary><c>a AND b</c>. What is no truth value does not matter where the other side decides.</summary>
    public static Value And(Value a, Value b, TextPosition p)
    {
        if (Is(a, false) || Is(b, false))
        {
            return Value.False;
        }

        (bool? x, bool? y) = (Truth(a, "AND", p), Truth(b, "AND", p));
        return x is null || y is null ? Value.Null : Value.True;
    }

    /// <summary><c>a OR b</c>. What is no truth value does not matter where the other side decides.</summary>
    public static Value Or(Value a, Value b, TextPosition p)
    {
        if (Is(a, true) || Is(b, true))
        {
            return Value.True;
        }

        (bool? x, bool? y) = (Truth(a, "OR", p), Truth(b, "OR", p));
        return x is null || y is null ? Value.Null : Value.False;
    }

    /// <summary><c>a XOR b</c>.</summary>
    public static Value Xor(Value a, Value b, TextPosition p)
    {
        (bool? x, bool? y) = (Truth(a, "XOR", p), Truth(b, "XOR", p));
        return x is null || y is null ? Value.Null : Value.Of(x.Value != y.Value);
    }

    /// <summary><c>NOT a</c>.</summary>
    public static Value Not(Value a, TextPosition p) => Truth(a, "NOT", p) is { } known ? Value.Of(!known) : Value.Null;

    /// <summary>What a value is as a condition: a list is true unless it is empty, a map is true; as in Neo4j.</summary>
    /// <exception cref="CypherException">It is no condition.</exception>
    internal static bool? Truth(Value value, string what, TextPosition p) => value.Kind switch
    {
        ValueKind.Boolean => value.Boolean,
        ValueKind.Null => null,
        ValueKind.List => value.List.Length > 0,
        ValueKind.Map => true,
        _ => throw TypeErrors.Kind(what, "booleans", value, p),
    };

    private static bool Is(Value value, bool truth) =>
        value.Kind is ValueKind.Boolean or ValueKind.List or ValueKind.Map && Truth(value, "", TextPosition.None) == truth;

    // In IEEE 754 one to any power is one; Java, and so Neo4j, takes what is no number, and what is infinite, for unknown.
    private static double Power(double a, double b) =>
        double.IsNaN(b) || (double.IsInfinity(b) && Math.Abs(a) == 1) ? double.NaN : Math.Pow(a, b);

    private static void NeedDivisor(Value divisor, TextPosition p)
    {
        if (divisor is { Kind: ValueKind.Integer, Integer: 0 })
        {
            throw CypherException.Runtime("ArithmeticError", "DivisionByZero", "An integer cannot be divided by zero.", p);
        }
    }

    private static CypherException Unfit(string symbol, Value a, Value b, TextPosition p) => CypherException.Runtime(
        "TypeError", "InvalidArgumentType", $"The operator {symbol} does not take {TypeErrors.Name(a)} and {TypeErrors.Name(b)}.", p);
}
