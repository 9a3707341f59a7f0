using System.Globalization;

namespace AuraMemory.Graph.Query.Evaluation;

/// <content>What is behind a backslash, and classes in brackets.</content>
internal sealed partial class JavaPattern
{
    private void Escape()
    {
        char c = _at + 1 < _text.Length ? _text[_at + 1] : throw Error("a '\\' at its end");
        string? known = c switch
        {
            'A' or 'G' => @"\A",
            'z' => @"\z",
            'Z' => LastEnd(),
            'R' => @"(?>\r\n|[\n-\r\u0085\u2028\u2029])",
            'b' => Border(isThere: true),
            'B' => Border(isThere: false),
            _ => null,
        };
        if (known is not null)
        {
            _at += 2;
            Put(known);
        }
        else if (c is >= '1' and <= '9')
        {
            _at++;
            Reference(Digits());
        }
        else if (c == 'k')
        {
            _at += 2;
            if (!Take('<'))
            {
                throw Error("a \\k without the name of a group");
            }

            string name = Name();
            Reference(_names.TryGetValue(name, out int group) ? group : throw Error($"a reference to the group {name}, which is not before it"));
        }
        else
        {
            (CodePointSet set, bool isOne) = EscapedSet();
            Put(isOne ? Fold(set) : set);
        }
    }

    // Further digits belong to the number only as long as there are so many groups.
    private int Digits()
    {
        int number = _text[_at++] - '0';
        while (char.IsAsciiDigit(Current) && (number * 10) + Current - '0' is var longer && longer <= _groups)
        {
            number = longer;
            _at++;
        }

        return number;
    }

    // What was not taken yet, or is no group, is nowhere.
    private void Reference(int group)
    {
        if (group > _groups)
        {
            _parts.Add("(?!)");
            return;
        }

        _referenced.Add(group);
        _parts.Add(Has(Flags.AnyCase) ? $@"(?i:\k<g{group}>)" : $@"\k<g{group}>");
    }

    private string Border(bool isThere)
    {
        // A mark belongs to the letter before it.
        string word = JavaProperties.InWords.ToExpression(_withFar);
        string mark = JavaProperties.OnLetters.ToExpression(_withFar);
        string behind = $"{word}{mark}*";
        return isThere
            ? $"(?:(?<={behind})(?!{word}|{mark})|(?<!{behind})(?={word}))"
            : $"(?:(?<={behind})(?={word}|{mark})|(?<!{behind})(?!{word}))";
    }

    // The characters that an escape stands for, and whether it is one that may begin or end a range.
    private (CodePointSet Set, bool IsOne) EscapedSet()
    {
        _at++;
        if (AtEnd)
        {
            throw Error("a '\\' at its end");
        }

        char c = _text[_at];
        if (c is 'p' or 'P')
        {
            _at++;
            CodePointSet property = Property();
            return (c == 'P' ? property.Not() : property, false);
        }

        if (JavaProperties.Escaped(char.ToLowerInvariant(c), Has(Flags.UnicodeClasses)) is { } named)
        {
            _at++;
            return (char.IsAsciiLetterUpper(c) ? named.Not() : named, false);
        }

        int point = EscapedPoint();
        return (CodePointSet.Of(point, point), true);
    }

    private int EscapedPoint()
    {
        char c = _text[_at++];
        switch (c)
        {
            case 't':
                return '\t';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 'f':
                return '\f';
            case 'a':
                return '\a';
            case 'e':
                return '\u001B';
            case 'c':
                return AtEnd ? throw Error("a \\c without a character") : _text[_at++] ^ 64;
            case '0':
                return Octal();
            case 'x' when Take('{'):
                int end = _text.IndexOf('}', _at);
                int braced = end < 0 ? -1 : Hexadecimal(end - _at);
                _at++;
                return braced is >= 0 and <= 0x10FFFF ? braced : throw Error("a \\x{ } that is no character");
            case 'x':
                return Hexadecimal(2);
            case 'u':
                int unit = Hexadecimal(4);
                if (char.IsHighSurrogate((char)unit) && _text.AsSpan(_at).StartsWith(@"\u") && _at + 6 <= _text.Length)
                {
                    int before = _at;
                    _at += 2;
                    int second = Hexadecimal(4);
                    if (char.IsLowSurrogate((char)second))
                    {
                        return char.ConvertToUtf32((char)unit, (char)second);
                    }

                    _at = before;
                }

                return unit;
            case 'X' or 'N':
                throw Error($"\\{c}, which is not possible here");
        }

        if (char.IsAsciiLetterOrDigit(c))
        {
            throw Error($"\\{c}, which means nothing");
        }

        _at--;
        return Point();
    }

