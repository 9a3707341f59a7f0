using System.Globalization;
using System.Text;

namespace AuraMemory.Topology.Drawing;

/// <summary>A shape as a picture: its persistence diagram and its barcode in one SVG document.</summary>
/// <remarks>
/// The document stands on its own (no script, no font, no reference), follows the reader's light or dark theme, and has a bounded size
/// whatever the number of bars (below <see cref="MostCharacters"/> characters): bars that fall together are drawn once, the shortest beyond what can be told apart are left out, and a note says so.
/// </remarks>
public static class DiagramSvg
{
    /// <summary>No picture has more characters.</summary>
    public const int MostCharacters = 200_000;

    private const double Width = 1000;
    private const double Height = 560;
    private const double PanelTop = 96;
    private const double PanelSize = 396;
    private const double DiagramLeft = 84;
    private const double BarcodeLeft = 566;
    private const double BarcodeWidth = 396;
    private const double LegendMark = 36;
    private const double LegendCharacter = 7.6;
    private const int LongestTitle = 72;
    private const int LongestNote = 132;

    private const string Style =
        """
        <style>
        svg{--paper:#ffffff;--panel:#f7f8fa;--ink:#1b2430;--soft:#5b6675;--line:#d9dee5;--h0:#0067b0;--h1:#c94a00;--h2:#0a7d57;font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        @media (prefers-color-scheme:dark){svg{--paper:#12161c;--panel:#1a2028;--ink:#e8ecf1;--soft:#9aa7b6;--line:#303a46;--h0:#63b3f5;--h1:#ff9a52;--h2:#4fd6a2}}
        .paper{fill:var(--paper)}.panel{fill:var(--panel)}.grid{stroke:var(--line);stroke-width:1;fill:none}.diagonal{stroke:var(--soft);stroke-width:1.2;fill:none}
        .infinity{stroke:var(--soft);stroke-width:1.2;stroke-dasharray:5 4;fill:none}.noise{fill:var(--soft);fill-opacity:.16}
        .h0{fill:var(--h0)}.h1{fill:var(--h1)}.h2{fill:var(--h2)}.faint{fill-opacity:.45}
        text{fill:var(--ink);font-size:13px}.title{font-size:19px;font-weight:600}.sub{fill:var(--soft)}.tick{fill:var(--soft);font-size:12px;font-variant-numeric:tabular-nums}.label{fill:var(--soft)}.key{font-weight:600}.mid{text-anchor:middle}.end{text-anchor:end}
        </style>
        """;

    private static readonly string[] Names = ["components", "loops", "voids"];

    /// <summary>Draws a shape. O(n log n).</summary>
    /// <param name="analysis">The shape.</param>
    /// <param name="title">Heading; null = the kind. Any text: it is escaped, and cut where it is too long.</param>
    /// <param name="persistenceThreshold">Share of the scale up to which a bar is noise, 0 to 1; shown as a band, and left out of the Betti numbers of the legend.</param>
    /// <returns>An SVG document.</returns>
    public static string Render(ShapeAnalysis analysis, string? title = null, double persistenceThreshold = 0.1)
    {
        ArgumentNullException.ThrowIfNull(analysis);
        ArgumentOutOfRangeException.ThrowIfNegative(persistenceThreshold);
        Barcode barcode = analysis.Barcode;
        double noise = Math.Min(persistenceThreshold * analysis.Scale, double.MaxValue);
        AxisScale axis = Axis(barcode);
        var svg = new SvgText();
        string heading = Cut(title ?? Describe(analysis.Kind), LongestTitle);
        svg.Markup($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" role=\"img\" aria-labelledby=\"t d\">");
        svg.Markup($"<title id=\"t\">{SvgText.Escape(heading)}</title>");
        svg.Markup($"<desc id=\"d\">{SvgText.Escape(Summary(analysis, persistenceThreshold))}</desc>");
        svg.Line(Style);
        svg.Line("<rect width=\"100%\" height=\"100%\" class=\"paper\"/>");
        svg.Write(DiagramLeft, 36, "title", heading);
        svg.Write(DiagramLeft, 58, "sub", Origin(analysis));
        Legend(svg, analysis, persistenceThreshold);
        int unmarked = DiagramPanel.Draw(svg, barcode, axis, noise, DiagramLeft, PanelTop, PanelSize);
        int unlined = BarcodePanel.Draw(svg, barcode, axis, noise, BarcodeLeft, PanelTop, BarcodeWidth, PanelSize);
        svg.Write(DiagramLeft, Height - 12, "tick", Cut(Notes(analysis, noise, unmarked, unlined), LongestNote));
        return svg.Line("</svg>").ToString();
    }

