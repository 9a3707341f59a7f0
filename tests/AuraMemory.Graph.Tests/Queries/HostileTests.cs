using System.Text;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Queries;

/// <summary>Queries made to hurt: they end in an answer or an error, never in a stack overflow, never without end.</summary>
public class HostileTests
{
    private const int Deep = 10_000;
    private static readonly QueryLimits Tight = new() { Time = TimeSpan.FromSeconds(2), Rows = 1000, Memory = 16 << 20 };

    public static TheoryData<string, string> Nested => new()
    {
        { "parentheses", Repeat("(", Deep) + "1" + Repeat(")", Deep) },
        { "lists", Repeat("[", Deep) + Repeat("]", Deep) },
        { "maps", Repeat("{a: ", Deep) + "1" + Repeat("}", Deep) },
        { "not", Repeat("NOT ", Deep) + "true" },
        { "minus", Repeat("- ", Deep) + "x" },
        { "case", Repeat("CASE WHEN true THEN ", Deep) + "1" + Repeat(" END", Deep) },
        { "functions", Repeat("abs(", Deep) + "1" + Repeat(")", Deep) },
        { "subqueries", Repeat("EXISTS { RETURN ", Deep) + "1 AS x" + Repeat("}", Deep) },
        { "comprehensions", Repeat("[x IN ", Deep) + "[]" + Repeat("]", Deep) },
        { "sums", "1" + Repeat(" + 1", Deep) },
        { "properties", "n" + Repeat(".a", Deep) },
        { "elements", "[]" + Repeat("[0]", Deep) },
        { "powers", "1" + Repeat(" ^ 1", Deep) },
        { "membership", "1" + Repeat(" IN []", Deep) },
        { "null tests", "1" + Repeat(" IS NULL", Deep) },
        { "open brackets", Repeat("([{", Deep) },
        { "closed brackets", Repeat(")]}", Deep) },
    };

    [Theory]
    [MemberData(nameof(Nested))]
    public void Nesting_and_long_chains_end_in_a_clear_error(string what, string expression)
    {
        CypherException error = Assert.Throws<CypherException>(() => QueryBed.Run("RETURN " + expression + " AS x"));
        Assert.True(error.Type is "LimitExceeded" or "SyntaxError", $"{what}: {error.Type}");
    }

    [Theory]
    [InlineData("MATCH (n{0}) RETURN count(*) AS c", ":A")]
    [InlineData("MATCH (n:A{0}) RETURN count(*) AS c", "|A")]
    [InlineData("RETURN true{0} AS x", " AND true")]
    [InlineData("RETURN false{0} AS x", " OR false")]
    [InlineData("RETURN 1{0} AS x", " < 1")]
    [InlineData("RETURN [1{0}] AS x", ", 1")]
    [InlineData("RETURN {{a: 1{0}}} AS x", ", a: 1")]
    public void Long_lists_of_what_is_not_nested_are_answered(string query, string part) =>
        Assert.Single(QueryBed.Run(string.Format(System.Globalization.CultureInfo.InvariantCulture, query, Repeat(part, Deep))).Rows);

    [Fact]
    public void A_query_of_a_megabyte_is_read_in_time_and_a_longer_one_refused()
    {
        string text = "RETURN '" + new string('x', 999_000) + "' AS x";
        Assert.Single(QueryBed.Run(text).Rows);
        string names = "RETURN [" + string.Join(", ", Enumerable.Range(0, 120_000).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture))) + "] AS x";
        TimeSpan began = ThreadClock.Now;
        Assert.Equal(120_000, QueryBed.Run(names).Rows[0][0].List.Length);
        Assert.True(ThreadClock.Now - began < TimeSpan.FromSeconds(20));
        Assert.Equal(("LimitExceeded", "Text"), QueryBed.Error("RETURN '" + new string('x', 1_000_000) + "' AS x"));
    }

    [Theory]
    [InlineData("MATCH (a), (b), (c), (d), (e), (f) RETURN count(*) AS c")]
    [InlineData("MATCH (a), (b), (c), (d) RETURN a, b, c, d")]
    [InlineData("MATCH (a)-[*1..]->(b) RETURN count(*) AS c")]
    [InlineData("MATCH p = (a)-[*]-(b) RETURN p")]
    [InlineData("MATCH (a)-[*1..]->(b) RETURN collect(b) AS c")]
    [InlineData("MATCH (a {k: 0}), (b {k: 1}), p = shortestPath((a)-[*]-(b)) WHERE length(p) > 1000000 RETURN p")]
    [InlineData("MATCH (a {k: 0}), (b {k: 1}), p = allShortestPaths((a)-[*]->(b)) WHERE any(n IN nodes(p) WHERE n.k = 60) RETURN p")]
    [InlineData("MATCH (a {k: 0}), (b {k: 1}), p = shortestPath((a)-[*0..]-(a)) WHERE size(nodes(p)) > 4000 RETURN p")]
    [InlineData("UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN count(*) AS c")]
    [InlineData("RETURN range(1, 9000000000) AS x")]
    [InlineData("RETURN reduce(s = 'a', x IN range(1, 100) | s + s) AS x")]
    [InlineData("RETURN reduce(s = [1], x IN range(1, 100) | s + s) AS x")]
    [InlineData("RETURN reduce(s = [], x IN range(1, 100000) | [s]) AS x")]
    [InlineData("RETURN reduce(s = [], x IN range(1, 100) | [s, s]) AS x")]
    [InlineData("RETURN reduce(s = {a: 1}, x IN range(1, 100) | {a: s, b: s}) AS x")]
    [InlineData("RETURN replace(reduce(s = 'a', x IN range(1, 20) | s + s), 'a', 'aaaaaaaaaaaaaaaaaaaaaaaa') AS x")]
    [InlineData("UNWIND range(1, 1000000) AS x WITH x ORDER BY x DESC RETURN collect(x) AS l")]
    [InlineData("UNWIND range(1, 1000000) AS x WITH DISTINCT x RETURN count(x) AS l")]
    [InlineData("RETURN 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' =~ '(a|aa)+(b)\\\\2' AS x")]
    public void What_would_run_away_is_stopped_by_a_limit(string query)
    {
        TimeSpan began = ThreadClock.Now;
        CypherException error = Assert.Throws<CypherException>(() => QueryBed.Run(query, Dense(), Tight));
        Assert.Equal("LimitExceeded", error.Type);
        Assert.True(ThreadClock.Now - began < TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Whether_something_is_reachable_is_found_without_trying_every_way()
    {
        IReadOnlyList<Value[]> rows = QueryBed.Run("MATCH (a {k: 0})-[*1..]->(b) RETURN count(DISTINCT b) AS c", Dense(), Tight).Rows;
        Assert.Equal(60, rows[0][0].Integer);
        Assert.Equal(1, QueryBed.Run("MATCH p = shortestPath((a {k: 0})-[*]->(b {k: 59})) RETURN length(p) AS l", Dense(), Tight).Rows[0][0].Integer);
    }

    // Everybody with everybody: the walks without repeated relationships are beyond counting.
    private static PropertyGraph Dense()
    {
        var graph = new PropertyGraph();
        for (int i = 0; i < 60; i++)
        {
            graph.AddNode(["N"], QueryBed.Map(("k", Value.Of((long)i))));
        }

        for (int i = 0; i < 60; i++)
        {
            for (int j = 0; j < 60; j++)
            {
                if (i != j)
                {
                    graph.AddRelationship(i, j, "R", MapValue.Empty);
                }
            }
        }

        return graph;
    }

    private static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();
}
