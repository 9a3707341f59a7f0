using System.Text;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Graph.Tests.Queries;

/// <summary>Queries that nobody wrote: nothing but a <see cref="CypherException"/> ever comes out.</summary>
public class FuzzTests
{
    private const int Rounds = 6000;

    private static readonly string[] Tokens =
    [
        "MATCH", "OPTIONAL", "WHERE", "WITH", "RETURN", "UNWIND", "AS", "ORDER", "BY", "SKIP", "LIMIT", "DISTINCT", "UNION", "ALL", "CALL", "YIELD", "EXISTS", "COUNT", "COLLECT",
        "CASE", "WHEN", "THEN", "ELSE", "END", "AND", "OR", "XOR", "NOT", "IN", "STARTS", "ENDS", "CONTAINS", "IS", "NULL", "true", "false", "null", "shortestPath", "reduce", "all", "any",
        "(", ")", "[", "]", "{", "}", "-", "->", "<-", "--", "-->", "*", "..", "|", ":", "::", ",", ".", "=", "<>", "<", ">", "+", "/", "%", "^", "=~", "$p", "$", "&", "!", "`", "'", "\"",
        "n", "m", "r", "p", "x", ":Person", ":KNOWS", "1", "0", "-1", "1.5", "1e3", "0x1", "'a'", "[1]", "{a: 1}", "count(*)", "collect(n)", "size(", "range(1, 3)", "n.name", "date()", "//", "/*", "*/", ";", "\n", "\u00e9", "\ud83d\ude00",
    ];

    private static readonly string[] Seeds =
    [
        "MATCH (n:Person)-[r:KNOWS*1..2]->(m) WHERE n.age > 30 AND m.name STARTS WITH 'a' RETURN n.name AS name, count(*) AS c ORDER BY c DESC, name SKIP 0 LIMIT 10",
        "MATCH p = shortestPath((a {name: 'ann'})-[*]-(b)) WHERE a <> b RETURN [x IN nodes(p) | x.name] AS names, length(p)",
        "OPTIONAL MATCH (n)-->(m:Dog) WITH n, collect(m {.name, k: 1}) AS l UNWIND l AS x RETURN DISTINCT x.name, CASE WHEN x.k = 1 THEN 'a' ELSE null END",
        "MATCH (n) WHERE EXISTS { MATCH (n)-->(m) WHERE m.name = $p RETURN m } OR NOT (n)<--() RETURN reduce(s = 0, x IN range(1, 5) | s + x), all(x IN [1, 2] WHERE x > 0)",
        "CALL db.labels() YIELD label AS l WHERE l CONTAINS 'o' RETURN l UNION ALL MATCH (n) RETURN n.name AS l",
        "RETURN datetime('2020-01-01T00:00Z') + duration({days: 1}) AS d, date().year % 4 IN [0, 1], -1 ^ 2 < 3 <= 4, {a: [1, 2][0..1]}.a[-1]",
    ];

    [Fact]
    public void Token_soup()
    {
        var random = new Random(20261124);
        for (int i = 0; i < Rounds; i++)
        {
            var text = new StringBuilder(random.Next(2) == 0 ? "MATCH (n) RETURN " : "");
            for (int t = random.Next(1, 25); t > 0; t--)
            {
                text.Append(Tokens[random.Next(Tokens.Length)]).Append(random.Next(4) == 0 ? "" : " ");
            }

            Try(text.ToString());
        }
    }

    [Fact]
    public void Queries_with_something_lost_doubled_or_changed()
    {
        var random = new Random(20261125);
        for (int i = 0; i < Rounds; i++)
        {
            var text = new StringBuilder(Seeds[random.Next(Seeds.Length)]);
            for (int change = random.Next(1, 5); change > 0; change--)
            {
                int at = random.Next(text.Length);
                int length = Math.Min(random.Next(1, 8), text.Length - at);
                switch (random.Next(4))
                {
                    case 0:
                        text.Remove(at, length);
                        break;
                    case 1:
                        text.Insert(at, text.ToString(at, length));
                        break;
                    case 2:
                        text.Insert(at, Tokens[random.Next(Tokens.Length)]);
                        break;
                    default:
                        text[at] = (char)random.Next(1, 200);
                        break;
                }

                if (text.Length == 0)
                {
                    break;
                }
            }

            Try(text.ToString());
        }
    }

    private static void Try(string query)
    {
        PropertyGraph graph = QueryBed.Small();
        try
        {
            QueryBed.Run(query, graph, new QueryLimits { Time = TimeSpan.FromSeconds(1), Rows = 1000, Memory = 8 << 20, Text = 10_000 });
        }
        catch (CypherException)
        {
            // The way in which a query may fail.
        }
        catch (Exception e)
        {
            Assert.Fail($"{e.GetType().Name} ({e.Message}) of: {query}");
        }
    }
}
