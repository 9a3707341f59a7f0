using Category = System.Globalization.UnicodeCategory;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>The sets of characters that Java's regular expressions have names for, as its class <c>Pattern</c> documents them: <c>\p{Alpha}</c>, <c>\p{Lu}</c>,
/// <c>\p{IsAlphabetic}</c>, <c>\p{IsLatin}</c>, <c>\p{javaLowerCase}</c>. Of the scripts and the blocks only some are among them.</summary>
/// <remarks>Categories are those of the runtime's version of Unicode. <c>IsAlphabetic</c> is without the combining marks that Unicode counts as such.</remarks>
internal static class JavaProperties
{
    private static readonly CodePointSet Letters = CodePointSet.Of(Category.UppercaseLetter, Category.LowercaseLetter, Category.TitlecaseLetter, Category.ModifierLetter, Category.OtherLetter);
    private static readonly CodePointSet Marks = CodePointSet.Of(Category.NonSpacingMark, Category.SpacingCombiningMark, Category.EnclosingMark);

    private static readonly CodePointSet Lower = CodePointSet.Of(Category.LowercaseLetter)
        .Or(CodePointSet.Of("\u00AA\u00BA\u02B0-\u02B8\u02C0\u02C1\u02E0-\u02E4\u0345\u037A\u1D2C-\u1D6A\u1D78\u1D9B-\u1DBF\u2071\u207F\u2090-\u209C\u2170-\u217F\u24D0-\u24E9\u2C7C\u2C7D\uA69C\uA69D\uA770\uA7F8\uA7F9\uAB5C-\uAB5F"));

    private static readonly CodePointSet Upper = CodePointSet.Of(Category.UppercaseLetter).Or(CodePointSet.Of("\u2160-\u216F\u24B6-\u24CF\U0001F130-\U0001F149\U0001F150-\U0001F169\U0001F170-\U0001F189"));

    private static readonly CodePointSet Space = CodePointSet.Of("\t-\r \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000");

    private static readonly CodePointSet Title = CodePointSet.Of(Category.TitlecaseLetter);

    private static readonly Dictionary<string, CodePointSet> Ascii = new(StringComparer.Ordinal)
    {
        ["Lower"] = CodePointSet.Of("a-z"),
        ["Upper"] = CodePointSet.Of("A-Z"),
        ["ASCII"] = CodePointSet.Of(0, 0x7F),
        ["Alpha"] = CodePointSet.Of("a-zA-Z"),
        ["Digit"] = CodePointSet.Of("0-9"),
        ["Alnum"] = CodePointSet.Of("a-zA-Z0-9"),
        ["Punct"] = CodePointSet.Of("!-/:-@[-`{-~"),
        ["Graph"] = CodePointSet.Of("!-~"),
        ["Print"] = CodePointSet.Of(" -~"),
        ["Blank"] = CodePointSet.Of(" \t"),
        ["Cntrl"] = CodePointSet.Of("\0-\u001F\u007F"),
        ["XDigit"] = CodePointSet.Of("0-9a-fA-F"),
        ["Space"] = CodePointSet.Of("\t-\r "),
    };

