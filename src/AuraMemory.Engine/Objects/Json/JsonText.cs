using System.Text;
using System.Text.Unicode;

namespace AuraMemory.Engine.Objects.Json;

/// <summary>What is wrong with a JSON text.</summary>
public enum JsonFaultKind : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The text does not follow RFC 8259 (byte order mark, comment, trailing comma, text after the value, …).</summary>
    Syntax,

    /// <summary>The bytes are not UTF-8.</summary>
    InvalidUtf8,

    /// <summary>A <c>\uD800</c> to <c>\uDFFF</c> escape without its other half: no UTF-8 text can hold it.</summary>
    LoneSurrogate,

    /// <summary>An object names a member twice (after unescaping).</summary>
    DuplicateMember,

    /// <summary>A number beyond the range of a double.</summary>
    NumberOutOfRange,

    /// <summary>Arrays and objects are nested deeper than allowed.</summary>
    TooDeep,
}

/// <summary>Where and why a text is refused.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Position">Offset of the offending byte from the start of the text.</param>
/// <param name="Expected">What should have stood there, as a phrase that completes "expected …".</param>
public readonly record struct JsonFault(JsonFaultKind Kind, int Position, string Expected)
{
    /// <summary>A sentence for the sender: position, member path, what was expected and what was found.</summary>
    public string Describe(ReadOnlySpan<byte> text)
    {
        string path = JsonPath.Of(text, Position);
        string where = path.Length == 0 ? $"byte {Position}" : $"byte {Position} (member {path})";
        return $"At {where}: expected {Expected}, found {Found(text)}.";
    }

    private string Found(ReadOnlySpan<byte> text)
    {
        if (Position >= text.Length)
        {
            return "the end of the text";
        }

        byte b = text[Position];
        return b is > 0x20 and < 0x7F ? $"'{(char)b}'" : $"byte 0x{b:X2}";
    }
}

/// <summary>
/// The strict reading of JSON which decides what may be stored: RFC 8259, and of what that leaves open the I-JSON choices
/// (RFC 7493): valid UTF-8, no lone surrogates, no duplicate members, numbers a double can hold.
/// </summary>
/// <remarks>
/// Stored bytes are handed to other readers as they are; two readers that disagree about a duplicate member or about 1e999
/// would see two different objects, so such texts are refused at the door. Thread-safe; allocates nothing for a text that
/// is accepted and of ordinary size.
/// </remarks>
public static class JsonText
{
    /// <summary>Deepest nesting accepted unless the caller says otherwise.</summary>
    public const int DefaultMaxDepth = 64;

    /// <summary>Deepest nesting a caller may allow.</summary>
    public const int LargestMaxDepth = 1024;

    /// <summary>Checks that <paramref name="text"/> is one JSON value with nothing but white space around it.</summary>
    /// <param name="text">UTF-8 bytes.</param>
    /// <param name="fault">What is wrong, when the result is false.</param>
    /// <param name="maxDepth">Nesting allowed, 0 (scalars only) to <see cref="LargestMaxDepth"/>.</param>
    /// <returns>True when it is. O(n) expected in the length of the text, whoever chose the member names.</returns>
    public static bool TryValidate(ReadOnlySpan<byte> text, out JsonFault fault, int maxDepth = DefaultMaxDepth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxDepth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxDepth, LargestMaxDepth);
        if (!TryValidateEncoding(text, out fault))
        {
            return false;
        }

        var scanner = new JsonScanner(text);
        bool valid = scanner.TryValue(maxDepth, out _, out _) && scanner.TryEnd();
        fault = scanner.Fault;
        return valid;
    }

    /// <summary>Checks what must hold before a <see cref="JsonScanner"/> reads a text: UTF-8 without a byte order mark.</summary>
    public static bool TryValidateEncoding(ReadOnlySpan<byte> text, out JsonFault fault)
    {
        if (text.StartsWith("\uFEFF"u8))
        {
            fault = new JsonFault(JsonFaultKind.Syntax, 0, "a JSON value without a byte order mark");
            return false;
        }

        if (!Utf8.IsValid(text))
        {
            fault = new JsonFault(JsonFaultKind.InvalidUtf8, FirstInvalid(text), "valid UTF-8");
            return false;
        }

        fault = default;
        return true;
    }

    /// <summary>The bytes a string stands for.</summary>
    /// <param name="escaped">What is between the quotes of a string that a <see cref="JsonScanner"/> has accepted.</param>
    /// <param name="destination">At least as long as <paramref name="escaped"/>; unescaping never lengthens.</param>
    /// <returns>Bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> destination)
    {
        int to = 0;
        for (int i = 0; i < escaped.Length;)
        {
            byte b = escaped[i++];
            if (b != '\\')
            {
                destination[to++] = b;
                continue;
            }

            byte kind = escaped[i++];
            if (kind != 'u')
            {
                destination[to++] = kind switch
                {
                    (byte)'b' => 0x08,
                    (byte)'f' => 0x0C,
                    (byte)'n' => 0x0A,
                    (byte)'r' => 0x0D,
                    (byte)'t' => 0x09,
                    _ => kind,
                };
                continue;
            }

            int code = JsonScanner.Hex4(escaped[i..]);
            i += 4;
            if (code is >= 0xD800 and <= 0xDBFF)
            {
                code = 0x10000 + ((code - 0xD800) << 10) + (JsonScanner.Hex4(escaped[(i + 2)..]) - 0xDC00);
                i += 6;
            }

            to += new Rune(code).EncodeToUtf8(destination[to..]);
        }

        return to;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (at < text.Length
            && Rune.DecodeFromUtf8(text[at..], out _, out int bytes) == System.Buffers.OperationStatus.Done)
        {
            at += bytes;
        }

        return at;
    }
}
