namespace AuraMemory.Graph.Query.Parsing;

/// <summary>A place in a query's text.</summary>
/// <param name="Offset">Characters before it.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Character in the line, from 1.</param>
public readonly record struct TextPosition(int Offset, int Line, int Column)
{
    /// <summary>No place.</summary>
    public static TextPosition None => new(-1, 0, 0);

    /// <inheritdoc/>
    public override string ToString() => Line == 0 ? "unknown position" : $"line {Line}, column {Column}";
}
