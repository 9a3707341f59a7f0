using System.Text;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>Functions of text. Places and lengths count code points from 0.</summary>
internal static class TextFunctions
{
    private static readonly bool CanNormalize = "A\u030A".Normalize(NormalizationForm.FormC) == "\u00C5";

    /// <summary>All of them.</summary>
    public static IEnumerable<FunctionDefinition> All { get; } =
    [
        Arguments.Text("toUpper", text => Value.Of(LetterCase.Upper(text))),
        Arguments.Text("upper", text => Value.Of(LetterCase.Upper(text))),
        Arguments.Text("toLower", text => Value.Of(LetterCase.Lower(text))),
        Arguments.Text("lower", text => Value.Of(LetterCase.Lower(text))),
        Arguments.Text("char_length", text => Value.Of(CodePoints.Count(text))),
        Arguments.Text("character_length", text => Value.Of(CodePoints.Count(text))),
        new FunctionDefinition("normalize", 1, 2, Normalize),
        new FunctionDefinition("trim", 1, 3, Trim),
        Trimming("btrim", true, true),
        Trimming("ltrim", true, false),
        Trimming("rtrim", false, true),
        new FunctionDefinition("left", 2, 2, (_, arguments, at) => Part("left", arguments, at, (text, count) => text[..CodePoints.Place(text, count)])),
        new FunctionDefinition("right", 2, 2, (_, arguments, at) => Part(
            "right", arguments, at, (text, count) => text[CodePoints.Place(text, Math.Max(0, CodePoints.Count(text) - count))..])),
        new FunctionDefinition("substring", 2, 3, Substring),
        new FunctionDefinition("replace", 3, 3, Replace),
        new FunctionDefinition("split", 2, 2, Split),
    ];

    private static FunctionDefinition Trimming(string name, bool atStart, bool atEnd) => new(name, 1, 2, (_, arguments, at) =>
    {
        if (Arguments.HasNull(arguments))
        {
            return Value.Null;
        }

        string text = Arguments.NeedText(name, arguments[0], at);
        string? characters = arguments.Length > 1 ? Arguments.NeedText(name, arguments[1], at) : null;
        return Value.Of(CodePoints.Trim(text, characters, atStart, atEnd));
    });

    // trim(text), and what trim(BOTH 'x' FROM text) is read as: trim('BOTH', 'x', text).
    private static Value Trim(QueryContext context, ReadOnlySpan<Value> arguments, TextPosition at)
    {
        if (Arguments.HasNull(arguments))
        {
            return Value.Null;
        }

        string text = Arguments.NeedText("trim", arguments[^1], at);
        string? character = arguments.Length > 2 ? Arguments.NeedText("trim", arguments[1], at) : null;
        string ends = arguments.Length > 1 ? Arguments.NeedText("trim", arguments[0], at) : "BOTH";
        if (character is not null && CodePoints.Count(character) != 1)
        {
            throw CypherException.Runtime(
                "ArgumentError", "InvalidArgumentValue", $"trim() takes one character, not '{character}'; btrim(), ltrim() and rtrim() take several.", at);
        }

        return Value.Of(CodePoints.Trim(text, character, ends != "TRAILING", ends != "LEADING"));
    }

    // Without its tables of Unicode the runtime gives every text back as it is, which is right only up to the first character that a form may change.
    private static Value Normalize(QueryContext context, ReadOnlySpan<Value> arguments, TextPosition at)
    {
        if (Arguments.HasNull(arguments))
        {
            return Value.Null;
        }

        string text = Arguments.NeedText("normalize", arguments[0], at);
        (NormalizationForm form, char lastUnchanged) = (arguments.Length == 1 ? "" : Arguments.NeedText("normalize", arguments[1], at)) switch
        {
            "NFD" => (NormalizationForm.FormD, '\u00BF'),
            "NFKC" => (NormalizationForm.FormKC, '\u009F'),
            "NFKD" => (NormalizationForm.FormKD, '\u009F'),
            _ => (NormalizationForm.FormC, '\u02FF'),
        };
        return CanNormalize || !text.AsSpan().ContainsAnyExceptInRange('\0', lastUnchanged)
            ? Value.Of(text.Normalize(form))
            : throw CypherException.Runtime(
                "NotSupported", "OutsideSubset", "normalize() of this text needs Unicode tables that this build of the service does not have (it runs with invariant globalization).", at);
    }

