namespace AuraMemory.Graph.Query.Parsing;

/// <summary>A query's text, and the lines in it.</summary>
internal sealed class SourceText
{
    private readonly List<int> _lines = [0];

    /// <summary>Finds the lines; linear.</summary>
    public SourceText(string text)
    {
        Text = text;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                _lines.Add(i + 1);
            }
        }
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>Line and column of a character; logarithmic.</summary>
    public TextPosition At(int offset)
    {
        int found = _lines.BinarySearch(offset);
        int line = found >= 0 ? found : ~found - 1;
        return new TextPosition(offset, line + 1, offset - _lines[line] + 1);
    }
}