    private int Octal()
    {
        int value = 0;
        int digits = 0;
        while (digits < 3 && Current is >= '0' and <= '7' && (value * 8) + Current - '0' <= 255)
        {
            value = (value * 8) + _text[_at++] - '0';
            digits++;
        }

        return digits > 0 ? value : throw Error("a \\0 without octal digits");
    }

    private int Hexadecimal(int digits)
    {
        if (digits < 1 || _at + digits > _text.Length || !int.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value))
        {
            throw Error("an escape with wrong hexadecimal digits");
        }

        _at += digits;
        return value;
    }

    private CodePointSet Property()
    {
        string name;
        if (Take('{'))
        {
            int end = _text.IndexOf('}', _at);
            name = end < 0 ? throw Error("a \\p{ without its '}'") : _text[_at..end];
            _at = end + 1;
        }
        else
        {
            name = AtEnd ? throw Error("a \\p without a name") : _text[_at++].ToString();
        }

        return JavaProperties.Find(name, Has(Flags.UnicodeClasses), Has(Flags.AnyCase))
            ?? throw Error($"\\p{{{(name.Length > 40 ? name[..40] + "…" : name)}}}, a set of characters that is not known here");
    }

    // From the '[', or from the right side of an '&&', up to the ']', which belongs to whoever began.
    private CodePointSet Class(bool closes)
    {
        Enter();
        _at += closes ? 1 : 0;
        bool isNot = closes && Take('^');
        CodePointSet? set = null;
        while (true)
        {
            SkipComments();
            if (AtEnd)
            {
                throw Error("a '[' without its ']'");
            }

            if (Current == ']' && set is not null)
            {
                _at += closes ? 1 : 0;
                _depth--;
                return isNot ? set.Not() : set;
            }

            if (Current == '[')
            {
                CodePointSet inner = Class(closes: true);
                set = set?.Or(inner) ?? inner;
            }
            else if (_text.AsSpan(_at).StartsWith("&&"))
            {
                _at += 2;
                set = Both(set);
            }
            else
            {
                CodePointSet some = Range();
                set = set?.Or(some) ?? some;
            }
        }
    }

    private CodePointSet Both(CodePointSet? left)
    {
        CodePointSet? right = null;
        SkipComments();
        while (!AtEnd && Current is not (']' or '&'))
        {
            CodePointSet some = Class(closes: Current == '[');
            right = right?.Or(some) ?? some;
            SkipComments();
        }

        return (left, right) switch
        {
            ({ } a, { } b) => a.And(b),
            (null, null) => throw Error("an '&&' between nothing"),
            _ => left ?? right!,
        };
    }

    private CodePointSet Range()
    {
        int first;
        if (Current == '\\')
        {
            int before = _at;
            (CodePointSet set, bool isOne) = EscapedSet();
            if (!isOne)
            {
                return set;
            }

            _at = before + 1;
            first = EscapedPoint();
        }
        else
        {
            first = Point();
        }

        SkipComments();
        if (Current != '-' || _at + 1 >= _text.Length || _text[_at + 1] is '[' or ']')
        {
            return Fold(CodePointSet.Of(first, first));
        }

        _at++;
        SkipComments();
        int last = Current == '\\' && ++_at < _text.Length ? EscapedPoint() : AtEnd ? throw Error("a '[' without its ']'") : Point();
        return last >= first ? Fold(CodePointSet.Of(first, last)) : throw Error("a range that ends before it begins");
    }
}
