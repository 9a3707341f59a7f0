namespace AuraMemory.Graph.Tests.Queries;

/// <summary>Queries that look as if they were wrong, and what they give.</summary>
public class AcceptedTests
{
    [Theory]
    [InlineData("MATCH (n:Person) RETURN n.name ORDER BY n.age", "bob|ann")]
    [InlineData("MATCH (n:Person) RETURN n.name AS name ORDER BY n.age, name", "bob|ann")]
    [InlineData("MATCH (n:Person) RETURN DISTINCT n.name ORDER BY n.name DESC", "bob|ann")]
    [InlineData("MATCH (n:Person) RETURN n.age, n.age + count(*) AS c ORDER BY c", "30 31|40 41")]
    [InlineData("MATCH (n:Person) WITH n.age AS age, count(*) AS c ORDER BY n.age RETURN age", "30|40")]
    [InlineData("MATCH (n:Person) WITH n AS m WHERE n.age > 35 RETURN m.name", "ann")]
    [InlineData("WITH 1 AS x RETURN [x IN [2, 3] | x] AS l, x", "[2, 3] 1")]
    [InlineData("WITH [1, 2] AS l RETURN reduce(s = 0, x IN l | s + x) AS s", "3")]
    [InlineData("MATCH (n:Dog) WHERE exists((n)<--(:Person)) AND NOT (n)-->() RETURN n.name", "rex")]
    [InlineData("MATCH (n:Dog) RETURN exists((n)-->()) AS e", "False")]
    [InlineData("MATCH (n:Dog) RETURN CASE WHEN (n)<--() THEN 1 ELSE 2 END AS e", "1")]
    [InlineData("MATCH (a:Person {name: 'ann'}) RETURN COUNT { (a)-->() } AS c, EXISTS { (a)-[:LIKES]->(:Dog) } AS e", "2 True")]
    [InlineData("MATCH (a:Person) WHERE COUNT { MATCH (a)-[:KNOWS]->(b) WHERE b.age < a.age RETURN b } = 1 RETURN a.name", "ann")]
    [InlineData("MATCH (a:Dog) RETURN COLLECT { MATCH (a)<--(b) RETURN b.name ORDER BY b.name } AS names", "[ann, bob]")]
    [InlineData("MATCH (a:Person {name: 'ann'}) RETURN [(a)-[r]->(b) WHERE b:Dog | b.name] AS names", "[rex]")]
    [InlineData("MATCH (a:Person {name: 'ann'}) RETURN a {.name, .age, dogs: [(a)-->(d:Dog) | d.name]} AS m", "{name: ann, age: 40, dogs: [rex]}")]
    [InlineData("MATCH (n) WHERE n:Person|Dog AND NOT n:Dog RETURN count(*) AS c", "2")]
    [InlineData("MATCH (n:!Dog&%) RETURN count(*) AS c", "2")]
    [InlineData("MATCH (a)-[:KNOWS|:LIKES]->(b WHERE b.name = 'rex') RETURN count(*) AS c", "2")]
    [InlineData("MATCH (a:Person {name: 'ann'})-[r:KNOWS WHERE r.since > 2000]->(b) RETURN b.name", "bob")]
    [InlineData("MATCH p = shortestPath((a {name: 'ann'})-[*]-(b {name: 'rex'})) RETURN length(p) AS l", "1")]
    [InlineData("MATCH (a)-[*0..]->(b) WHERE a.name = 'rex' RETURN count(*) AS c", "1")]
    [InlineData("RETURN 1 AS a UNION RETURN 1 AS a", "1")]
    [InlineData("RETURN 1 AS a, 2 AS b UNION ALL RETURN 3 AS b, 4 AS a", "1 2|4 3")]
    [InlineData("MATCH (n:Person) RETURN n.name AS x ORDER BY x LIMIT 1 UNION ALL MATCH (n:Dog) RETURN n.name AS x LIMIT 1", "ann|rex")]
    [InlineData("UNWIND [1, 2] AS x RETURN x LIMIT 1 UNION ALL UNWIND [3, 4] AS x RETURN x LIMIT 1 UNION ALL RETURN 5 AS x", "1|3|5")]
    [InlineData("RETURN COLLECT { UNWIND [1, 2] AS x RETURN x LIMIT 0 UNION ALL RETURN 3 AS x } AS l", "[3]")]
    [InlineData("WITH 1 AS a, 2 AS b RETURN *, a + 1 AS a", "2 2")]
    [InlineData("MATCH (n:Person) WITH n.age AS age, count(*) AS c WHERE n.age > 30 AND count(*) = 1 RETURN age", "40")]
    [InlineData("MATCH (n:Person) WITH DISTINCT n AS m WHERE n.age > 30 RETURN m.name", "ann")]
    [InlineData("MATCH (n:Person) RETURN n['age'], n.age + count(*) AS c ORDER BY c", "30 31|40 41")]
    [InlineData("WITH [] AS rs MATCH (n:Dog) MATCH (a)-[rs*0..]->(b:Dog) RETURN a = n AS e", "True")]
    [InlineData("MATCH ()-[r:KNOWS]->() WITH [r, r] AS rs MATCH (a)-[rs*]-(b) RETURN a", "")]
    [InlineData("RETURN 1 < 2 < 3 AS a, 3 > 2 >= 2 AS b, -2 ^ 2 AS c, 2 + 3 * 4 AS d", "True True 4 14")]
    [InlineData("RETURN -9223372036854775808 AS least, 0x1F AS h, 0o17 AS o, 1_000 AS t, .5 AS f", "-9223372036854775808 31 15 1000 0.5")]
    [InlineData("WITH {match: 1, `a b`: 2} AS return RETURN return.match + return.`a b` AS order", "3")]
    [InlineData("MATCH (match:Person) WHERE match.name = 'ann' RETURN match.name AS where", "ann")]
    [InlineData("UNWIND null AS x RETURN x", "")]
    [InlineData("UNWIND [[1, 2], [3]] AS l UNWIND l AS x RETURN x", "1|2|3")]
    [InlineData("OPTIONAL MATCH (n:None) RETURN n, n.x AS x, labels(n) AS l", "null null null")]
    [InlineData("MATCH (n:Person) RETURN count(n.none) AS none, count(*) AS all, collect(n.none) AS l", "0 2 []")]
    [InlineData("CALL db.labels()", "Person|Dog")]
    [InlineData("CALL db.labels() YIELD label AS l WHERE l STARTS WITH 'D' RETURN l", "Dog")]
    [InlineData("CALL gds.degree.stream('*') YIELD node, score WHERE score > 0 RETURN count(*) AS c", "2")]
    [InlineData("EXPLAIN MATCH (n) RETURN n", "")]
    [InlineData("// a comment\nRETURN /* and another */ 1 AS x;", "1")]
    public void It_is_answered(string query, string rows) =>
        Assert.Equal(rows.Length == 0 ? [] : rows.Split('|'), QueryBed.Rows(query).Select(r => r.Replace("true", "True", StringComparison.Ordinal).Replace("false", "False", StringComparison.Ordinal)));

    [Fact]
    public void Columns_have_the_names_that_were_written() =>
        Assert.Equal(["n . name", "COUNT( * )", "1+1", "x"], QueryBed.Run("MATCH (n) RETURN n . name, COUNT( * ), 1+1, 2 AS x").Columns);
}
