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

    /// <summary><c>a / b</c>: of integers the whole part, rounded towards zero.</summary>
    public static Value Divide(Value a, Value b, TextPosition p)
    {
        if (a.IsNull || b.IsNull)
        {
            return Value.Null;
        }

        if (a.Kind == ValueKind.Integer && b.Kind == ValueKind.Integer)
        {
            NeedDivisor(b, p);
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
        : a.IsNumber && b.IsNumber ? Value.Of(Math.Pow(a.Number, b.Number)) : throw Unfit("^", a, b, p);

    /// <summary><c>-a</c>.</summary>
    public static Value Negate(Value a, TextPosition p) => a.Kind switch
    {
        ValueKind.Null => a,
        ValueKind.Integer => a.Integer == long.MinValue ? throw TypeErrors.Overflow($"-({a})", p) : Value.Of(-a.Integer),
        ValueKind.Float => Value.Of(-a.Float),
        _ => throw TypeErrors.Kind("A sign", "a number", a, p),
    };

    /// <summary><c>a AND b</c>.</summary>
    public static Value And(Value a, Value b, TextPosition p)
    {
        (bool? x, bool? y) = (Truth(a, "AND", p), Truth(b, "AND", p));
        return x == false || y == false ? Value.False : x is null || y is null ? Value.Null : Value.True;
    }

    /// <summary><c>a OR b</c>.</summary>
    public static Value Or(Value a, Value b, TextPosition p)
    {
        (bool? x, bool? y) = (Truth(a, "OR", p), Truth(b, "OR", p));
        return x == true || y == true ? Value.True : x is null || y is null ? Value.Null : Value.False;
    }

    /// <summary><c>a XOR b</c>.</summary>
    public static Value Xor(Value a, Value b, TextPosition p)
    {
        (bool? x, bool? y) = (Truth(a, "XOR", p), Truth(b, "XOR", p));
        return x is null || y is null ? Value.Null : Value.Of(x.Value != y.Value);
    }

    /// <summary><c>NOT a</c>.</summary>
    public static Value Not(Value a, TextPosition p) => Truth(a, "NOT", p) is { } known ? Value.Of(!known) : Value.Null;

    private static bool? Truth(Value value, string name, TextPosition p) => value.Kind switch
    {
        ValueKind.Boolean => value.Boolean,
        ValueKind.Null => null,
        _ => throw TypeErrors.Kind(name, "booleans", value, p),
    };

    private static void NeedDivisor(Value divisor, TextPosition p)
    {
        if (divisor.Integer == 0)
        {
            throw CypherException.Runtime("ArithmeticError", "DivisionByZero", "An integer cannot be divided by zero.", p);
        }
    }

    private static CypherException Unfit(string symbol, Value a, Value b, TextPosition p) => CypherException.Runtime(
        "TypeError", "InvalidArgumentType", $"The operator {symbol} does not take {TypeErrors.Name(a)} and {TypeErrors.Name(b)}.", p);
}
