using System.Globalization;
using System.Text;

namespace AuraMemory.Tck.Running;

/// <summary>Reads the TCK's grammar of results and writes it in one canonical form, in which equal values are equal texts.</summary>
/// <remarks>
/// Canonical: labels and map keys in ordinal order, floats with all their digits and always a point or an exponent, strings in single
/// quotes. Temporal values have the text form of the language and look like strings, as the TCK writes them.
/// </remarks>
internal sealed class ExpectedValue
{
    private readonly string _text;
    private readonly bool _sortsLists;
    private int _at;

    private ExpectedValue(string text, bool sortsLists)
    {
        _text = text;
        _sortsLists = sortsLists;
    }

    /// <summary>The canonical form of a cell.</summary>
    /// <param name="cell">As written in the table.</param>
    /// <param name="sortsLists">Whether the order of lists is of no interest.</param>
    /// <exception cref="FormatException">The cell is not in the grammar.</exception>
    public static string Canonical(string cell, bool sortsLists)
    {
        var reader = new ExpectedValue(cell, sortsLists);
        string value = reader.Value();
        reader.Blanks();
        return reader._at == cell.Length ? value : throw reader.Wrong("the end");
    }

    /// <summary>The canonical form of a string.</summary>
    public static string Quote(string text) => "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";

    /// <summary>The canonical form of a float.</summary>
    public static string Float(double value)
    {
        if (double.IsNaN(value))
        {
            return "NaN";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "Inf" : "-Inf";
        }

        string text = (value == 0 ? 0.0 : value).ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    /// <summary>The canonical form of a list.</summary>
    public static string List(IEnumerable<string> elements, bool sorted) =>
        "[" + string.Join(", ", sorted ? elements.Order(StringComparer.Ordinal) : elements) + "]";

    /// <summary>The canonical form of a map.</summary>
    public static string Map(IEnumerable<(string Key, string Value)> entries) =>
        "{" + string.Join(", ", entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}: {e.Value}")) + "}";

    /// <summary>The canonical form of what stands between the brackets of a node or relationship.</summary>
    public static string Entity(IEnumerable<string> names, string map) =>
        string.Concat(names.Order(StringComparer.Ordinal).Select(n => ":" + n)) + (map == "{}" ? "" : " " + map);

    private string Value()
    {
        Blanks();
        return Peek() switch
        {
            '\'' => Quote(Text()),
            '[' => Bracket(),
            '{' => MapText(),
            '(' => Node(),
            '<' => Path(),
            _ => Word(),
        };
    }

    private string Word()
    {
        int from = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '.' or '-' or '+' or '_'))
        {
            _at++;
        }

        string word = _text[from.._at];
        if (word is "null" or "true" or "false")
        {
            return word;
        }

        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer))
        {
            return integer.ToString(CultureInfo.InvariantCulture);
        }

        return word switch
        {
            "NaN" => "NaN",
            "Inf" or "+Inf" => "Inf",
            "-Inf" => "-Inf",
            _ => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? Float(number) : throw Wrong("a value"),
        };
    }

    private string Text()
    {
        Take('\'');
        var text = new StringBuilder();
        while (Peek() != '\'')
        {
            if (Peek() == '\\' && _at + 1 < _text.Length && _text[_at + 1] is '\\' or '\'')
            {
                _at++;
            }

            text.Append(_text[_at++]);
        }

        Take('\'');
        return text.ToString();
    }

    private string Bracket()
    {
        Take('[');
        Blanks();
        if (Peek() == ':')
        {
            string inside = Names();
            Take(']');
            return $"[{inside}]";
        }

        var elements = new List<string>();
        while (Peek() != ']')
        {
            elements.Add(Value());
            Blanks();
            if (Peek() == ',')
            {
                _at++;
                Blanks();
            }
        }

        Take(']');
        return List(elements, _sortsLists);
    }

    private string MapText()
    {
        Take('{');
        Blanks();
        var entries = new List<(string, string)>();
        while (Peek() != '}')
        {
            string key = Name();
            Blanks();
            Take(':');
            entries.Add((key, Value()));
            Blanks();
            if (Peek() == ',')
            {
                _at++;
                Blanks();
            }
        }

        Take('}');
        return Map(entries);
    }

    private string Node()
    {
        Take('(');
        string inside = Names();
        Take(')');
        return $"({inside})";
    }

    /// <summary>Labels or a type, and properties; up to the closing bracket.</summary>
    private string Names()
    {
        var names = new List<string>();
        Blanks();
        while (Peek() == ':')
        {
            _at++;
            names.Add(Name());
            Blanks();
        }

        string map = Peek() == '{' ? MapText() : "{}";
        Blanks();
        return Entity(names, map);
    }

    private string Path()
    {
        Take('<');
        var text = new StringBuilder("<");
        for (Blanks(); Peek() != '>'; Blanks())
        {
            if (Peek() == '(')
            {
                text.Append(Node());
            }
            else if (Peek() == '[')
            {
                text.Append(Bracket());
            }
            else if (Peek() is '-' or '<')
            {
                text.Append(_text[_at++]);
                if (text[^1] == '-' && Peek() == '>')
                {
                    text.Append(_text[_at++]); // the arrow's head, not the path's end
                }
            }
            else
            {
                throw Wrong("a node or a relationship");
            }
        }

        Take('>');
        return text.Append('>').ToString();
    }

    private string Name()
    {
        if (Peek() == '`')
        {
            int end = _text.IndexOf('`', _at + 1);
            string quoted = end < 0 ? throw Wrong("a closing `") : _text[(_at + 1)..end];
            _at = end + 1;
            return quoted;
        }

        int from = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '_' or '$' or '@' or '#'))
        {
            _at++;
        }

        return _at > from ? _text[from.._at] : throw Wrong("a name");
    }

    private char Peek() => _at < _text.Length ? _text[_at] : throw Wrong("more");

    private void Take(char expected)
    {
        if (Peek() != expected)
        {
            throw Wrong($"'{expected}'");
        }

        _at++;
    }

    private void Blanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private FormatException Wrong(string expected) => new($"'{_text}': {expected} was expected at character {_at}.");
}
