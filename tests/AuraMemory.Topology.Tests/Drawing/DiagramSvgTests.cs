using System.Globalization;
using System.Xml.Linq;
using AuraMemory.Topology.Drawing;

namespace AuraMemory.Topology.Tests.Drawing;

public sealed class DiagramSvgTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Every_bar_is_a_mark_and_a_line_and_the_legend_counts_what_is_not_noise()
    {
        ShapeAnalysis shape = Shape(1, new Diagram([new(0, double.PositiveInfinity), new(0, 0.05)]), new Diagram([new(0.2, 0.9)]));
        XDocument picture = XDocument.Parse(DiagramSvg.Render(shape, "A ring"));
        Assert.Equal(2, Tips(picture, "circle"));
        Assert.Equal(1, Tips(picture, "path"));
        Assert.Equal(3, Tips(picture, "rect"));
        string text = picture.Root!.Value;
        Assert.Contains("A ring", text, StringComparison.Ordinal);
        Assert.Contains("β0 = 1", text, StringComparison.Ordinal);
        Assert.Contains("β1 = 1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("β2", text, StringComparison.Ordinal);
        Assert.Contains("∞", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_title_cannot_leave_its_place()
    {
        string picture = DiagramSvg.Render(Shape(1, new Diagram([new(0, 1)])), "</text><script>alert('x')</script>&\0\ud800\uffff" + "𝔸");
        XDocument parsed = XDocument.Parse(picture);
        Assert.Empty(parsed.Descendants(Svg + "script"));
        Assert.DoesNotContain("<script", picture, StringComparison.Ordinal);
        Assert.True(XDocument.Parse(DiagramSvg.Render(Shape(1, Diagram.Empty), string.Concat(Enumerable.Repeat("𝔸<", 500)))).Root!.Value.Length < 3000);
    }

    [Fact]
    public void Thousands_of_bars_give_a_picture_of_bounded_size_that_says_what_it_leaves_out()
    {
        var random = new Random(3);
        string picture = DiagramSvg.Render(Shape(2, Draw(), Draw(), Draw()));
        Assert.InRange(picture.Length, 10_000, DiagramSvg.MostCharacters);
        Assert.Contains("not drawn", XDocument.Parse(picture).Root!.Value, StringComparison.Ordinal);

        Diagram Draw() => new([.. Enumerable.Range(0, 20_000).Select(_ =>
        {
            double birth = random.NextDouble();
            return new Bar(birth, birth + random.NextDouble());
        })]);
    }

    [Fact]
    public void Bars_on_one_spot_are_one_mark_that_says_how_many()
    {
        ShapeAnalysis shape = Shape(1, new Diagram([.. Enumerable.Repeat(new Bar(0, 1), 1000)]));
        XDocument picture = XDocument.Parse(DiagramSvg.Render(shape));
        Assert.Equal(1, Tips(picture, "circle"));
        Assert.Contains("and 999 more here", picture.Root!.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1.7e308, 1.7e308)]
    [InlineData(1e300, 1.1e300)]
    [InlineData(0, 5e-324)]
    [InlineData(1e9, 1000000000.0000001)]
    [InlineData(-3, -2.5)]
    public void All_numbers_stay_inside_the_picture(double birth, double death)
    {
        XDocument picture = XDocument.Parse(DiagramSvg.Render(Shape(1, new Diagram([new(birth, death), new(birth, double.PositiveInfinity)]))));
        foreach (XAttribute attribute in picture.Descendants().Attributes().Where(a => a.Name.LocalName is "x" or "y" or "cx" or "cy" or "width" or "height" && a.Value != "100%"))
        {
            Assert.InRange(double.Parse(attribute.Value, CultureInfo.InvariantCulture), 0, 1000);
        }

        Assert.Equal(2, Tips(picture, "circle"));
        Assert.DoesNotContain("NaN", picture.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_drawn_without_bars_and_the_picture_is_whole_all_the_same() =>
        Assert.Equal(0, Tips(XDocument.Parse(DiagramSvg.Render(Shape(0, Diagram.Empty))), "circle"));

    [Theory]
    [InlineData(0, 1, 6, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0, 0.00001, 2, "0 5e-6 1e-5")]
    [InlineData(-40, 60, 5, "−40 −20 0 20 40 60")]
    [InlineData(1e7, 3e7, 2, "1e+7 2e+7 3e+7")]
    public void Ticks_are_round_numbers(double low, double high, int wanted, string labels) =>
        Assert.Equal(labels.Replace("e-", "e−", StringComparison.Ordinal), string.Join(' ', new AxisScale(low, high, wanted).Ticks().Select(t => t.Label)));

    private static int Tips(XDocument picture, string element) => picture.Descendants(Svg + element).Count(e => e.Element(Svg + "title") is not null);

    private static ShapeAnalysis Shape(double scale, params Diagram[] diagrams) => new()
    {
        Kind = ShapeKind.Points,
        Filtration = Filtration.Rips,
        Barcode = new Barcode(diagrams),
        Scale = scale,
        Points = 10,
        UsedPoints = 10,
    };
}
