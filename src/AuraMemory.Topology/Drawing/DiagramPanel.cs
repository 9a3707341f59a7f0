using System.Globalization;

namespace AuraMemory.Topology.Drawing;

/// <summary>The persistence diagram: births to the right, deaths upwards, classes that never die on a line above.</summary>
internal static class DiagramPanel
{
    // Marks of one dimension; each takes about 100 bytes.
    private const int MostMarks = 300;
    private const int MostTips = 40;

    // Two points within one cell of this many pixels look like one.
    private const double CellSize = 2;
    private const double InfinityGap = 26;

    /// <summary>Draws into a square.</summary>
    /// <returns>Number of bars that are not shown, each the shorter ones of its dimension.</returns>
    public static int Draw(SvgText svg, Barcode barcode, AxisScale axis, double noise, double left, double top, double size)
    {
        bool essential = false;
        for (int dimension = 0; dimension < barcode.Dimensions; dimension++)
        {
            essential |= !barcode[dimension].Essential.IsEmpty;
        }

        double floor = top + size;
        double ceiling = essential ? top + InfinityGap : top;
        double height = floor - ceiling;
        svg.Markup($"<rect x=\"{left}\" y=\"{top}\" width=\"{size}\" height=\"{size}\" class=\"panel\"/>");
        foreach ((double value, string label) in axis.Ticks())
        {
            double x = left + (axis.At(value) * size);
            double y = floor - (axis.At(value) * height);
            svg.Markup($"<path d=\"M{x} {floor}V{top}M{left} {y}H{left + size}\" class=\"grid\"/>");
            svg.Write(x, floor + 18, "tick mid", label);
            svg.Write(left - 8, y + 4, "tick end", label);
        }

        double band = axis.Share(noise) * height;
        if (noise > 0)
        {
            double clipped = Math.Min(band, height);
            double reach = size * (1 - (clipped / height));
            svg.Markup($"<path d=\"M{left} {floor}L{left + size} {ceiling}H{left + reach}L{left} {floor - clipped}Z\" class=\"noise\"/>");
        }

        svg.Markup($"<path d=\"M{left} {floor}L{left + size} {ceiling}\" class=\"diagonal\"/>");
        if (essential)
        {
            svg.Markup($"<path d=\"M{left} {top + 12}H{left + size}\" class=\"infinity\"/>");
            svg.Write(left - 8, top + 17, "tick end", "∞");
        }

        int hidden = 0;
        var seen = new Dictionary<(int X, int Y), int>();
        for (int dimension = barcode.Dimensions - 1; dimension >= 0; dimension--)
        {
            hidden += Marks(svg, barcode[dimension], dimension, axis, noise, left, top, size, floor, height, seen);
        }

        svg.Write(left + (size / 2), floor + 38, "label mid", "birth");
        double middle = top + (size / 2);
        svg.Markup($"<text transform=\"translate({left - 52} {middle}) rotate(-90)\" class=\"label mid\">death</text>");
        return hidden;
    }

    /// <summary>Draws a mark of a dimension: disc, triangle or square, so that colour is not the only difference.</summary>
    public static void Mark(SvgText svg, int dimension, double x, double y, double size, string style, string? tip)
    {
        string end = tip is null ? "/>" : $"><title>{SvgText.Escape(tip)}</title></{(dimension == 0 ? "circle" : "path")}>";
        switch (dimension)
        {
            case 0:
                svg.Markup($"<circle cx=\"{x}\" cy=\"{y}\" r=\"{size}\" class=\"{style}\"{end}");
                break;
            case 1:
                svg.Markup($"<path d=\"M{x} {y - (size * 1.3)}l{size * 1.2} {size * 2.1}h{-size * 2.4}z\" class=\"{style}\"{end}");
                break;
            default:
                svg.Markup($"<path d=\"M{x - size} {y - size}h{size * 2}v{size * 2}h{-size * 2}z\" class=\"{style}\"{end}");
                break;
        }
    }

    /// <summary>A bar in words.</summary>
    public static string Words(int dimension, Bar bar) => string.Create(
        CultureInfo.InvariantCulture,
        $"H{dimension}: {bar.Birth:G6} to {(bar.IsEssential ? "∞" : bar.Death.ToString("G6", CultureInfo.InvariantCulture))}");

    private static int Marks(
        SvgText svg,
        Diagram diagram,
        int dimension,
        AxisScale axis,
        double noise,
        double left,
        double top,
        double size,
        double floor,
        double height,
        Dictionary<(int X, int Y), int> seen)
    {
        seen.Clear();
        var marks = new List<(double X, double Y, Bar Bar)>();
        int hidden = 0;
        for (int i = 0; i < diagram.Count; i++)
        {
            // Essential classes first: they would be the last to be left out.
            Bar bar = i < diagram.Essential.Length ? diagram.Essential[i] : diagram.Finite[i - diagram.Essential.Length];
            double x = left + (axis.At(bar.Birth) * size);
            double y = bar.IsEssential ? top + 12 : floor - (axis.At(bar.Death) * height);
            (int X, int Y) cell = ((int)(x / CellSize), (int)(y / CellSize));
            if (seen.TryGetValue(cell, out int count))
            {
                seen[cell] = count + 1;
            }
            else if (marks.Count < MostMarks)
            {
                seen[cell] = 1;
                marks.Add((x, y, bar));
            }
            else
            {
                hidden++;
            }
        }

        // Longest last, so that they lie on top.
        for (int k = marks.Count - 1; k >= 0; k--)
        {
            (double x, double y, Bar bar) = marks[k];
            int count = seen[((int)(x / CellSize), (int)(y / CellSize))];
            double radius = Math.Min(3.2 + (0.6 * Math.Log2(count)), 6.5);
            string style = bar.Persistence > noise ? $"h{dimension}" : $"h{dimension} faint";
            string words = Words(dimension, bar);
            string? tip = k >= MostTips ? null : count == 1 ? words : string.Create(CultureInfo.InvariantCulture, $"{words} and {count - 1} more here");
            Mark(svg, dimension, x, y, radius, style, tip);
        }

        return hidden;
    }
}
