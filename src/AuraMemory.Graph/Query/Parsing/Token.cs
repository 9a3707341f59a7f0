namespace AuraMemory.Graph.Query.Parsing;

/// <summary>What a token is.</summary>
internal enum TokenKind : byte
{
    /// <summary>After the last one.</summary>
    End,

    /// <summary>A name or a keyword: which of them, its place decides.</summary>
    Name,

    /// <summary>A name in backticks: never a keyword.</summary>
    QuotedName,

    /// <summary>A number without fraction and exponent.</summary>
    Integer,

    /// <summary>A number with a fraction or an exponent.</summary>
    Float,

    /// <summary>Text in quotes.</summary>
    String,

    /// <summary>One or two other characters.</summary>
    Symbol,
}

/// <summary>A piece of a query's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Characters before it.</param>
/// <param name="End">Characters before what follows.</param>
/// <param name="Text">Names and strings without quotes and escapes; symbols and numbers as written.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int End, string Text);
