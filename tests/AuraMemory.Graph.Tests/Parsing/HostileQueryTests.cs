using System.Text;
using AuraMemory.Graph.Query;

namespace AuraMemory.Graph.Tests.Parsing;

/// <summary>Queries as deep, as wide and as long as text can be: each is answered or refused in time, on a thread with a small stack.</summary>
public class HostileQueryTests
{
    private const int Many = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public static TheoryData<string, string, string, string> Deep => new()
    {
        { "RETURN ", "(", "1", ")" },
        { "RETURN ", "[", "1", "]" },
        { "RETURN ", "{a: ", "1", "}" },
        { "RETURN ", "NOT ", "true", "" },
        { "RETURN ", "- ", "1", "" },
        { "RETURN ", "+ ", "1", "" },
        { "RETURN ", "CASE WHEN true THEN ", "1", " END" },
        { "RETURN ", "CASE ", "1", " WHEN 1 THEN 1 END" },
        { "RETURN ", "EXISTS { RETURN ", "1", " AS a }" },
        { "RETURN ", "COUNT { MATCH (n) WHERE ", "true", " }" },
        { "RETURN ", "COLLECT { RETURN ", "1", " AS a }" },
        { "RETURN ", "size(", "[]", ")" },
        { "RETURN ", "[x IN ", "[]", "| x]" },
        { "RETURN ", "all(x IN [1] WHERE ", "true", ")" },
        { "RETURN ", "reduce(a = 0, x IN [1] | ", "1", ")" },
        { "RETURN ", "[1][", "0", "]" },
        { "RETURN ", "[[1]][..", "0", "]" },
        { "RETURN ", "[(a)--(b) | ", "1", "]" },
        { "RETURN ", "exists((a {x: ", "1", "})--())" },
        { "MATCH (n:", "(", "A", ")" },
        { "MATCH (n:", "!", "A", "" },
        { "MATCH ", "(a WHERE ", "true", ")" },
        { "MATCH ", "shortestPath(", "(a)", ")" },
    };

    public static TheoryData<string, string, string> Long => new()
    {
        { "RETURN 1", " + 1", "" },
        { "RETURN 1", " - 1", "" },
        { "RETURN 1", " * 1", "" },
        { "RETURN 1", " ^ 1", "" },
        { "RETURN 1", " || 1", "" },
        { "RETURN 1", " < 1", "" },
        { "RETURN true", " AND true", "" },
        { "RETURN true", " OR true", "" },
        { "RETURN true", " XOR true", "" },
        { "RETURN 1", " IS NULL", "" },
        { "RETURN 1", " IN [1]", "" },
        { "WITH {} AS a RETURN a", ".a", "" },
        { "WITH {} AS a RETURN a", ".a", "(" },
        { "WITH [] AS a RETURN a", "[0]", "" },
        { "WITH [] AS a RETURN a", "[..1]", "" },
        { "MATCH (n) RETURN n", ":A", "" },
        { "MATCH (n", ":A", ") RETURN n" },
        { "MATCH (n:A", "|A", ") RETURN n" },
        { "MATCH (n:A", "&A", ") RETURN n" },
        { "MATCH ()-[:A", "|A", "]->() RETURN 1" },
        { "MATCH (n) WHERE true", " AND true", " RETURN n" },
        { "MATCH (n) WHERE n.n IS NOT NULL", " AND n.n >= 0", " RETURN n" },
        { "MATCH p = (a)-[*1..1]->(b) WHERE true", " AND all(r IN relationships(p) WHERE true)", " RETURN 1" },
        { "MATCH (n {n: 0", ", n: 0", "}) RETURN n" },
        { "MATCH ()", "--()", " RETURN 1" },
        { "MATCH (a)", ", (a)", " RETURN 1" },
        { "MATCH (a)-->(b)", ", (a)-->(b)", " RETURN 1" },
        { "", "MATCH (:C) ", "RETURN 1" },
        { "", "OPTIONAL MATCH (:C) ", "RETURN 1" },
        { "", "UNWIND [1] AS a WITH 1 AS b ", "RETURN 1" },
        { "", "WITH 1 AS a ", "RETURN a" },
        { "", "WITH DISTINCT 1 AS a, count(*) AS b ORDER BY a SKIP 0 LIMIT 1 WHERE true ", "RETURN 1" },
        { "", "CALL dbms.components() ", "RETURN 1" },
        { "RETURN 1 AS a", " UNION RETURN 1 AS a", "" },
        { "RETURN 1 AS a", " UNION ALL RETURN 1 AS a", "" },
        { "RETURN 1", ";", "" },
        { "RETURN 1", "/**/", "" },
        { "RETURN ", "1", "" },
        { "RETURN 1.", "1", "" },
        { "RETURN ", "a", "" },
        { "RETURN ", "/*", "" },
        { "RETURN ", "(", "" },
        { "RETURN ", ")", "" },
        { "RETURN ", "(]", "" },
        { "RETURN '", "\\", "" },
        { "RETURN `", "``", "" },
        { "RETURN \"", "'", "" },
        { "RETURN //", "a", "" },
        { "RETURN CASE", " WHEN false THEN 1", " END" },
        { "RETURN coalesce(1", ", 1", ")" },
        { "RETURN {a: 1", ", a: 1", "}" },
        { "WITH {} AS m RETURN m {.a", ", .a", "}" },
        { "RETURN [1", ", 1", "]" },
        { "RETURN [1", ", exists(()--())", "]" },
        { "RETURN count(*) AS a ORDER BY a", ", a", "" },
    };

