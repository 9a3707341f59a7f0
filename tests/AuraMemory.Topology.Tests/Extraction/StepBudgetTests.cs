using System.Globalization;
using System.Text;
using AuraMemory.Topology.Distances;

namespace AuraMemory.Topology.Tests.Extraction;

/// <summary>Reductions that would take for ever get fewer points, and say what that costs; what a caller may ask for, and what not.</summary>
public class StepBudgetTests
{
    private static readonly ShapeOptions InSpace = new() { MaxDimension = 2 };

    [Fact]
    public void Random_distances_beyond_the_steps_are_thinned_and_the_answer_is_within_its_bound()
    {
        byte[] json = RandomDistances(70);
        ShapeAnalysis exact = Analyzed(json, InSpace, ShapeLimits.Default);
        ShapeAnalysis thinned = Analyzed(json, InSpace, ShapeLimits.Default with { MaxSteps = 2_000 });

        Assert.Equal((70, 0.0), (exact.UsedPoints, exact.ErrorBound));
        Assert.True(thinned.UsedPoints is >= 32 and < 70, $"{thinned.UsedPoints} points were used.");
        Assert.Contains(thinned.Notes, note => note.Contains("2000 steps", StringComparison.Ordinal));
        Assert.True(thinned.ErrorBound > 0);
        for (int d = 0; d <= 2; d++)
        {
            Assert.True(Bottleneck.Distance(exact.Barcode[d], thinned.Barcode[d]) <= thinned.ErrorBound + 1e-12);
        }
    }

    [Fact]
    public void The_same_data_is_thinned_the_same_way()
    {
        byte[] json = RandomDistances(60);
        ShapeLimits limits = ShapeLimits.Default with { MaxSteps = 2_000 };
        ShapeAnalysis first = Analyzed(json, InSpace, limits);
        ShapeAnalysis second = Analyzed(json, InSpace, limits);
        Assert.Equal(first.UsedPoints, second.UsedPoints);
        Assert.Equal(first.Barcode[2].Bars.ToArray(), second.Barcode[2].Bars.ToArray());
    }

    [Fact]
    public void Hop_distances_with_random_lengths_are_thinned_too()
    {
        var random = new Random(5);
        string edges = string.Join(',', from i in Enumerable.Range(0, 60) from j in Enumerable.Range(0, i) select $"[{i},{j},{Text(1 + random.NextDouble())}]");
        ShapeAnalysis analysis = Analyzed(
            Encoding.UTF8.GetBytes($"{{\"edges\":[{edges}]}}"), InSpace with { Filtration = Filtration.Hop }, ShapeLimits.Default with { MaxSteps = 1_000 });
        Assert.True(analysis.UsedPoints < 60);
        Assert.True(analysis.ErrorBound > 0);
    }

    [Theory]
    [InlineData(null, 256)]
    [InlineData(100, 100)]
    [InlineData(300, 300)]
    [InlineData(500, 400)]
    public void A_caller_may_ask_for_fewer_points_or_more_up_to_what_the_operator_allows(int? asked, int used)
    {
        byte[] json = Cloud(450);
        ShapeAnalysis analysis = Analyzed(json, new ShapeOptions { MaxPoints = asked, MaxDimension = 1 }, ShapeLimits.Default with { MaxPointsAsked = 400 });
        Assert.Equal(used, analysis.UsedPoints);
        Assert.Equal(asked > 400, analysis.Notes.Any(note => note.Contains("max_points was lowered", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_estimate_knows_distances_that_come_from_no_space_by_their_form()
    {
        long random = ShapeAnalyzer.EstimateCost(RandomDistances(90), ShapeOptions.Default, ShapeLimits.Default);
        long cloud = ShapeAnalyzer.EstimateCost(Cloud(90), ShapeOptions.Default, ShapeLimits.Default);
        Assert.True(random > 50_000_000, $"{random} ns");
        Assert.True(cloud < 5_000_000, $"{cloud} ns");
    }

    [Theory]
    [InlineData("[")]
    [InlineData("[[")]
    [InlineData("[[[[0,")]
    [InlineData("[[0,1],[")]
    [InlineData("[ [ 0 , 1 ] , [ x , 0 ] , [")]
    public void The_estimate_looks_into_any_text(string text) =>
        Assert.True(ShapeAnalyzer.EstimateCost(Encoding.UTF8.GetBytes(text), ShapeOptions.Default, ShapeLimits.Default) > 0);

    private static ShapeAnalysis Analyzed(byte[] json, ShapeOptions options, ShapeLimits limits)
    {
        ShapeOutcome outcome = ShapeAnalyzer.Analyze(json, options, limits, TestContext.Current.CancellationToken);
        Assert.True(outcome.Analysis is not null, outcome.Reason);
        return outcome.Analysis;
    }

    /// <summary>Lengths between 1 and 2: always a metric, and of no shape: the worst for a reduction.</summary>
    private static byte[] RandomDistances(int points)
    {
        var random = new Random(points);
        var lengths = new double[points, points];
        for (int i = 0; i < points; i++)
        {
            for (int j = 0; j < i; j++)
            {
                lengths[i, j] = lengths[j, i] = 1 + random.NextDouble();
            }
        }

        return Encoding.UTF8.GetBytes(
            "[" + string.Join(',', Enumerable.Range(0, points).Select(i => "[" + string.Join(',', Enumerable.Range(0, points).Select(j => Text(lengths[i, j]))) + "]")) + "]");
    }

    private static byte[] Cloud(int points)
    {
        var random = new Random(points);
        return Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Range(0, points).Select(_ => $"[{Text(random.NextDouble())},{Text(random.NextDouble())}]")) + "]");
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
