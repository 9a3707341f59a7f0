using System.Globalization;
using System.Text;

namespace AuraMemory.Graph.Query.Parsing;

/// <summary>Cuts a query's text into tokens. Linear in its length.</summary>
internal sealed class Lexer
{
    private static readonly string[] Pairs = ["<=", ">=", "<>", "=~", "..", "+=", "||", "!=", "==", "::"];
    private readonly SourceText _source;
    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private int _at;

    private Lexer(SourceText source) => (_source, _text) = (source, source.Text);

    /// <summary>All tokens, the last of which is <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="CypherException">A character, number or string that cannot be.</exception>
    public static List<Token> Read(SourceText source)
    {
        var lexer = new Lexer(source);
        while (lexer.SkipBlanks())
        {
            lexer._tokens.Add(lexer.Next());
        }

        lexer._tokens.Add(new Token(TokenKind.End, source.Text.Length, source.Text.Length, ""));
        return lexer._tokens;
    }

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private char Following => _at + 1 < _text.Length ? _text[_at + 1] : '\0';

    private bool SkipBlanks()
    {
        while (_at < _text.Length)
        {
            if (char.IsWhiteSpace(Current) || (Current is >= '\u001C' and <= '\u001F'))
            {
                _at++;
            }
            else if (Current == '/' && Following == '/')
            {
                int end = _text.IndexOf('\n', _at);
                _at = end < 0 ? _text.Length : end;
            }
            else if (Current == '/' && Following == '*')
            {
                int end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                _at = end >= 0 ? end + 2 : throw Error("UnexpectedSyntax", "The comment that begins here has no end: close it with */.", _at);
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private Token Next()
    {
        int start = _at;
        char c = Current;
        if (IsNameStart(_at))
        {
            return Name();
        }

        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Following) && !EndsName()))
        {
            return Number();
        }

        switch (c)
        {
            case '\'' or '"':
                string value = StringLiteral.Read(_source, ref _at);
                return new Token(TokenKind.String, start, _at, value);
            case '`':
                return QuotedName();
        }

        foreach (string pair in Pairs)
        {
            if (c == pair[0] && Following == pair[1])
            {
                _at += 2;
                return new Token(TokenKind.Symbol, start, _at, pair);
            }
        }

        if ("()[]{},;:.+-*/%^=<>|&!$?@#~\\".Contains(c, StringComparison.Ordinal))
        {
            _at++;
            return new Token(TokenKind.Symbol, start, _at, Symbol(c));
        }

        throw c > 127
            ? Error("InvalidUnicodeCharacter", $"The character {Describe(start)} cannot stand outside of strings and backticks.", start)
            : Error("UnexpectedSyntax", $"The character {Describe(start)} has no meaning here.", start);
    }

    // After a name or a closing bracket ".5" is a property of a strange name, not a number.
    private bool EndsName() =>
        _tokens.Count > 0 && _tokens[^1] is var last && last.End == _at
        && (last.Kind is TokenKind.Name or TokenKind.QuotedName || last.Text is ")" or "]" or "}");

    private Token Name()
    {
        int start = _at;
        while (_at < _text.Length && IsNamePart(_at))
        {
            _at += char.IsSurrogatePair(_text, _at) ? 2 : 1;
        }

        return new Token(TokenKind.Name, start, _at, _text[start.._at]);
    }

    private Token QuotedName()
    {
        int start = _at++;
        var name = new StringBuilder();
        while (true)
        {
            int end = _text.IndexOf('`', _at);
            if (end < 0)
            {
                throw Error("UnexpectedSyntax", "The name that begins here has no end: close it with a backtick.", start);
            }

            name.Append(_text, _at, end - _at);
            _at = end + 1;
            if (Current != '`')
            {
                return new Token(TokenKind.QuotedName, start, _at, name.ToString());
            }

            name.Append('`');
            _at++;
        }
    }

    private Token Number()
    {
        int start = _at;
        bool isFloat = false;
        if (Current == '0' && Following is 'x' or 'X' or 'o' or 'O')
        {
            _at += 2;
        }
        else
        {
            Digits();
            if (Current == '.' && char.IsAsciiDigit(Following))
            {
                isFloat = true;
                _at++;
                Digits();
            }

            if (Current is 'e' or 'E' && (char.IsAsciiDigit(Following) || (Following is '-' or '+' && _at + 2 < _text.Length && char.IsAsciiDigit(_text[_at + 2]))))
            {
                isFloat = true;
                _at += 2;
                Digits();
            }
        }

        // Whatever follows at once belongs to it: 12ab is no number, not 12 and a name.
        while (_at < _text.Length && IsNamePart(_at))
        {
            _at += char.IsSurrogatePair(_text, _at) ? 2 : 1;
        }

        return new Token(isFloat ? TokenKind.Float : TokenKind.Integer, start, _at, _text[start.._at]);
    }

    private void Digits()
    {
        while (char.IsAsciiDigit(Current) || (Current == '_' && char.IsAsciiDigit(Following)))
        {
            _at++;
        }
    }

    private bool IsNameStart(int at) =>
        _text[at] == '_' || (Rune.TryGetRuneAt(_text, at, out Rune rune)
            && (Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation));

    private bool IsNamePart(int at) =>
        IsNameStart(at) || (Rune.TryGetRuneAt(_text, at, out Rune rune)
            && Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);

    private string Describe(int at) =>
        Rune.TryGetRuneAt(_text, at, out Rune rune) && !Rune.IsControl(rune) ? $"'{rune}' (U+{rune.Value:X4})" : $"U+{(int)_text[at]:X4}";

    private static string Symbol(char c) => string.Intern(c.ToString());

    private CypherException Error(string detail, string message, int at) => CypherException.Syntax(detail, message, _source.At(at));
}
