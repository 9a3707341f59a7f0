using System.Globalization;
using System.Text;

namespace AuraMemory.Topology.Drawing;

/// <summary>Builds SVG text: numbers to a tenth of a pixel, text escaped.</summary>
internal sealed class SvgText
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds markup as it is; interpolated numbers are rounded to a tenth.</summary>
    public SvgText Markup([System.Runtime.CompilerServices.InterpolatedStringHandlerArgument("")] ref Handler markup)
    {
        _ = markup;
        _text.Append('\n');
        return this;
    }

    /// <summary>Adds markup as it is.</summary>
    public SvgText Line(string markup)
    {
        _text.Append(markup).Append('\n');
        return this;
    }

    /// <summary>Adds a text element.</summary>
    /// <param name="x">Left, middle or right, by the anchor of the class.</param>
    /// <param name="y">Base line.</param>
    /// <param name="style">Classes.</param>
    /// <param name="text">Any text.</param>
    public SvgText Write(double x, double y, string style, string text) =>
        Markup($"<text x=\"{x}\" y=\"{y}\" class=\"{style}\">{Escape(text)}</text>");

    /// <summary>Text that is safe in XML content and attributes; characters that XML does not know are replaced.</summary>
    public static string Escape(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '<':
                    safe.Append("&lt;");
                    break;
                case '>':
                    safe.Append("&gt;");
                    break;
                case '&':
                    safe.Append("&amp;");
                    break;
                case '"':
                    safe.Append("&quot;");
                    break;
                case '\'':
                    safe.Append("&#39;");
                    break;
                case < 0x20 or (>= 0x7F and < 0xA0) or 0xFFFE or 0xFFFF:
                    safe.Append(' ');
                    break;
                default:
                    safe.Append(rune.ToString());
                    break;
            }
        }

        return safe.ToString();
    }

    /// <summary>The text so far.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>Appends the parts of an interpolated string.</summary>
    [System.Runtime.CompilerServices.InterpolatedStringHandler]
    public readonly ref struct Handler
    {
        private readonly StringBuilder _text;

        public Handler(int literalLength, int formattedCount, SvgText owner)
        {
            _ = literalLength + formattedCount;
            _text = owner._text;
        }

        public void AppendLiteral(string text) => _text.Append(text);

        public void AppendFormatted(double number) => _text.Append(CultureInfo.InvariantCulture, $"{number:0.#}");

        public void AppendFormatted(int number) => _text.Append(CultureInfo.InvariantCulture, $"{number}");

        public void AppendFormatted(string text) => _text.Append(text);
    }
}
