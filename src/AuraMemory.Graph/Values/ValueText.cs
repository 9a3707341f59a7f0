using System.Globalization;

namespace AuraMemory.Graph.Values;

/// <summary>Values as the language's <c>toString</c> writes them.</summary>
public static class ValueText
{
    private const double LeastPlain = 1e-3;
    private const double LeastScientific = 1e7;

    /// <summary>Text of a boolean, number, string or temporal value; null for others.</summary>
    public static string? TryOf(Value value) => value.Kind switch
    {
        ValueKind.Boolean => value.Boolean ? "true" : "false",
        ValueKind.Integer => value.Integer.ToString(CultureInfo.InvariantCulture),
        ValueKind.Float => Of(value.Float),
        ValueKind.String => value.Text,
        >= ValueKind.Date => value.Temporal.ToLongText(),
        _ => null,
    };

    /// <summary>The shortest decimal number that reads back as the same double: plain from 0.001 up to 10 000 000 (<c>1.0</c>, <c>0.25</c>),
    /// with an exponent outside (<c>1.0E7</c>). Of two digits or more, the nearest (<c>4.9E-324</c>). As Java's <c>Double.toString</c> since 19, which Neo4j uses.</summary>
    public static string Of(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
        }

        double size = Math.Abs(value);
        if (size is 0 or (>= LeastPlain and < LeastScientific))
        {
            string plain = value.ToString("0.0################################", CultureInfo.InvariantCulture);
            string shortest = value.ToString("R", CultureInfo.InvariantCulture);
            return shortest.Contains('E', StringComparison.Ordinal) ? plain
                : shortest.Contains('.', StringComparison.Ordinal) ? shortest : shortest + ".0";
        }

        string text = value.ToString("E16", CultureInfo.InvariantCulture);
        for (int digits = 1; digits < 17; digits++)
        {
            string shorter = value.ToString("E" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (double.Parse(shorter, CultureInfo.InvariantCulture) == value)
            {
                text = shorter;
                break;
            }
        }

        int at = text.IndexOf('E', StringComparison.Ordinal);
        string mantissa = text[..at];
        int exponent = int.Parse(text.AsSpan(at + 1), CultureInfo.InvariantCulture);
        return $"{mantissa}{(mantissa.Contains('.', StringComparison.Ordinal) ? "" : ".0")}E{exponent.ToString(CultureInfo.InvariantCulture)}";
    }
}
