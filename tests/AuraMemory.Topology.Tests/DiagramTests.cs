namespace AuraMemory.Topology.Tests;

public sealed class DiagramTests
{
    [Fact]
    public void Bars_come_longest_first_and_essential_last()
    {
        var diagram = new Diagram([new(0, 1), new(5, double.PositiveInfinity), new(2, 7), new(3, 3), new(-1, double.PositiveInfinity)]);

        Assert.Equal([new Bar(2, 7), new Bar(0, 1)], diagram.Finite.ToArray());
        Assert.Equal([-1.0, 5.0], diagram.Essential.ToArray().Select(b => b.Birth));
        Assert.Equal(4, diagram.Count);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 3)]
    [InlineData(4.5, 3)]
    [InlineData(5, 2)]
    public void Only_bars_longer_than_the_noise_count(double noise, int expected) => Assert.Equal(
        expected,
        new Diagram([new(0, 1), new(5, double.PositiveInfinity), new(2, 7), new(3, 3), new(-1, double.PositiveInfinity)]).CountAbove(noise));

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(double.NegativeInfinity, 1)]
    [InlineData(1, double.NaN)]
    [InlineData(1, 0.5)]
    public void What_is_no_bar_is_refused(double birth, double death) =>
        Assert.Throws<ArgumentException>(() => new Diagram([new(birth, death)]));
}