    private static Value Part(string name, ReadOnlySpan<Value> arguments, TextPosition at, Func<string, long, string> part) =>
        Arguments.HasNull(arguments)
            ? Value.Null
            : Value.Of(part(Arguments.NeedText(name, arguments[0], at), NeedLength(name, arguments[1], at)));

    private static Value Substring(QueryContext context, ReadOnlySpan<Value> arguments, TextPosition at)
    {
        if (Arguments.HasNull(arguments))
        {
            return Value.Null;
        }

        string text = Arguments.NeedText("substring", arguments[0], at);
        int start = CodePoints.Place(text, NeedPlace(arguments[1], at));
        int end = arguments.Length > 2 ? CodePoints.Place(text, NeedPlace(arguments[2], at), start) : text.Length;
        return Value.Of(text[start..end]);
    }

    private static Value Replace(QueryContext context, ReadOnlySpan<Value> arguments, TextPosition at)
    {
        if (Arguments.HasNull(arguments))
        {
            return Value.Null;
        }

        string text = Arguments.NeedText("replace", arguments[0], at);
        string sought = Arguments.NeedText("replace", arguments[1], at);
        string instead = Arguments.NeedText("replace", arguments[2], at);
        if (sought.Length > 0)
        {
            // Every match may make the text longer, so that its length is bounded before it is made.
            long longest = text.Length + ((long)(text.Length / sought.Length) * Math.Max(0, instead.Length - sought.Length));
            return longest <= Operators.LongestText ? Value.Of(text.Replace(sought, instead, StringComparison.Ordinal)) : throw TooLong(at);
        }

        var between = new StringBuilder(instead);
        foreach (Rune rune in text.EnumerateRunes())
        {
            between.Append(rune.ToString()).Append(instead);
            if (between.Length > Operators.LongestText)
            {
                throw TooLong(at);
            }
        }

        return Value.Of(between.ToString());
    }

    private static Value Split(QueryContext context, ReadOnlySpan<Value> arguments, TextPosition at)
    {
        if (Arguments.HasNull(arguments))
        {
            return Value.Null;
        }

        if (arguments[1].Kind == ValueKind.List && Arguments.HasNull(arguments[1].List))
        {
            return Value.Null;
        }

        string text = Arguments.NeedText("split", arguments[0], at);
        string[] separators = arguments[1].Kind == ValueKind.List
            ? Array.ConvertAll(arguments[1].List, v => Arguments.NeedText("split", v, at))
            : [Arguments.NeedText("split", arguments[1], at)];
        if (separators.Length == 0 || text.Length == 0)
        {
            return Value.Of([arguments[0]]); // Split would take no separators for blanks
        }

        if (!separators.Contains(""))
        {
            return Value.Of(Array.ConvertAll(text.Split(separators, StringSplitOptions.None), Value.Of));
        }

        // Between any two characters: what stands between the other separators, character by character.
        IEnumerable<string> between = text.Split(separators, StringSplitOptions.RemoveEmptyEntries);
        return Value.Of(between.SelectMany(b => b.EnumerateRunes()).Select(r => Value.Of(r.ToString())).ToArray());
    }

    private static long NeedLength(string name, Value value, TextPosition at)
    {
        long length = Arguments.NeedInteger(name, value, at);
        return length >= 0 ? length : throw TypeErrors.Range($"{name}() takes places and lengths of 0 or more, not {length}.", at);
    }

    private static long NeedPlace(Value value, TextPosition at)
    {
        long place = NeedLength("substring", value, at);
        return place <= int.MaxValue ? place : throw TypeErrors.Range($"substring() takes places and lengths up to {int.MaxValue}, not {place}.", at);
    }

    private static CypherException TooLong(TextPosition at) => CypherException.Runtime(
        "LimitExceeded", "Memory", $"A text of more than {Operators.LongestText} characters would come of this.", at);
}