    private static void Legend(SvgText svg, ShapeAnalysis analysis, double threshold)
    {
        (int b0, int b1, int b2) = analysis.BettiNumbers(threshold);
        ReadOnlySpan<int> betti = [b0, b1, b2];
        Span<double> widths = stackalloc double[Barcode.HighestDimension + 1];
        double total = 0;
        for (int dimension = 0; dimension < analysis.Barcode.Dimensions; dimension++)
        {
            int characters = 6 + Names[dimension].Length + (betti[dimension] == 0 ? 1 : (int)Math.Log10(betti[dimension]) + 1);
            widths[dimension] = LegendMark + (characters * LegendCharacter);
            total += widths[dimension];
        }

        // Ends with the barcode's panel; starts with it where there is room. Characters are counted wide, so that other fonts fit too.
        double x = Math.Min(BarcodeLeft, BarcodeLeft + BarcodeWidth - total + (LegendMark / 2));
        for (int dimension = 0; dimension < analysis.Barcode.Dimensions; dimension++)
        {
            DiagramPanel.Mark(svg, dimension, x + 6, 75.5, 5, $"h{dimension}", null);
            svg.Markup($"<text x=\"{x + 18}\" y=\"80\"><tspan class=\"key\">β{dimension} = {betti[dimension]}</tspan> <tspan class=\"sub\">{Names[dimension]}</tspan></text>");
            x += widths[dimension];
        }
    }

    private static AxisScale Axis(Barcode barcode)
    {
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        for (int dimension = 0; dimension < barcode.Dimensions; dimension++)
        {
            foreach (Bar bar in barcode[dimension].Bars)
            {
                low = Math.Min(low, bar.Birth);
                high = Math.Max(high, bar.IsEssential ? bar.Birth : bar.Death);
            }
        }

        return double.IsFinite(low) ? new AxisScale(low, high, 6) : new AxisScale(0, 1, 6);
    }

    private static string Describe(ShapeKind kind) => kind switch
    {
        ShapeKind.Series => "Series",
        ShapeKind.Delay => "Series, delay embedding",
        ShapeKind.Points => "Points",
        ShapeKind.Distances => "Distances",
        ShapeKind.Grid => "Grid",
        _ => "Graph",
    };

    private static string Origin(ShapeAnalysis analysis)
    {
        string how = analysis.Filtration switch
        {
            Filtration.Sublevel => "sublevel sets",
            Filtration.Superlevel => "superlevel sets",
            Filtration.Rips => "Vietoris-Rips",
            Filtration.Degree => "vertex degree",
            Filtration.Hop => "hop distance",
            _ => "filtration",
        };
        string what = analysis.Kind switch
        {
            ShapeKind.Series => "samples",
            ShapeKind.Grid => "cells",
            ShapeKind.Graph => "vertices",
            _ => "points",
        };
        return analysis.UsedPoints < analysis.Points
            ? string.Create(CultureInfo.InvariantCulture, $"{Describe(analysis.Kind).ToLowerInvariant()}, {how}, {analysis.UsedPoints} landmarks of {analysis.Points} {what}")
            : string.Create(CultureInfo.InvariantCulture, $"{Describe(analysis.Kind).ToLowerInvariant()}, {how}, {analysis.Points} {what}");
    }

    private static string Summary(ShapeAnalysis analysis, double threshold)
    {
        (int b0, int b1, int b2) = analysis.BettiNumbers(threshold);
        return string.Create(CultureInfo.InvariantCulture, $"Persistence diagram and barcode of {Origin(analysis)}. Betti numbers {b0}, {b1}, {b2}.");
    }

    private static string Notes(ShapeAnalysis analysis, double noise, int unmarked, int unlined)
    {
        var notes = new StringBuilder();
        if (noise > 0)
        {
            notes.Append(CultureInfo.InvariantCulture, $"Grey band and pale: bars up to {noise:G4} count as noise. ");
        }

        if (analysis.ErrorBound > 0)
        {
            notes.Append(CultureInfo.InvariantCulture, $"Off by at most {analysis.ErrorBound:G3} (bottleneck). ");
        }

        if (unmarked > 0 || unlined > 0)
        {
            notes.Append(CultureInfo.InvariantCulture, $"The shortest bars are not drawn: {unmarked} in the diagram, {unlined} in the barcode.");
        }

        return notes.ToString();
    }

    private static string Cut(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        int end = char.IsHighSurrogate(text[longest - 2]) ? longest - 2 : longest - 1;
        return text[..end] + "…";
    }
}
