using System.Globalization;
using System.Text;

namespace AuraMemory.Graph.Query.Parsing;

/// <summary>Reads text in quotes.</summary>
internal static class StringLiteral
{
    /// <summary>Reads the string that begins at a quote.</summary>
    /// <param name="source">The query.</param>
    /// <param name="at">The quote; afterwards the character after the closing one.</param>
    /// <returns>Its value, escapes resolved.</returns>
    /// <exception cref="CypherException">It has no end, or an escape that cannot be.</exception>
    public static string Read(SourceText source, ref int at)
    {
        string text = source.Text;
        int start = at;
        char quote = text[at++];
        int end = text.AsSpan(at).IndexOfAny(quote, '\\');
        if (end >= 0 && text[at + end] == quote)
        {
            string plain = text.Substring(at, end);
            at += end + 1;
            return plain;
        }

        var value = new StringBuilder();
        while (at < text.Length)
        {
            char c = text[at++];
            if (c == quote)
            {
                return value.ToString();
            }

            if (c != '\\')
            {
                value.Append(c);
            }
            else if (at < text.Length)
            {
                Escape(source, value, ref at);
            }
        }

        throw CypherException.Syntax("UnexpectedSyntax", $"The string that begins here has no end: close it with {quote}.", source.At(start));
    }

    private static void Escape(SourceText source, StringBuilder value, ref int at)
    {
        char c = source.Text[at++];
        switch (c)
        {
            case '\\' or '\'' or '"' or '`':
                value.Append(c);
                break;
            case 'b':
                value.Append('\b');
                break;
            case 'f':
                value.Append('\f');
                break;
            case 'n':
                value.Append('\n');
                break;
            case 'r':
                value.Append('\r');
                break;
            case 't':
                value.Append('\t');
                break;
            case 'u':
                value.Append((char)Hexadecimal(source, ref at));
                break;
            default:
                value.Append('\\').Append(c);
                break;
        }
    }

    private static int Hexadecimal(SourceText source, ref int at)
    {
        const int Digits = 4;
        if (at + Digits > source.Text.Length
            || !int.TryParse(source.Text.AsSpan(at, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code))
        {
            throw Invalid(source, at);
        }

        at += Digits;
        return code;
    }

    private static CypherException Invalid(SourceText source, int at) => CypherException.Syntax(
        "InvalidUnicodeLiteral", "After \\u come four hexadecimal digits.", source.At(at));
}
