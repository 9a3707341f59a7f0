using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace AuraMemory.Engine.Objects.Json;

/// <summary>Walks a UTF-8 JSON text once, checking it strictly, and says where its values begin and end.</summary>
/// <remarks>
/// The text must have passed <see cref="JsonText.TryValidateEncoding"/>. Every <c>Try</c> member skips white space first and
/// returns false with <see cref="Fault"/> set when the text is refused; the scanner must not be used after that.
/// </remarks>
public ref struct JsonScanner
{
    /// <summary>No text of so many digits without an exponent exceeds the largest double, 1.8e308.</summary>
    private const int SafeDigits = 308;

    private static readonly SearchValues<byte> StringEnds = SearchValues.Create(
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
        (byte)'"', (byte)'\\',
    ]);

    private readonly ReadOnlySpan<byte> _text;
    private int _at;
    private JsonFault _fault;

    /// <summary>Starts at the beginning of <paramref name="text"/>.</summary>
    public JsonScanner(ReadOnlySpan<byte> text) => _text = text;

    /// <summary>Offset of the next byte to be looked at.</summary>
    public readonly int Position => _at;

    /// <summary>Why the last <c>Try</c> member returned false.</summary>
    public readonly JsonFault Fault => _fault;

    /// <summary>The next byte that is not white space, without consuming it; 0 at the end.</summary>
    public byte Peek()
    {
        SkipWhiteSpace();
        return _at < _text.Length ? _text[_at] : (byte)0;
    }

    /// <summary>Consumes one structural byte.</summary>
    /// <param name="token">The byte.</param>
    /// <param name="expected">Completes "expected …" when it is not there.</param>
    public bool TryToken(byte token, string expected)
    {
        if (Peek() != token || _at >= _text.Length)
        {
            return Fail(JsonFaultKind.Syntax, _at, expected);
        }

        _at++;
        return true;
    }

    /// <summary>Checks that only white space is left.</summary>
    public bool TryEnd()
    {
        SkipWhiteSpace();
        return _at == _text.Length || Fail(JsonFaultKind.Syntax, _at, "nothing after the value");
    }

    /// <summary>Consumes a string.</summary>
    /// <param name="start">Offset of the first byte after the opening quote.</param>
    /// <param name="length">Bytes between the quotes.</param>
    /// <param name="escaped">True when they hold an escape: see <see cref="JsonText.Unescape"/>.</param>
    public bool TryString(out int start, out int length, out bool escaped)
    {
        SkipWhiteSpace();
        start = _at + 1;
        if (_at >= _text.Length || _text[_at] != '"')
        {
            (length, escaped) = (0, false);
            return Fail(JsonFaultKind.Syntax, _at, "a string");
        }

        bool valid = ScanString(out escaped);
        length = _at - 1 - start;
        return valid;
    }

    /// <summary>Consumes one value of any kind.</summary>
    /// <param name="maxDepth">Nesting allowed; a scalar has depth 0.</param>
    /// <param name="start">Offset of its first byte.</param>
    /// <param name="length">Its length, bytes; white space around it not included.</param>
    public bool TryValue(int maxDepth, out int start, out int length)
    {
        SkipWhiteSpace();
        start = _at;
        bool valid;
        if (_at < _text.Length && (_text[_at] | 0x20) == '{')
        {
            JsonMembers members = JsonMembers.Rent();
            valid = ScanContainers(members, maxDepth);
            JsonMembers.Return(members);
        }
        else
        {
            valid = ScanScalar();
        }

        length = _at - start;
        return valid;
    }

    internal static int Hex4(ReadOnlySpan<byte> text)
    {
        if (text.Length < 4)
        {
            return -1;
        }

        int value = 0;
        for (int i = 0; i < 4; i++)
        {
            byte b = text[i];
            int digit = b switch
            {
                >= (byte)'0' and <= (byte)'9' => b - '0',
                >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
                _ => -1,
            };
            if (digit < 0)
            {
                return -1;
            }

            value = (value << 4) | digit;
        }

        return value;
    }

    private bool ScanContainers(JsonMembers members, int maxDepth)
    {
        do
        {
            // A value is due at _at.
            SkipWhiteSpace();
            byte first = _at < _text.Length ? _text[_at] : (byte)0;
            if (first is (byte)'{' or (byte)'[')
            {
                if (members.Depth == maxDepth)
                {
                    return Fail(JsonFaultKind.TooDeep, _at, $"at most {maxDepth} levels of arrays and objects");
                }

                _at++;
                bool isObject = first == '{';
                members.Open(isObject);
                if (Peek() != (isObject ? '}' : ']'))
                {
                    if (isObject && !ScanName(members))
                    {
                        return false;
                    }

                    continue;
                }
            }
            else if (!ScanScalar())
            {
                return false;
            }

            // A value, or the inside of an empty container, has ended: close containers until another value is due.
            if (!ScanAfterValue(members))
            {
                return false;
            }
        }
        while (members.Depth > 0);

        return true;
    }

    private bool ScanAfterValue(JsonMembers members)
    {
        while (members.Depth > 0)
        {
            byte next = Peek();
            bool inObject = members.InObject;
            if (next == (byte)',')
            {
                _at++;
                return !inObject || ScanName(members);
            }

            if (next != (inObject ? '}' : ']'))
            {
                return Fail(JsonFaultKind.Syntax, _at, inObject ? "',' or '}'" : "',' or ']'");
            }

            _at++;
            int duplicate = members.Close(_text);
            if (duplicate >= 0)
            {
                return Fail(JsonFaultKind.DuplicateMember, duplicate, "a member name this object does not have yet");
            }
        }

        return true;
    }

    private bool ScanName(JsonMembers members)
    {
        SkipWhiteSpace();
        if (_at >= _text.Length || _text[_at] != '"')
        {
            return Fail(JsonFaultKind.Syntax, _at, "a member name in double quotes");
        }

        int start = _at + 1;
        if (!ScanString(out bool escaped))
        {
            return false;
        }

        members.Add(_text, start, _at - 1 - start, escaped);
        return TryToken((byte)':', "':' after the member name");
    }

    private bool ScanScalar()
    {
        if (_at >= _text.Length)
        {
            return Fail(JsonFaultKind.Syntax, _at, "a JSON value");
        }

        return _text[_at] switch
        {
            (byte)'"' => ScanString(out _),
            (byte)'t' => ScanLiteral("true"u8),
            (byte)'f' => ScanLiteral("false"u8),
            (byte)'n' => ScanLiteral("null"u8),
            (byte)'-' or (>= (byte)'0' and <= (byte)'9') => ScanNumber(),
            _ => Fail(JsonFaultKind.Syntax, _at, "a JSON value"),
        };
    }

    private bool ScanLiteral(ReadOnlySpan<byte> literal)
    {
        if (!_text[_at..].StartsWith(literal))
        {
            return Fail(JsonFaultKind.Syntax, _at, "true, false, null, a number, a string, an array or an object");
        }

        _at += literal.Length;
        return true;
    }

    private bool ScanString(out bool escaped)
    {
        escaped = false;
        ReadOnlySpan<byte> text = _text;
        int i = _at + 1;
        while (true)
        {
            int skipped = text[i..].IndexOfAny(StringEnds);
            if (skipped < 0)
            {
                return Fail(JsonFaultKind.Syntax, text.Length, "'\"' at the end of the string");
            }

            i += skipped;
            byte b = text[i];
            if (b == '"')
            {
                _at = i + 1;
                return true;
            }

            if (b != '\\')
            {
                return Fail(JsonFaultKind.Syntax, i, "control characters in strings to be escaped");
            }

            escaped = true;
            i = ScanEscape(i);
            if (i < 0)
            {
                return false;
            }
        }
    }

    /// <summary>Checks the escape that begins at <paramref name="at"/>; returns the offset after it, or -1.</summary>
    private int ScanEscape(int at)
    {
        ReadOnlySpan<byte> text = _text;
        byte kind = at + 1 < text.Length ? text[at + 1] : (byte)0;
        if (kind is (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t')
        {
            return at + 2;
        }

        if (kind != 'u')
        {
            Fail(JsonFaultKind.Syntax, Math.Min(at + 1, text.Length), "one of \" \\ / b f n r t u after a backslash");
            return -1;
        }

        int code = Hex4(text[(at + 2)..]);
        if (code < 0)
        {
            Fail(JsonFaultKind.Syntax, Math.Min(at + 2, text.Length), "four hexadecimal digits after \\u");
            return -1;
        }

        if (code is < 0xD800 or > 0xDFFF)
        {
            return at + 6;
        }

        ReadOnlySpan<byte> rest = text[(at + 6)..];
        if (code <= 0xDBFF && rest.Length >= 6 && rest[0] == '\\' && rest[1] == 'u' && Hex4(rest[2..]) is >= 0xDC00 and <= 0xDFFF)
        {
            return at + 12;
        }

        Fail(JsonFaultKind.LoneSurrogate, at, "a surrogate pair (\\uD800-\\uDBFF followed by \\uDC00-\\uDFFF)");
        return -1;
    }

    private bool ScanNumber()
    {
        ReadOnlySpan<byte> text = _text;
        int start = _at;
        int i = start;
        if (text[i] == '-')
        {
            i++;
        }

        int digits = Digits(text, i);
        if (digits == 0)
        {
            return Fail(JsonFaultKind.Syntax, i, "a digit");
        }

        if (digits > 1 && text[i] == '0')
        {
            return Fail(JsonFaultKind.Syntax, i + 1, "no digit after a leading 0");
        }

        i += digits;
        bool mayOverflow = digits > SafeDigits;
        if (i < text.Length && text[i] == '.')
        {
            int fraction = Digits(text, i + 1);
            if (fraction == 0)
            {
                return Fail(JsonFaultKind.Syntax, i + 1, "a digit after the decimal point");
            }

            i += 1 + fraction;
        }

        if (i < text.Length && (text[i] | 0x20) == 'e')
        {
            int exponent = i + 1;
            if (exponent < text.Length && text[exponent] is (byte)'+' or (byte)'-')
            {
                exponent++;
            }

            int exponentDigits = Digits(text, exponent);
            if (exponentDigits == 0)
            {
                return Fail(JsonFaultKind.Syntax, exponent, "a digit in the exponent");
            }

            mayOverflow = true;
            i = exponent + exponentDigits;
        }

        if (mayOverflow
            && !(double.TryParse(text[start..i], NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                && double.IsFinite(value)))
        {
            return Fail(JsonFaultKind.NumberOutOfRange, start, "a number that a double can hold (up to 1.8e308)");
        }

        _at = i;
        return true;
    }

    private static int Digits(ReadOnlySpan<byte> text, int from)
    {
        int i = from;
        while (i < text.Length && (uint)(text[i] - '0') <= 9)
        {
            i++;
        }

        return i - from;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SkipWhiteSpace()
    {
        ReadOnlySpan<byte> text = _text;
        int i = _at;
        while (i < text.Length && text[i] <= 0x20 && text[i] is 0x20 or 0x0A or 0x0D or 0x09)
        {
            i++;
        }

        _at = i;
    }

    private bool Fail(JsonFaultKind kind, int position, string expected)
    {
        _fault = new JsonFault(kind, position, expected);
        return false;
    }
}
