using System.Buffers;
using System.Globalization;
using System.Text;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>Text counted in code points, as the language does: a character beyond U+FFFF is one.</summary>
internal static class CodePoints
{
    /// <summary>Code points in a text.</summary>
    public static long Count(string text)
    {
        long count = text.Length;
        for (int i = 1; i < text.Length; i++)
        {
            count -= char.IsSurrogatePair(text[i - 1], text[i]) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Place in the text of a code point by number; the end, beyond it.</summary>
    public static int Place(string text, long number, int from = 0)
    {
        int at = from;
        for (long i = 0; i < number && at < text.Length; i++)
        {
            at += char.IsSurrogatePair(text, at) ? 2 : 1;
        }

        return at;
    }

    /// <summary>The text without certain code points, or blanks where none are named, at its start, its end, or both.</summary>
    public static string Trim(string text, string? characters, bool atStart, bool atEnd)
    {
        HashSet<Rune>? named = characters is null ? null : [.. characters.EnumerateRunes()];
        bool IsTaken(Rune rune) => named is null ? IsBlank(rune) : named.Contains(rune);
        int first = 0;
        int last = text.Length;
        while (atStart && first < last && Rune.DecodeFromUtf16(text.AsSpan(first, last - first), out Rune rune, out int length) == OperationStatus.Done && IsTaken(rune))
        {
            first += length;
        }

        while (atEnd && first < last && Rune.DecodeLastFromUtf16(text.AsSpan(first, last - first), out Rune rune, out int length) == OperationStatus.Done && IsTaken(rune))
        {
            last -= length;
        }

        return text[first..last];
    }

    // As Java has it: separators that break a line or may, and the controls from tab to carriage return and from U+001C to U+001F.
    private static bool IsBlank(Rune rune) => rune.Value switch
    {
        0xA0 or 0x2007 or 0x202F => false,
        (>= 0x09 and <= 0x0D) or (>= 0x1C and <= 0x1F) => true,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator,
    };

    /// <summary>The text backwards.</summary>
    public static string Reverse(string text)
    {
        var backwards = new StringBuilder(text.Length);
        for (int i = text.Length - 1; i >= 0; i--)
        {
            if (i > 0 && char.IsSurrogatePair(text[i - 1], text[i]))
            {
                backwards.Append(text[i - 1]).Append(text[i]);
                i--;
            }
            else
            {
                backwards.Append(text[i]);
            }
        }

        return backwards.ToString();
    }
}
