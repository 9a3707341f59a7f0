namespace AuraMemory.Topology.Drawing;

/// <summary>The barcode: one line a bar, dimension by dimension, by birth.</summary>
internal static class BarcodePanel
{
    // Bars that still can be told apart in the height of the panel.
    private const int MostBars = 96;
    private const double ThickestRow = 12;

    /// <summary>Draws into a rectangle.</summary>
    /// <returns>Number of bars that are not shown, the shorter ones.</returns>
    public static int Draw(SvgText svg, Barcode barcode, AxisScale axis, double noise, double left, double top, double width, double height)
    {
        svg.Markup($"<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" class=\"panel\"/>");
        double floor = top + height;
        foreach ((double value, string label) in axis.Ticks())
        {
            double x = left + (axis.At(value) * width);
            svg.Markup($"<path d=\"M{x} {floor}V{top}\" class=\"grid\"/>");
            svg.Write(x, floor + 18, "tick mid", label);
        }

        svg.Write(left + (width / 2), floor + 38, "label mid", "value of the filtration");
        Span<int> shares = stackalloc int[Barcode.HighestDimension + 1];
        int rows = Divide(barcode, shares);
        int hidden = 0;
        double row = Math.Min(ThickestRow, (height - 16) / Math.Max(rows + barcode.Dimensions - 1, 1));
        double y = top + 8;
        for (int dimension = 0; dimension < barcode.Dimensions; dimension++)
        {
            Diagram diagram = barcode[dimension];
            hidden += diagram.Count - shares[dimension];
            Bar[] bars = Longest(diagram, shares[dimension]);
            foreach (Bar bar in bars)
            {
                double x = left + (axis.At(bar.Birth) * width);
                double end = bar.IsEssential ? left + width : left + (axis.At(bar.Death) * width);
                double thickness = Math.Max(row * 0.62, 0.8);
                string style = bar.Persistence > noise ? $"h{dimension}" : $"h{dimension} faint";
                string tip = SvgText.Escape(DiagramPanel.Words(dimension, bar));
                svg.Markup($"<rect x=\"{x}\" y=\"{y + (row * 0.19)}\" width=\"{Math.Max(end - x, 0.8)}\" height=\"{thickness}\" class=\"{style}\"><title>{tip}</title></rect>");
                if (bar.IsEssential)
                {
                    double middle = y + (row * 0.19) + (thickness / 2);
                    double half = Math.Clamp(thickness * 0.9, 2.5, 6);
                    svg.Markup($"<path d=\"M{left + width} {middle - half}l{half * 1.3} {half}l{-half * 1.3} {half}z\" class=\"{style}\"/>");
                }

                y += row;
            }

            y += bars.Length > 0 ? row : 0;
        }

        return hidden;
    }

    /// <summary>Divides the rows: each dimension gets what it needs, and where that is too much, at least an equal share.</summary>
    private static int Divide(Barcode barcode, Span<int> shares)
    {
        int left = MostBars;
        shares.Clear();
        for (bool more = true; more && left > 0;)
        {
            int wanting = 0;
            for (int dimension = 0; dimension < barcode.Dimensions; dimension++)
            {
                wanting += barcode[dimension].Count > shares[dimension] ? 1 : 0;
            }

            more = wanting > 0;
            int each = more ? Math.Max(left / wanting, 1) : 0;
            for (int dimension = 0; dimension < barcode.Dimensions && left > 0; dimension++)
            {
                int given = Math.Min(Math.Min(each, left), barcode[dimension].Count - shares[dimension]);
                shares[dimension] += given;
                left -= given;
            }
        }

        return MostBars - left;
    }

    private static Bar[] Longest(Diagram diagram, int count)
    {
        // The essential ones are the longest of all.
        int essential = Math.Min(diagram.Essential.Length, count);
        var bars = new Bar[count];
        diagram.Essential[..essential].CopyTo(bars);
        diagram.Finite[..(count - essential)].CopyTo(bars.AsSpan(essential));
        Array.Sort(bars, static (x, y) => x.Birth != y.Birth ? x.Birth.CompareTo(y.Birth) : x.Death.CompareTo(y.Death));
        return bars;
    }
}
