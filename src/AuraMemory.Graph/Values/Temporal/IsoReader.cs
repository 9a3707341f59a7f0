using System.Diagnostics.CodeAnalysis;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>Walks through a text of ISO 8601 from left to right.</summary>
internal ref struct IsoReader(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;

    /// <summary>What is wrong with a part that could be read; null when nothing is, or when the form itself is wrong.</summary>
    internal string? Problem { get; set; }

    internal readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Takes a character if it is the next.</summary>
    internal bool Take(char wanted)
    {
        bool found = !_rest.IsEmpty && _rest[0] == wanted;
        _rest = found ? _rest[1..] : _rest;
        return found;
    }

    /// <summary>Takes a letter in either case.</summary>
    internal bool TakeLetter(char upper) => Take(upper) || Take(char.ToLowerInvariant(upper));

    /// <summary>The letter between day and time.</summary>
    internal bool TakeT() => TakeLetter('T');

    internal bool TakeSign(out int sign)
    {
        sign = 1;
        if (Take('-'))
        {
            sign = -1;
            return true;
        }

        return Take('+');
    }

    /// <summary>Digits that come next.</summary>
    internal readonly int CountDigits()
    {
        int count = 0;
        while (count < _rest.Length && char.IsAsciiDigit(_rest[count]))
        {
            count++;
        }

        return count;
    }

    /// <summary>Takes exactly so many digits; never for less than one, or more than 18.</summary>
    internal bool TakeNumber(int digits, out long number)
    {
        number = 0;
        if (digits is < 1 or > 18 || CountDigits() < digits)
        {
            return false;
        }

        for (int i = 0; i < digits; i++)
        {
            number = (number * 10) + (_rest[i] - '0');
        }

        _rest = _rest[digits..];
        return true;
    }

    /// <summary>Takes one digit up to so many.</summary>
    internal bool TakeUpTo(int digits, out long number) => TakeNumber(Math.Min(CountDigits(), digits), out number);

    /// <summary>Takes all digits that come, as long as they are a number in 64 bits.</summary>
    internal bool TakeLong(out long number)
    {
        int digits = CountDigits();
        bool read = long.TryParse(_rest[..digits], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out number);
        _rest = read ? _rest[digits..] : _rest;
        return read;
    }

    /// <summary>Takes a point or comma and one to nine digits, if a point or comma is next.</summary>
    internal bool TakeFraction(out long nanos) => TakeFraction(out nanos, out _);

    /// <inheritdoc cref="TakeFraction(out long)"/>
    internal bool TakeFraction(out long nanos, out bool present)
    {
        nanos = 0;
        present = Take('.') || Take(',');
        if (!present)
        {
            return true;
        }

        int digits = CountDigits();
        if (digits > 9 || !TakeNumber(digits, out nanos))
        {
            return false;
        }

        for (; digits < 9; digits++)
        {
            nanos *= 10;
        }

        return true;
    }

    /// <summary>Takes everything before a character, and the character.</summary>
    internal bool TakeThrough(char end, [NotNullWhen(true)] out string? taken)
    {
        int at = _rest.IndexOf(end);
        taken = at < 0 ? null : _rest[..at].ToString();
        _rest = at < 0 ? _rest : _rest[(at + 1)..];
        return at >= 0;
    }

    /// <summary>Notes a number that is out of range.</summary>
    internal bool Check(long number, long least, long most, string what)
    {
        if (number >= least && number <= most)
        {
            return true;
        }

        Problem ??= $"{number} is no {what}: that is {least} to {most}.";
        return false;
    }
}
