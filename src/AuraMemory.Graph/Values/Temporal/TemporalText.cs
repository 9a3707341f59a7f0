using System.Globalization;
using System.Text;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>Writes the parts of temporal values in the extended form of ISO 8601.</summary>
internal static class TemporalText
{
    /// <summary><c>2015-06-24</c>; years of more than four digits have a sign.</summary>
    internal static StringBuilder AppendDate(this StringBuilder text, long epochDay)
    {
        (long year, int month, int day) = Calendar.FromEpochDay(epochDay);
        if (year < 0)
        {
            text.Append('-');
        }
        else if (year > 9_999)
        {
            text.Append('+');
        }

        return text.Append(Math.Abs(year).ToString("0000", CultureInfo.InvariantCulture)).Append('-').AppendTwo(month).Append('-').AppendTwo(day);
    }

    /// <summary><c>12:50:35.556</c> with as many digits as say something; no seconds where they are zero, unless they are asked for.</summary>
    internal static StringBuilder AppendTime(this StringBuilder text, long nanoOfDay, bool alwaysSeconds)
    {
        (long seconds, long nanos) = Math.DivRem(nanoOfDay, Calendar.NanosPerSecond);
        text.AppendTwo((int)(seconds / 3_600)).Append(':').AppendTwo((int)(seconds / 60 % 60));
        if (alwaysSeconds || seconds % 60 != 0 || nanos != 0)
        {
            text.Append(':').AppendTwo((int)(seconds % 60)).AppendFraction(nanos);
        }

        return text;
    }

    /// <summary><c>.556</c>, or nothing for zero.</summary>
    internal static StringBuilder AppendFraction(this StringBuilder text, long nanos)
    {
        if (nanos == 0)
        {
            return text;
        }

        Span<char> digits = stackalloc char[9];
        nanos.TryFormat(digits, out _, "000000000", CultureInfo.InvariantCulture);
        return text.Append('.').Append(digits.TrimEnd('0'));
    }

    /// <summary><c>Z</c>, <c>+01:00</c>, or <c>+00:53:28</c> where the offset has seconds.</summary>
    internal static StringBuilder AppendOffset(this StringBuilder text, int offsetSeconds)
    {
        if (offsetSeconds == 0)
        {
            return text.Append('Z');
        }

        int distance = Math.Abs(offsetSeconds);
        text.Append(offsetSeconds < 0 ? '-' : '+').AppendTwo(distance / 3_600).Append(':').AppendTwo(distance / 60 % 60);
        return distance % 60 == 0 ? text : text.Append(':').AppendTwo(distance % 60);
    }

    /// <summary>The text of an offset alone.</summary>
    internal static string Offset(int offsetSeconds) => new StringBuilder(9).AppendOffset(offsetSeconds).ToString();

    private static StringBuilder AppendTwo(this StringBuilder text, int number) =>
        text.Append((char)('0' + (number / 10))).Append((char)('0' + (number % 10)));
}
