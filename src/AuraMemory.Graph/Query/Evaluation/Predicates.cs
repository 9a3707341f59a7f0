using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>Tests of lists and text.</summary>
public static class Predicates
{
    private const int MostPatterns = 256;
    private const int MostSets = 100;
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);
    private static readonly ConcurrentDictionary<(string Text, bool WithFar), Regex> Patterns = new();

    /// <summary><c>a IN b</c>: null when only an unknown could be the element sought. What is no list is a list of one.</summary>
    public static Value In(Value a, Value b, TextPosition p)
    {
        if (b.IsNull)
        {
            return Value.Null;
        }

        bool isUnknown = false;
        foreach (Value element in b.Kind == ValueKind.List ? b.List : [b])
        {
            bool? equal = ValueEquality.AreEqual(a, element);
            if (equal == true)
            {
                return Value.True;
            }

            isUnknown |= equal is null;
        }

        return isUnknown ? Value.Null : Value.False;
    }

    /// <summary><c>a STARTS WITH b</c>; null when either is no text.</summary>
    public static Value StartsWith(Value a, Value b, TextPosition p) =>
        AreText(a, b) ? Value.Of(a.Text.StartsWith(b.Text, StringComparison.Ordinal)) : Value.Null;

    /// <summary><c>a ENDS WITH b</c>; null when either is no text.</summary>
    public static Value EndsWith(Value a, Value b, TextPosition p) =>
        AreText(a, b) ? Value.Of(a.Text.EndsWith(b.Text, StringComparison.Ordinal)) : Value.Null;

    /// <summary><c>a CONTAINS b</c>; null when either is no text.</summary>
    public static Value Contains(Value a, Value b, TextPosition p) =>
        AreText(a, b) ? Value.Of(a.Text.Contains(b.Text, StringComparison.Ordinal)) : Value.Null;

    /// <summary><c>a =~ b</c>: whether all of the text fits a regular expression; null when either is no text.</summary>
    /// <exception cref="CypherException">The expression is none, or takes longer than a second for this text.</exception>
    public static Value Matches(Value a, Value b, TextPosition p)
    {
        if (!AreText(a, b))
        {
            return Value.Null;
        }

        try
        {
            bool withFar = a.Text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');
            return Value.Of(Pattern(b.Text, withFar, p).IsMatch(a.Text));
        }
        catch (RegexMatchTimeoutException)
        {
            throw CypherException.Runtime(
                "LimitExceeded", "Time", "The regular expression took longer than a second for one text. Write it without nested repetitions.", p);
        }
    }

    private static bool AreText(Value a, Value b) => a.Kind == ValueKind.String && b.Kind == ValueKind.String;

    private static Regex Pattern(string text, bool withFar, TextPosition p)
    {
        if (Patterns.TryGetValue((text, withFar), out Regex? known))
        {
            return known;
        }

        Regex pattern;
        try
        {
            pattern = Make(JavaPattern.Translate(text, withFar));
        }
        catch (FormatException e)
        {
            string shown = text.Length > 60 ? string.Concat(text.AsSpan(0, 60), "…") : text;
            throw CypherException.Runtime("SyntaxError", "InvalidArgumentValue", $"'{shown}' is no regular expression: {e.Message}.", p);
        }

        if (Patterns.Count >= MostPatterns)
        {
            Patterns.Clear();
        }

        Patterns.TryAdd((text, withFar), pattern);
        return pattern;
    }

    // Without backtracking the time is linear in the text; what needs it (back references, looking around) has a time limit instead.
    // With more than 255 kinds of characters .NET 10 takes the end of a line for none of them without backtracking.
    private static Regex Make(string whole)
    {
        try
        {
            if (whole.AsSpan().Count('[') > MostSets)
            {
                return new Regex(whole, RegexOptions.CultureInvariant, LongestMatch);
            }

            return new Regex(whole, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, LongestMatch);
        }
        catch (NotSupportedException)
        {
            return new Regex(whole, RegexOptions.CultureInvariant, LongestMatch);
        }
    }
}
