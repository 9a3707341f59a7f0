using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>A set of code points, as ranges in order that do not touch. Immutable.</summary>
internal sealed class CodePointSet
{
    private const int Greatest = 0x10FFFF;
    private const int FirstBeyond = 0x10000;
    private const int FirstSurrogate = 0xD800;
    private const int LastSurrogate = 0xDFFF;
    private static readonly ConcurrentDictionary<UnicodeCategory, CodePointSet> Categories = new();

    // Letters by what upper and then lower case makes of them; what is its own alone is left out.
    private static readonly Lazy<int[][]> Alike = new(() =>
        [.. Enumerable.Range(0, Greatest + 1).Where(Rune.IsValid).GroupBy(Fold).Where(g => g.Skip(1).Any()).Select(g => g.ToArray())]);

    private readonly List<(int First, int Last)> _ranges;

    private CodePointSet(List<(int First, int Last)> ranges) => _ranges = ranges;

    /// <summary>Nothing.</summary>
    public static CodePointSet None { get; } = new([]);

    /// <summary>Everything.</summary>
    public static CodePointSet All { get; } = Of(0, Greatest);

    /// <summary>One range.</summary>
    public static CodePointSet Of(int first, int last) => new([(first, last)]);

    /// <summary>The characters of a text, those around a hyphen with all between them: <c>a-z_</c>.</summary>
    public static CodePointSet Of(string text)
    {
        int[] points = [.. text.EnumerateRunes().Select(r => r.Value)];
        var ranges = new List<(int First, int Last)>();
        for (int i = 0; i < points.Length; i++)
        {
            bool isRange = i + 2 < points.Length && points[i + 1] == '-';
            ranges.Add((points[i], points[isRange ? i + 2 : i]));
            i += isRange ? 2 : 0;
        }

        return Joined(ranges);
    }

    /// <summary>All of some general categories.</summary>
    public static CodePointSet Of(params ReadOnlySpan<UnicodeCategory> categories)
    {
        CodePointSet set = None;
        foreach (UnicodeCategory category in categories)
        {
            set = set.Or(Categories.GetOrAdd(category, OfCategory));
        }

        return set;
    }

    /// <summary>What either has.</summary>
    public CodePointSet Or(CodePointSet other) => Joined([.. _ranges, .. other._ranges]);

    /// <summary>What both have.</summary>
    public CodePointSet And(CodePointSet other) => Not().Or(other.Not()).Not();

    /// <summary>What it has not.</summary>
    public CodePointSet Not()
    {
        var ranges = new List<(int First, int Last)>();
        int next = 0;
        foreach ((int first, int last) in _ranges)
        {
            if (first > next)
            {
                ranges.Add((next, first - 1));
            }

            next = last + 1;
        }

        if (next <= Greatest)
        {
            ranges.Add((next, Greatest));
        }

        return new CodePointSet(ranges);
    }

    /// <summary>With both cases of each of its letters.</summary>
    /// <param name="ofUnicode">Whether of all letters; else of those from A to Z.</param>
    public CodePointSet AnyCase(bool ofUnicode)
    {
        List<(int First, int Last)> ranges = [.. _ranges];
        if (ofUnicode)
        {
            ranges.AddRange(Alike.Value.Where(g => Array.Exists(g, Has)).SelectMany(g => g).Select(a => (a, a)));
            return Joined(ranges);
        }

        for (int letter = 'A'; letter <= 'z'; letter++)
        {
            if (char.IsAsciiLetter((char)letter) && Has(letter))
            {
                ranges.Add((letter ^ 0x20, letter ^ 0x20));
            }
        }

        return Joined(ranges);
    }

    /// <summary>As an expression of .NET that takes one code point: those beyond U+FFFF are two characters there. Half of one is nothing.</summary>
    /// <param name="withFar">Whether texts may have code points beyond U+FFFF.</param>
    public string ToExpression(bool withFar)
    {
        var near = new StringBuilder();
        var far = new List<string>();
        foreach ((int first, int last) in _ranges)
        {
            Near(near, first, Math.Min(last, FirstSurrogate - 1));
            Near(near, Math.Max(first, LastSurrogate + 1), Math.Min(last, FirstBeyond - 1));
            if (withFar)
            {
                Far(far, Math.Max(first, FirstBeyond), last);
            }
        }

        if (near.Length > 0)
        {
            far.Insert(0, near.Length == Unit(0).Length ? near.ToString() : $"[{near}]");
        }

        return far.Count switch { 0 => @"[^\s\S]", 1 when near.Length > 0 => far[0], _ => $"(?:{string.Join('|', far)})" };
    }

    private bool Has(int point) => _ranges.Exists(r => r.First <= point && point <= r.Last);

    private static void Near(StringBuilder into, int first, int last)
    {
        if (first <= last)
        {
            into.Append(Unit(first));
            if (last > first)
            {
                into.Append('-').Append(Unit(last));
            }
        }
    }

    private static void Far(List<string> into, int first, int last)
    {
        while (first <= last)
        {
            (int high, int low) = (High(first), Low(first));
            bool wholeRows = low == 0xDC00 && High(last) > high;
            int lastHigh = wholeRows ? Low(last) == LastSurrogate ? High(last) : High(last) - 1 : high;
            int lastLow = wholeRows || High(last) > high ? LastSurrogate : Low(last);
            into.Add($"[{Unit(high)}-{Unit(lastHigh)}][{Unit(low)}-{Unit(lastLow)}]");
            first = FirstBeyond + ((lastHigh - FirstSurrogate) << 10) + (lastLow - 0xDC00) + 1;
        }
    }

    private static int High(int point) => FirstSurrogate + ((point - FirstBeyond) >> 10);

    private static int Low(int point) => 0xDC00 + ((point - FirstBeyond) & 0x3FF);

    private static string Unit(int unit) => $"\\u{unit:X4}";

    // The runtime leaves these three letters as they are, whose other case is a letter of ASCII.
    private static int Fold(int point) => point is 'ı' or 'İ' ? 'i' : point == 'ſ' ? 's' : Rune.ToLowerInvariant(Rune.ToUpperInvariant(new Rune(point))).Value;

    private static CodePointSet OfCategory(UnicodeCategory category)
    {
        var ranges = new List<(int First, int Last)>();
        for (int point = 0; point <= Greatest; point++)
        {
            if (CharUnicodeInfo.GetUnicodeCategory(point) == category)
            {
                ranges.Add((point, point));
            }
        }

        return Joined(ranges);
    }

    private static CodePointSet Joined(List<(int First, int Last)> ranges)
    {
        ranges.Sort();
        var joined = new List<(int First, int Last)>();
        foreach ((int first, int last) in ranges)
        {
            if (joined.Count > 0 && first <= joined[^1].Last + 1)
            {
                joined[^1] = (joined[^1].First, Math.Max(joined[^1].Last, last));
            }
            else
            {
                joined.Add((first, last));
            }
        }

        return new CodePointSet(joined);
    }
}
