using System.Globalization;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Parsing;

/// <summary>Values of numbers as written.</summary>
internal static class NumberLiteral
{
    /// <summary>Value of an integer: decimal, hexadecimal (<c>0x</c>) or octal (<c>0o</c>).</summary>
    /// <param name="text">Digits, with their prefix.</param>
    /// <param name="isNegative">Whether a minus stands before it: the least integer can only be written so.</param>
    /// <param name="position">Where, for errors.</param>
    /// <exception cref="CypherException">It is no number, or not in 64 bits.</exception>
    public static Value Integer(string text, bool isNegative, TextPosition position)
    {
        int radix = text.Length > 1 && text[0] == '0' ? text[1] switch { 'x' => 16, 'o' => 8, _ => 10 } : 10;
        ReadOnlySpan<char> digits = radix == 10 ? text : text.AsSpan(2);
        if (digits.IsEmpty || HasStrayUnderscore(text) || (radix == 10 && text.Length > 1 && text[0] == '0'))
        {
            throw Invalid(text, position);
        }

        ulong value = 0;
        bool isOverflow = false;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : c == '_' ? -1 : int.MaxValue;
            if (digit >= radix)
            {
                throw Invalid(text, position);
            }

            if (digit >= 0)
            {
                UInt128 next = ((UInt128)value * (uint)radix) + (uint)digit;
                isOverflow |= next > ulong.MaxValue;
                value = (ulong)next;
            }
        }

        ulong most = isNegative ? 1UL << 63 : long.MaxValue;
        return isOverflow || value > most
            ? throw CypherException.Syntax(
                "IntegerOverflow", $"{(isNegative ? "-" : "")}{text} is not between -2^63 and 2^63 - 1; write it with a decimal point to have a float.", position)
            : Value.Of(isNegative ? (long)(0 - value) : (long)value);
    }

    /// <summary>Value of a number with a fraction or an exponent; an <c>f</c> or <c>d</c> may end it and says nothing.</summary>
    /// <exception cref="CypherException">It is no number, or greater than a double can be.</exception>
    public static Value Float(string text, bool isNegative, TextPosition position)
    {
        string digits = text[^1] is 'f' or 'F' or 'd' or 'D' ? text[..^1] : text;
        if (!double.TryParse(digits.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
        {
            throw Invalid(text, position);
        }

        return double.IsInfinity(value)
            ? throw CypherException.Syntax("FloatingPointOverflow", $"{text} is greater than a float can be (about 1.8e308).", position)
            : Value.Of(isNegative ? -value : value);
    }

    // Underscores stand between two digits, one at a time.
    private static bool HasStrayUnderscore(string text) => text.EndsWith('_') || text.Contains("__", StringComparison.Ordinal);

    private static CypherException Invalid(string text, TextPosition position) =>
        CypherException.Syntax("InvalidNumberLiteral", $"{(text.Length > 40 ? text[..40] + "…" : text)} is not a number.", position);
}
