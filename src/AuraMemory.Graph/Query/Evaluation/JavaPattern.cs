using System.Globalization;
using System.Text;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>Reads a regular expression as Java's class <c>Pattern</c> does, and writes it as an expression of .NET that takes the same texts as a whole.</summary>
/// <remarks>What differs between the two: classes are of ASCII unless <c>(?U)</c> says otherwise, so is the case of letters under <c>(?i)</c>, classes have unions and
/// intersections, a character beyond U+FFFF is one, <c>.</c> stops at more ends of lines, and repetitions may be possessive. Sets of characters are computed here, so that
/// .NET's own meaning of its classes and options plays no part.</remarks>
internal sealed partial class JavaPattern
{
    private const int MostNesting = 200;
    private const int MostWritten = 1 << 18;

    /// <summary>Characters of an expression that is taken.</summary>
    public const int MostText = 4096;

    private readonly string _text;
    private readonly bool _withFar;
    private readonly List<string> _parts = [];
    private readonly Dictionary<int, int> _groupParts = [];
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly HashSet<int> _referenced = [];
    private Flags _flags;
    private int _groups;
    private int _depth;
    private int _at;
    private int _written;

    private JavaPattern(string text, bool withFar) => (_text, _withFar) = (text, withFar);

    [Flags]
    private enum Flags
    {
        None = 0,
        AnyCase = 1,
        Multiline = 2,
        DotAll = 4,
        UnicodeCase = 8,
        Comments = 16,
        UnicodeClasses = 32,
        UnixLines = 64,
    }

    /// <summary>The expression for .NET.</summary>
    /// <param name="text">The expression of Java.</param>
    /// <param name="withFar">Whether it is for texts with characters beyond U+FFFF; without them it is simpler.</param>
    /// <exception cref="FormatException">It is none, or one that has no counterpart.</exception>
    public static string Translate(string text, bool withFar)
    {
        if (text.Length > MostText)
        {
            throw new FormatException($"it has more than {MostText} characters");
        }

        var pattern = new JavaPattern(Unquoted(text), withFar);
        pattern.Alternatives();
        if (pattern._at < pattern._text.Length)
        {
            throw pattern.Error("a ')' without its '('");
        }

        foreach ((int group, int part) in pattern._groupParts)
        {
            pattern._parts[part] = pattern._referenced.Contains(group) ? $"(?<g{group}>" : "(?:";
        }

        return $@"\A(?:{string.Concat(pattern._parts)})\z";
    }

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private bool AtEnd => _at >= _text.Length;

    private bool Has(Flags flag) => (_flags & flag) != 0;