    [Theory]
    [MemberData(nameof(Deep))]
    public void Nesting_is_refused_before_the_stack_ends(string start, string open, string inside, string close) => Refused(start + Repeat(open, Many) + inside + Repeat(close, Many));

    [Theory]
    [MemberData(nameof(Long))]
    public void Chains_and_repetitions_are_answered_or_refused(string start, string part, string end)
    {
        Answer(start + Repeat(part, Many) + end);
        Answer(start + Repeat(part, 900) + end);
        Answer(start + Repeat(part, (999_000 - start.Length - end.Length) / part.Length) + end);
    }

    [Fact]
    public void As_many_parts_as_are_allowed_run_on_a_small_stack()
    {
        Assert.Null(Answer(Repeat("WITH 1 AS a WHERE true ", 999) + "RETURN a"));
        Assert.Null(Answer(Repeat("OPTIONAL MATCH (:C) ", 499) + "RETURN 1"));
        Assert.Null(Answer("RETURN 1 AS a" + Repeat(" UNION ALL RETURN 1 AS a", 999)));
        Assert.Equal("Parts", Answer(Repeat("WITH 1 AS a ", 1000) + "RETURN a")?.Detail);
        Assert.Equal("Parts", Answer("MATCH ()" + Repeat("--()", 500) + " RETURN 1")?.Detail);
    }

    [Fact]
    public void A_text_that_is_too_long_is_not_read()
    {
        CypherException refused = TinyGraph.Refusal("RETURN '" + new string('a', 1_000_000) + "'");
        Assert.Equal(("LimitExceeded", "Text", ErrorPhase.CompileTime), (refused.Type, refused.Detail, refused.Phase));
        Assert.Equal(999_000, Assert.Single(TinyGraph.Run("RETURN '" + new string('a', 999_000) + "'").Rows)[0].Text.Length);
    }

    [Fact]
    public void Names_by_the_thousand_are_checked_in_time()
    {
        string names = string.Join(", ", Enumerable.Range(0, 30_000).Select(i => $"{i} AS a{i}"));
        Assert.Null(Answer($"RETURN {names}"));
        Assert.Null(Answer($"WITH {names} RETURN [{Repeat("[x IN [] | x], ", 20_000)}1]"));
        Assert.Null(Answer($"RETURN {{{string.Join(", ", Enumerable.Range(0, 50_000).Select(i => $"a{i}: 1"))}}} AS m"));
        Assert.Null(Answer($"WITH {{}} AS m RETURN m {{{string.Join(", ", Enumerable.Range(0, 50_000).Select(i => $"a{i}: 1"))}}}"));
        Assert.Null(Answer($"MATCH (a) WHERE {string.Join(" OR ", Enumerable.Range(0, 30_000).Select(i => $"a.x{i} = 1"))} RETURN a"));
        Assert.Equal("UndefinedVariable", Answer($"WITH {names} RETURN b1")?.Detail);
    }

    private static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();

    private static void Refused(string query)
    {
        CypherException? refused = Answer(query);
        Assert.NotNull(refused);
        Assert.True((refused.Type, refused.Detail) is ("LimitExceeded", "Depth") or ("SyntaxError", "UnexpectedSyntax"), refused.Message);
    }

    // On a thread with a third of the usual stack: an overflow would end the tests at once.
    private static CypherException? Answer(string query)
    {
        Exception? thrown = null;
        var thread = new Thread(
            () => thrown = Record.Exception(() => TinyGraph.Run(query, limits: new QueryLimits { Time = TimeSpan.FromSeconds(5), Rows = 10_000 })), 1 << 20);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        thread.Start();
        thread.Join();
        Assert.True(thrown is null or CypherException, thrown?.ToString());
        Assert.True(watch.Elapsed < Longest, $"{watch.Elapsed} for {query[..Math.Min(60, query.Length)]}");
        return (CypherException?)thrown;
    }
}