    private static readonly Dictionary<string, CodePointSet> Binary = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Alphabetic"] = Letters.Or(CodePointSet.Of(Category.LetterNumber)).Or(CodePointSet.Of("\u24B6-\u24E9")),
        ["Letter"] = Letters,
        ["Lowercase"] = Lower,
        ["Uppercase"] = Upper,
        ["Titlecase"] = Title,
        ["Digit"] = CodePointSet.Of(Category.DecimalDigitNumber),
        ["Alnum"] = Letters.Or(CodePointSet.Of(Category.DecimalDigitNumber, Category.LetterNumber)),
        ["Punctuation"] = General("P")!,
        ["Control"] = CodePointSet.Of(Category.Control),
        ["White_Space"] = Space,
        ["WhiteSpace"] = Space,
        ["Hex_Digit"] = CodePointSet.Of(Category.DecimalDigitNumber).Or(CodePointSet.Of("a-fA-F\uFF21-\uFF26\uFF41-\uFF46")),
        ["Assigned"] = CodePointSet.Of(Category.OtherNotAssigned).Not(),
        ["Join_Control"] = CodePointSet.Of("\u200C\u200D"),
    };

    private static readonly Dictionary<string, CodePointSet> OfJava = new(StringComparer.Ordinal)
    {
        ["javaLowerCase"] = Lower,
        ["javaUpperCase"] = Upper,
        ["javaTitleCase"] = Title,
        ["javaDigit"] = CodePointSet.Of(Category.DecimalDigitNumber),
        ["javaLetter"] = Letters,
        ["javaLetterOrDigit"] = Letters.Or(CodePointSet.Of(Category.DecimalDigitNumber)),
        ["javaAlphabetic"] = Binary["Alphabetic"],
        ["javaSpaceChar"] = General("Z")!,
        ["javaWhitespace"] = General("Z")!.Or(CodePointSet.Of("\t-\r\u001C-\u001F")).And(CodePointSet.Of("\u00A0\u2007\u202F").Not()),
        ["javaISOControl"] = CodePointSet.Of("\0-\u001F\u007F-\u009F"),
    };

    private static readonly Dictionary<string, CodePointSet> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        ["BasicLatin"] = CodePointSet.Of(0, 0x7F),
        ["Latin-1Supplement"] = CodePointSet.Of(0x80, 0xFF),
        ["LatinExtended-A"] = CodePointSet.Of(0x100, 0x17F),
        ["Greek"] = CodePointSet.Of(0x370, 0x3FF),
        ["Cyrillic"] = CodePointSet.Of(0x400, 0x4FF),
        ["Hebrew"] = CodePointSet.Of(0x590, 0x5FF),
        ["Arabic"] = CodePointSet.Of(0x600, 0x6FF),
        ["Hiragana"] = CodePointSet.Of(0x3040, 0x309F),
        ["Katakana"] = CodePointSet.Of(0x30A0, 0x30FF),
        ["CJKUnifiedIdeographs"] = CodePointSet.Of(0x4E00, 0x9FFF),
        ["HangulSyllables"] = CodePointSet.Of(0xAC00, 0xD7AF),
    };

    // Unicode Character Database, Scripts.txt.
    private static readonly Dictionary<string, CodePointSet> Scripts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Latin"] = CodePointSet.Of(
            "A-Za-z\u00AA\u00BA\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02B8\u02E0-\u02E4\u1D00-\u1D25\u1D2C-\u1D5C\u1D62-\u1D65\u1D6B-\u1D77\u1D79-\u1DBE\u1E00-\u1EFF\u2071\u207F\u2090-\u209C"
            + "\u212A\u212B\u2132\u214E\u2160-\u2188\u2C60-\u2C7F\uA722-\uA787\uA78B-\uA7BF\uA7C2-\uA7CA\uA7F5-\uA7FF\uAB30-\uAB5A\uAB5C-\uAB64\uFB00-\uFB06\uFF21-\uFF3A\uFF41-\uFF5A"),
        ["Greek"] = CodePointSet.Of(
            "\u0370-\u0373\u0375-\u0377\u037A-\u037D\u037F\u0384\u0386\u0388-\u038A\u038C\u038E-\u03A1\u03A3-\u03E1\u03F0-\u03FF\u1D26-\u1D2A\u1D5D-\u1D61\u1D66-\u1D6A\u1DBF\u1F00-\u1F15\u1F18-\u1F1D"
            + "\u1F20-\u1F45\u1F48-\u1F4D\u1F50-\u1F57\u1F59\u1F5B\u1F5D\u1F5F-\u1F7D\u1F80-\u1FB4\u1FB6-\u1FC4\u1FC6-\u1FD3\u1FD6-\u1FDB\u1FDD-\u1FEF\u1FF2-\u1FF4\u1FF6-\u1FFE\u2126\uAB65"
            + "\U00010140-\U0001018E\U000101A0\U0001D200-\U0001D245"),
        ["Cyrillic"] = CodePointSet.Of("\u0400-\u0484\u0487-\u052F\u1C80-\u1C88\u1D2B\u1D78\u2DE0-\u2DFF\uA640-\uA69F\uFE2E\uFE2F"),
        ["Hebrew"] = CodePointSet.Of("\u0591-\u05C7\u05D0-\u05EA\u05EF-\u05F4\uFB1D-\uFB36\uFB38-\uFB3C\uFB3E\uFB40\uFB41\uFB43\uFB44\uFB46-\uFB4F"),
        ["Thai"] = CodePointSet.Of("\u0E01-\u0E3A\u0E40-\u0E5B"),
        ["Hiragana"] = CodePointSet.Of("\u3041-\u3096\u309D-\u309F\U0001B001-\U0001B11E\U0001B150-\U0001B152\U0001F200"),
        ["Katakana"] = CodePointSet.Of("\u30A1-\u30FA\u30FD-\u30FF\u31F0-\u31FF\u32D0-\u32FE\u3300-\u3357\uFF66-\uFF6F\uFF71-\uFF9D\U0001B000\U0001B164-\U0001B167"),
        ["Hangul"] = CodePointSet.Of(
            "\u1100-\u11FF\u302E\u302F\u3131-\u318E\u3200-\u321E\u3260-\u327E\uA960-\uA97C\uAC00-\uD7A3\uD7B0-\uD7C6\uD7CB-\uD7FB\uFFA0-\uFFBE\uFFC2-\uFFC7\uFFCA-\uFFCF\uFFD2-\uFFD7\uFFDA-\uFFDC"),
        ["Han"] = CodePointSet.Of(
            "\u2E80-\u2E99\u2E9B-\u2EF3\u2F00-\u2FD5\u3005\u3007\u3021-\u3029\u3038-\u303B\u3400-\u4DBF\u4E00-\u9FFC\uF900-\uFA6D\uFA70-\uFAD9\U00016FF0\U00016FF1\U00020000-\U0002A6DD"
            + "\U0002A700-\U0002B734\U0002B740-\U0002B81D\U0002B820-\U0002CEA1\U0002CEB0-\U0002EBE0\U0002F800-\U0002FA1D\U00030000-\U0003134A"),
    };

    /// <summary>What may be part of a word, where a border of a word is sought.</summary>
    public static CodePointSet InWords { get; } = OfJava["javaLetterOrDigit"].Or(CodePointSet.Of("_"));

    /// <summary>What may stand on a letter of a word.</summary>
    public static CodePointSet OnLetters { get; } = CodePointSet.Of(Category.NonSpacingMark);

    /// <summary>The class of a letter behind a backslash, such as the <c>d</c> of <c>\d</c>; null = the letter names none.</summary>
    /// <param name="letter">In lower case.</param>
    /// <param name="ofUnicode">Whether digits, blanks and words are those of Unicode.</param>
    public static CodePointSet? Escaped(char letter, bool ofUnicode) => letter switch
    {
        'd' => ofUnicode ? Binary["Digit"] : Ascii["Digit"],
        's' => ofUnicode ? Space : Ascii["Space"],
        'w' => ofUnicode ? Binary["Alphabetic"].Or(Marks).Or(Binary["Digit"]).Or(CodePointSet.Of(Category.ConnectorPunctuation)).Or(Binary["Join_Control"]) : CodePointSet.Of("a-zA-Z_0-9"),
        'h' => CodePointSet.Of(" \t\u00A0\u1680\u180E\u2000-\u200A\u202F\u205F\u3000"),
        'v' => CodePointSet.Of("\n-\r\u0085\u2028\u2029"),
        _ => null,
    };

    /// <summary>The set of a name between the braces of <c>\p{ }</c>; null = it is none of those known here.</summary>
    /// <param name="name">The name, with its prefix.</param>
    /// <param name="ofUnicode">Whether names of ASCII stand for their likes in Unicode.</param>
    /// <param name="anyCase">Whether cases are alike, and so their sets are.</param>
    public static CodePointSet? Find(string name, bool ofUnicode, bool anyCase)
    {
        int equals = name.IndexOf('=', StringComparison.Ordinal);
        string key = equals < 0 ? "" : name[..equals].ToLowerInvariant();
        CodePointSet? set = key switch
        {
            "gc" or "general_category" => General(name[(equals + 1)..]),
            "blk" or "block" => Block(name[(equals + 1)..]),
            "sc" or "script" => Scripts.GetValueOrDefault(name[(equals + 1)..]),
            "" when name.StartsWith("In", StringComparison.Ordinal) => Block(name[2..]),
            "" when name.StartsWith("Is", StringComparison.Ordinal) => Binary.GetValueOrDefault(name[2..]) ?? General(name[2..]) ?? Scripts.GetValueOrDefault(name[2..]),
            "" when ofUnicode => Unicode(name) ?? OfJava.GetValueOrDefault(name) ?? General(name),
            "" => Ascii.GetValueOrDefault(name) ?? OfJava.GetValueOrDefault(name) ?? General(name),
            _ => null,
        };
        return !anyCase || set is null ? set
            : set == Ascii["Lower"] || set == Ascii["Upper"] ? Ascii["Alpha"]
            : name.EndsWith("Lu", StringComparison.Ordinal) || name.EndsWith("Ll", StringComparison.Ordinal) || name.EndsWith("Lt", StringComparison.Ordinal) ? General("LC")
            : set == Lower || set == Upper || set == Title ? Lower.Or(Upper).Or(Title)
            : set;
    }

    private static CodePointSet? Block(string name) => Blocks.GetValueOrDefault(name.Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));

    private static CodePointSet? Unicode(string name) => name switch
    {
        "Lower" => Lower,
        "Upper" => Upper,
        "Alpha" => Binary["Alphabetic"],
        "Alnum" => Binary["Alphabetic"].Or(Binary["Digit"]),
        "Punct" => Binary["Punctuation"],
        "Cntrl" => Binary["Control"],
        "Space" => Space,
        "Digit" => Binary["Digit"],
        "XDigit" => Binary["Digit"].Or(Binary["Hex_Digit"]),
        "ASCII" => Ascii["ASCII"],
        "Blank" => CodePointSet.Of(Category.SpaceSeparator).Or(CodePointSet.Of("\t")),
        _ => null,
    };

    // By its abbreviation: the names' first letters, and some for several.
    private static CodePointSet? General(string name) => name switch
    {
        "L" => Letters,
        "M" => Marks,
        "LC" => CodePointSet.Of(Category.UppercaseLetter, Category.LowercaseLetter, Category.TitlecaseLetter),
        "LD" => Letters.Or(CodePointSet.Of(Category.DecimalDigitNumber)),
        "L1" => CodePointSet.Of(0, 0xFF),
        "all" => CodePointSet.All,
        "N" => CodePointSet.Of(Category.DecimalDigitNumber, Category.LetterNumber, Category.OtherNumber),
        "P" => CodePointSet.Of(
            Category.ConnectorPunctuation, Category.DashPunctuation, Category.OpenPunctuation, Category.ClosePunctuation, Category.InitialQuotePunctuation, Category.FinalQuotePunctuation, Category.OtherPunctuation),
        "S" => CodePointSet.Of(Category.MathSymbol, Category.CurrencySymbol, Category.ModifierSymbol, Category.OtherSymbol),
        "Z" => CodePointSet.Of(Category.SpaceSeparator, Category.LineSeparator, Category.ParagraphSeparator),
        "C" => CodePointSet.Of(Category.Control, Category.Format, Category.Surrogate, Category.PrivateUse, Category.OtherNotAssigned),
        _ => Array.IndexOf(Abbreviations, name) is >= 0 and var at ? CodePointSet.Of((Category)at) : null,
    };

    // In the order of UnicodeCategory.
    private static readonly string[] Abbreviations =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];
}
