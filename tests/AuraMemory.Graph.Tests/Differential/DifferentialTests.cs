using System.Globalization;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Differential;

/// <summary>The embedded graph beside a real Neo4j: the same rows, and the same refusals.</summary>
/// <remarks>Neo4j needs minutes to compile all of the queries, so that a run asks one in so many of the corpus and of the calls: <c>AURA_DIFFERENTIAL_EVERY</c>, 1 = all.
/// <c>AURA_DIFFERENTIAL_GRAPHS</c> is how many random graphs are asked, <c>AURA_DIFFERENTIAL_SEED</c> the first of their seeds.</remarks>
public class DifferentialTests(DifferentialFixture fixture) : IClassFixture<DifferentialFixture>
{
    private const int QueriesOfGraph = 25;

    private static int Every => Number("AURA_DIFFERENTIAL_EVERY", 5);

    [Fact]
    public async Task The_corpus_is_answered_alike()
    {
        (EmbeddedSide ours, PeerSession theirs) = await fixture.CorpusGraphAsync();
        var differences = new List<string>();
        int asked = 0;
        foreach (CorpusQuery query in Corpus.All().Where((_, i) => i % Every == 0))
        {
            asked++;
            Answer answer = ours.Ask(query.Text, query.Parameters);
            Answer other = await theirs.AskAsync(query.Text, EmbeddedSide.Travelling(query.Parameters));
            if (Answer.Difference(answer, other, query.IsOrdered, query.HasParameters) is { } difference)
            {
                differences.Add($"{query.Place}: {query.Text}: {difference}");
            }
        }

        Assert.Empty(differences);
        Assert.True(asked > 1000 / Every, $"There are hardly any queries: {asked}.");
    }

    [Fact]
    public async Task Differences_that_are_meant_are_there()
    {
        (EmbeddedSide ours, PeerSession theirs) = await fixture.CorpusGraphAsync();
        var gone = new List<string>();
        foreach (MeantDifference difference in MeantDifference.All)
        {
            Answer answer = ours.Ask(difference.Query, MapValue.Empty);
            Answer other = await theirs.AskAsync(difference.Query, []);
            if (!difference.Ours.Fits(answer) || !difference.Theirs.Fits(other))
            {
                gone.Add($"{difference.Query}: ours {answer.Brief()}; theirs {other.Brief()}");
            }
        }

        Assert.Empty(gone);
    }

    [Fact]
    public async Task Functions_give_the_same_for_any_argument()
    {
        (EmbeddedSide ours, PeerSession theirs) = await fixture.CorpusGraphAsync();
        var differences = new List<string>();
        foreach ((string query, MapValue parameters) in FunctionMatrix.Calls().Where((_, i) => i % Every == 0))
        {
            Answer answer = ours.Ask(query, parameters);
            Answer other = await theirs.AskAsync(query, EmbeddedSide.Travelling(parameters));
            if (Answer.Difference(answer, other, inOrder: false, hasParameters: true) is { } difference)
            {
                differences.Add($"{query} with {parameters}: {difference}");
            }
        }

        Assert.Empty(differences);
    }

    [Fact]
    public async Task Random_queries_of_random_graphs_are_answered_alike()
    {
        PeerSession theirs = await fixture.PeerAsync();
        int graphs = Number("AURA_DIFFERENTIAL_GRAPHS", 2);
        int first = Number("AURA_DIFFERENTIAL_SEED", 1);
        for (int seed = first; seed < first + graphs; seed++)
        {
            var random = new Random(seed);
            var graph = new RandomGraph(random);
            await graph.LoadAsync(theirs);
            var ours = new EmbeddedSide(graph.Embedded());
            for (int i = 0; i < QueriesOfGraph; i++)
            {
                string query = random.Next(4) == 0 ? RandomQuery.Doubtful(random) : RandomQuery.Answered(random);
                Answer answer = ours.Ask(query, MapValue.Empty);
                Answer other = await theirs.AskAsync(query, []);
                string? difference = Answer.Difference(answer, other, new CorpusQuery("", query, MapValue.Empty).IsOrdered, hasParameters: false);
                Assert.True(difference is null, $"Seed {seed}, query {i}: {query}: {difference}");
            }
        }
    }

    [Fact]
    public void The_corpus_calls_every_function()
    {
        string all = string.Join('\n', Corpus.All().Select(q => q.Text)) + string.Join('\n', MeantDifference.All.Select(d => d.Query));
        string[] missing = [.. FunctionCatalog.Names.Where(n => !n.StartsWith("gds.", StringComparison.Ordinal) && !all.Contains(n + "(", StringComparison.OrdinalIgnoreCase))];
        Assert.Empty(missing);
    }

    [Fact]
    public void What_is_compared_is_told_apart_by_type()
    {
        Answer Of(string expression) => new EmbeddedSide(TinyGraph.View).Ask("RETURN " + expression + " AS x", MapValue.Empty);
        Assert.NotNull(Answer.Difference(Of("1"), Of("1.0"), inOrder: false, hasParameters: false));
        Assert.NotNull(Answer.Difference(Of("'1'"), Of("1"), inOrder: false, hasParameters: false));
        Assert.NotNull(Answer.Difference(Of("[1]"), Of("[1, 1]"), inOrder: false, hasParameters: false));
        Assert.NotNull(Answer.Difference(Of("0.1"), Of("0.1000001"), inOrder: false, hasParameters: false));
        Assert.NotNull(Answer.Difference(Of("date('2020-01-01')"), Of("'2020-01-01'"), inOrder: false, hasParameters: false));
        Assert.NotNull(Answer.Difference(Of("1 / 0"), Of("x"), inOrder: false, hasParameters: false));
        Assert.Null(Answer.Difference(Of("0.1 + 0.2"), Of("0.3"), inOrder: false, hasParameters: false));
        Assert.Null(Answer.Difference(Of("{a: 1, b: NaN}"), Of("{b: NaN, a: 1}"), inOrder: false, hasParameters: false));
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
