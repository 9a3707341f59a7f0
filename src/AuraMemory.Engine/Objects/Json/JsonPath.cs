using System.Globalization;
using System.Text;

namespace AuraMemory.Engine.Objects.Json;

/// <summary>Names the member in which a byte of a JSON text lies, for messages: <c>data.values[3]</c>.</summary>
/// <remarks>
/// Runs only when a text is refused, so the scan that accepts texts keeps no path. What comes before the position has been
/// accepted already; the walk relies on that and checks nothing again.
/// </remarks>
public static class JsonPath
{
    private const int LongestPath = 256;

    /// <summary>The path of the member at <paramref name="position"/>; empty at the root. O(position).</summary>
    public static string Of(ReadOnlySpan<byte> text, int position)
    {
        var open = new List<(bool IsObject, int Index, string? Name)>();
        bool nameDue = false;
        for (int i = 0; i < text.Length && i <= position; i++)
        {
            byte b = text[i];
            switch (b)
            {
                case (byte)'{' or (byte)'[' when i < position:
                    nameDue = b == '{';
                    open.Add((nameDue, 0, null));
                    break;
                case (byte)'}' or (byte)']' when i < position && open.Count > 0:
                    open.RemoveAt(open.Count - 1);
                    nameDue = false;
                    break;
                case (byte)',' when i < position && open.Count > 0:
                    (bool isObject, int index, _) = open[^1];
                    open[^1] = (isObject, index + 1, null);
                    nameDue = isObject;
                    break;
                case (byte)'"':
                    int end = EndOfString(text, i + 1);
                    if (nameDue && open.Count > 0 && end < text.Length)
                    {
                        open[^1] = (true, 0, Name(text[(i + 1)..end]));
                        nameDue = false;
                    }

                    i = end;
                    break;
                default:
                    break;
            }
        }

        return Join(open);
    }

    private static int EndOfString(ReadOnlySpan<byte> text, int from)
    {
        int i = from;
        while (i < text.Length && text[i] != '"')
        {
            i += text[i] == '\\' ? 2 : 1;
        }

        return Math.Min(i, text.Length);
    }

    private static string Name(ReadOnlySpan<byte> escaped) => Encoding.UTF8.GetString(escaped);

    private static string Join(List<(bool IsObject, int Index, string? Name)> open)
    {
        var path = new StringBuilder();
        foreach ((bool isObject, int index, string? name) in open)
        {
            if (isObject && name is not null)
            {
                path.Append(path.Length > 0 ? "." : "").Append(name);
            }
            else if (!isObject)
            {
                path.Append(CultureInfo.InvariantCulture, $"[{index}]");
            }
        }

        return path.Length <= LongestPath ? path.ToString() : string.Concat(path.ToString(0, LongestPath), "…");
    }
}