    // \Q…\E: what is between them stands for itself.
    private static string Unquoted(string text)
    {
        if (!text.Contains(@"\Q", StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (!quoted && text[i] == '\\' && i + 1 < text.Length)
            {
                quoted = text[++i] == 'Q';
                plain.Append(quoted ? "" : text.AsSpan(i - 1, 2));
            }
            else if (quoted && text.AsSpan(i).StartsWith(@"\E"))
            {
                quoted = false;
                i++;
            }
            else
            {
                plain.Append(quoted && char.IsAscii(text[i]) && !char.IsAsciiLetterOrDigit(text[i]) ? "\\" : "").Append(text[i]);
            }
        }

        return plain.ToString();
    }

    private void Alternatives()
    {
        Enter();
        Flags before = _flags;
        while (true)
        {
            Sequence();
            if (!Take('|'))
            {
                break;
            }

            _parts.Add("|");
        }

        _flags = before;
        _depth--;
    }

    private void Sequence()
    {
        while (true)
        {
            SkipComments();
            if (AtEnd || Current is '|' or ')')
            {
                return;
            }

            int start = _parts.Count;
            _parts.Add("");
            if (Atom())
            {
                Repetition(start);
            }
        }
    }

    // False for what cannot be repeated: options that hold from here on.
    private bool Atom()
    {
        char c = _text[_at];
        switch (c)
        {
            case '(':
                return Group();
            case '[':
                Put(Class(closes: true));
                return true;
            case '\\':
                Escape();
                return true;
            case '.':
                _at++;
                Put(Has(Flags.DotAll) ? CodePointSet.All : (Has(Flags.UnixLines) ? CodePointSet.Of("\n") : CodePointSet.Of("\n\r\u0085\u2028\u2029")).Not());
                return true;
            // At the ends of the whole they say nothing; elsewhere they look around, which costs more.
            case '^':
                bool isFirst = !Has(Flags.Multiline) && _depth == 1 && (_at == 0 || _text[_at - 1] == '|');
                _at++;
                _parts.Add(isFirst ? "" : !Has(Flags.Multiline) ? @"\A" : Has(Flags.UnixLines) ? @"(?:\A|(?<=\n)(?!\z))" : $@"(?:\A|(?<=\n|\r(?!\n)|[\u0085\u2028\u2029])(?!\z))");
                return true;
            case '$':
                _at++;
                _parts.Add(_depth == 1 && (AtEnd || Current == '|') ? "" : Has(Flags.Multiline) ? Has(Flags.UnixLines) ? @"(?=\n|\z)" : @"(?=\z|[\r\u0085\u2028\u2029]|(?<!\r)\n)" : LastEnd());
                return true;
            case '*' or '+' or '?':
                throw Error($"a '{c}' with nothing before it to repeat");
            case '{':
                throw Error("a '{' that repeats nothing; for the character itself write \\{");
            default:
                int point = Point();
                Put(Fold(CodePointSet.Of(point, point)));
                return true;
        }
    }

    private string LastEnd() => Has(Flags.UnixLines) ? @"(?=\n?\z)" : $@"(?=(?:\r\n|(?<!\r)\n|[\r\u0085\u2028\u2029])?\z)";

    private void Put(CodePointSet set) => Put(set.ToExpression(_withFar));

    // A few characters may stand for a set of thousands.
    private void Put(string expression)
    {
        _written += expression.Length;
        _parts.Add(_written <= MostWritten ? expression : throw Error("too many large sets of characters"));
    }

    private CodePointSet Fold(CodePointSet set) => Has(Flags.AnyCase) ? set.AnyCase(Has(Flags.UnicodeCase)) : set;

    // One code point as it stands.
    private int Point()
    {
        int point = char.IsHighSurrogate(_text[_at]) && _at + 1 < _text.Length && char.IsLowSurrogate(_text[_at + 1]) ? char.ConvertToUtf32(_text[_at], _text[_at + 1]) : _text[_at];
        _at += point > 0xFFFF ? 2 : 1;
        return point;
    }

    private void Repetition(int start)
    {
        SkipComments();
        string times;
        if (Current is '*' or '+' or '?')
        {
            times = _text[_at++].ToString();
        }
        else if (Current == '{')
        {
            times = Times();
        }
        else
        {
            return;
        }

        // Options on one atom keep the repetition from binding to a part of it.
        _parts[start] = "(?:";
        _parts.Add(")" + times);
        if (Take('?'))
        {
            _parts.Add("?");
        }
        else if (Take('+'))
        {
            _parts[start] = "(?>(?:";
            _parts.Add(")");
        }

        SkipComments();
        if (Current is '*' or '+' or '?' or '{')
        {
            throw Error($"a '{Current}' behind another repetition");
        }
    }

    private string Times()
    {
        int start = _at++;
        int least = Number();
        int most = least;
        if (Take(','))
        {
            most = char.IsAsciiDigit(Current) ? Number() : int.MaxValue;
        }

        if (!Take('}') || most < least)
        {
            throw Error("a '{' without {n}, {n,} or {n,m}");
        }

        return _text[start.._at];
    }

    private int Number()
    {
        int start = _at;
        while (char.IsAsciiDigit(Current))
        {
            _at++;
        }

        return int.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw Error("a number of repetitions that is none");
    }

    private bool Group()
    {
        _at++;
        if (!Take('?'))
        {
            Capture(null);
            return true;
        }

        foreach (string opening in (string[])[":", "=", "!", ">", "<=", "<!"])
        {
            if (_text.AsSpan(_at).StartsWith(opening, StringComparison.Ordinal))
            {
                _at += opening.Length;
                Inside("(?" + opening);
                return true;
            }
        }

        if (Take('<'))
        {
            Capture(Name());
            return true;
        }

        Flags before = _flags;
        Flags on = ReadFlags();
        Flags off = Take('-') ? ReadFlags() : Flags.None;
        _flags = (_flags | on) & ~off;
        if (Take(')'))
        {
            return false; // to the end of the group around
        }

        if (!Take(':'))
        {
            throw Error("an unknown kind of group behind '(?'");
        }

        Inside("(?:");
        _flags = before;
        return true;
    }

    private void Capture(string? name)
    {
        int group = ++_groups;
        if (name is not null && !_names.TryAdd(name, group))
        {
            throw Error($"two groups of the name {name}");
        }

        _groupParts[group] = _parts.Count;
        Inside("(");
    }

    private void Inside(string opening)
    {
        _parts.Add(opening);
        Alternatives();
        _parts.Add(Take(')') ? ")" : throw Error("a '(' without its ')'"));
    }

    private string Name()
    {
        int end = _text.IndexOf('>', _at);
        string name = end < 0 ? "" : _text[_at..end];
        _at = end + 1;
        return name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(char.IsAsciiLetterOrDigit)
            ? name
            : throw Error("a group whose name is not of letters and digits");
    }

    private Flags ReadFlags()
    {
        Flags flags = Flags.None;
        while (true)
        {
            switch (Current)
            {
                case 'i':
                    flags |= Flags.AnyCase;
                    break;
                case 'm':
                    flags |= Flags.Multiline;
                    break;
                case 's':
                    flags |= Flags.DotAll;
                    break;
                case 'd':
                    flags |= Flags.UnixLines;
                    break;
                case 'u':
                    flags |= Flags.UnicodeCase;
                    break;
                case 'x':
                    flags |= Flags.Comments;
                    break;
                case 'U':
                    flags |= Flags.UnicodeClasses | Flags.UnicodeCase;
                    break;
                default:
                    return flags;
            }

            _at++;
        }
    }

    private bool Take(char wanted)
    {
        bool found = !AtEnd && _text[_at] == wanted;
        _at += found ? 1 : 0;
        return found;
    }

    private void SkipComments()
    {
        while (Has(Flags.Comments) && !AtEnd && (Current is ' ' or (>= '\t' and <= '\r') or '#'))
        {
            int end = Current == '#' ? _text.AsSpan(_at).IndexOfAny("\n\r\u0085\u2028\u2029") : 0;
            _at = end < 0 ? _text.Length : _at + end + 1;
        }
    }

    private void Enter()
    {
        if (++_depth > MostNesting)
        {
            throw Error($"groups or classes within more than {MostNesting} others");
        }
    }

    private FormatException Error(string what) => new($"it has {what}, at character {Math.Min(_at, _text.Length) + 1}");
}
