using System.Text.RegularExpressions;

namespace AuraMemory.Graph.Tests.Differential;

/// <summary>What one side makes of a query: a text that is in its only row, or a refusal of a class.</summary>
/// <param name="Row">The row; null = it is refused.</param>
/// <param name="Class">Class of the refusal.</param>
internal sealed record Expected(string? Row, string Class = "")
{
    /// <summary>Whether an answer is this.</summary>
    public bool Fits(Answer answer) => Row is null ? answer.Refusal?.Class == Class : answer.Refusal is null && answer.Rows.Count > 0 && Regex.IsMatch(answer.Rows[0], $"^(?:{Row})$");
}

/// <summary>A query that the embedded graph answers otherwise than Neo4j does, and why. docs/graph.md lists them for users.</summary>
/// <param name="Why">Why.</param>
/// <param name="Query">The query.</param>
/// <param name="Ours">What the embedded graph makes of it.</param>
/// <param name="Theirs">What Neo4j makes of it.</param>
internal sealed record MeantDifference(string Why, string Query, Expected Ours, Expected Theirs)
{
    private const string Exact = "An integer that leaves 64 bits is an error, never another number.";
    private const string Newer = "A function of later versions of Cypher.";
    private const string Tck = "The openCypher TCK asks for it.";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<MeantDifference> All { get; } =
    [
        new(Exact, "RETURN abs(-9223372036854775808)", Refused("arithmetic"), Gives("-9223372036854775808")),
        new(Exact, "UNWIND [9223372036854775807, 1] AS x RETURN sum(x)", Refused("arithmetic"), Gives("float 9.22.*")),
        new("Numbers are compared as they are, not as what is left of an integer in a float.", "RETURN 9007199254740993 = 9007199254740992.0", Gives("false"), Gives("true")),
        new("0.0 and -0.0 are one number, also beside integers.", "RETURN 0 <= -0.0", Gives("true"), Gives("false")),
        new("A float beyond 64 bits is its own rounding.", "RETURN round(1e300)", Gives("float 1E\\+300"), Gives("float 9.22.*")),
        new("A duration is not multiplied by what is no number.", "RETURN duration('P1D') * NaN", Refused("type"), Gives("Duration PT0S")),
        new(Newer, "RETURN ln(1)", Gives("float 0"), Refused("syntax")),
        new(Newer, "RETURN ceiling(1.5)", Gives("float 2"), Refused("syntax")),
        new(Newer, "RETURN sinh(0)", Gives("float 0"), Refused("syntax")),
        new(Newer, "RETURN cosh(0)", Gives("float 1"), Refused("syntax")),
        new(Newer, "RETURN tanh(0)", Gives("float 0"), Refused("syntax")),
        new(Tck, "MATCH (n {key: 'a'}) RETURN exists(n.age)", Gives("true"), Refused("syntax")),
        new(Tck, "MATCH (a {key: 'a'})-[r:KNOWS|:LIKES]->(b) RETURN count(*)", Gives("3"), Refused("syntax")),
        new(Tck, "RETURN 'abc'.x", Refused("type"), Refused("syntax")),
        new(Tck, "RETURN range(1.5, 2)", Refused("type"), Refused("syntax")),
        new("A relationship is not walked twice in a pattern, so that its name cannot stand twice (TCK).", "MATCH (a)-[r]->(b)-[r]->(c) RETURN count(*)", Refused("syntax"), Gives("0")),
        new("Types of variable-length relationships may be any expression.", "MATCH (a {key: 'a'})-[:!LIKES*1..1]->(b) RETURN count(*)", Gives("2"), Refused("syntax")),
        new("Conditions inside variable-length relationships.", "MATCH (a {key: 'a'})-[r:KNOWS*1..2 WHERE r.rid < 3]->(b) RETURN count(*)", Gives("2"), Refused("syntax")),
        new(Exact, "RETURN -9223372036854775808 / -1", Refused("arithmetic"), Gives("-9223372036854775808")),
        new("Normal forms need Unicode tables that the service runs without; it refuses what it cannot do.", "RETURN normalize('A\u030A') = '\u00C5'", Refused("NotSupported"), Gives("true")),
        new("Few of Java's expressions have no counterpart.", "RETURN 'a' =~ '\\\\X'", Refused("syntax"), Gives("true")),
        new("openCypher's grammar has predicates one after the other.", "RETURN 1 IN [1] IN [true]", Gives("true"), Refused("syntax")),
        new("The fewest digits that tell a float from others.", "RETURN toString(1.0E23)", Gives("\"1.0E23\""), Gives("\"9.999999999999999E22\"")),
        new("What toString() writes can be read.", "RETURN time('12:00:00+02:05:59')", Gives("Time 12:00:00\\+02:05:59"), Refused("syntax")),
        new(Exact, "RETURN datetime({epochSeconds: 9999999999999999})", Gives("DateTime \\+316889355-01-25T17:46:39Z"), Gives("DateTime -267664695-.*")),
        new(Exact, "RETURN duration({years: 9223372036854775807})", Refused("type"), Gives("Duration P-1Y")),
        new("A duration has no part that is no number.", "RETURN duration({days: NaN})", Refused("type"), Gives("Duration PT0S")),
        new("An operand is looked at also where it does not matter.", "UNWIND [1] AS a WITH [a, true][0] AS a RETURN a AND true", Refused("type"), Gives("1")),
        new("A sign is for numbers and what is like them.", "UNWIND ['a', 1] AS a RETURN +a", Refused("type"), Gives("\"a\"")),
        new("Properties within the relationship of a shortest path.", "MATCH p = shortestPath((a {key: 'a'})-[:KNOWS*1..3 {rid: 1}]->(b {key: 'b'})) RETURN length(p)", Gives("1"), Refused("syntax")),
        new("A type that is named twice is one type.", "MATCH ()-[:KNOWS|KNOWS]->() RETURN count(*)", Gives("5"), Gives("10")),
        new("A date has a year.", "RETURN date({ordinalDay: 60})", Refused("type"), Gives("Date 0000-02-29")),
        new("A stored list is a list.", "MATCH (n {key: 'd'}) RETURN reverse(n.numbers)", Gives("\\[3, 2, 1\\]"), Refused("type")),
        new("A property may be a map here.", "MATCH (n {key: 'a'}) RETURN keys(n.name)", Refused("type"), Refused("syntax")),
        new("The path from a node to itself is no error.", "MATCH (a {key: 'a'}), p = shortestPath((a)-[*0..]->(a)) RETURN length(p)", Gives("0"), Refused("type")),
        new("keys() are in the order in which they were stored.", "MATCH (n {key: 'a'}) RETURN keys(n)", Gives("\\[\"key\", \"name\", .*"), Gives("\\[(?!\"key\", \"name\").*")),
        new("Outside of the subset.", "CALL { RETURN 1 AS x } RETURN x", Refused("NotSupported"), Gives("1")),
        new("Outside of the subset.", "MATCH ((a)-[:KNOWS]->(b)){1,2} RETURN count(*)", Refused("NotSupported"), Gives("\\d+")),
        new("Outside of the subset.", "RETURN point({x: 1, y: 2}) IS NOT NULL", Refused("NotSupported"), Gives("true")),
        new("Outside of the subset.", "RETURN 1 IS :: INTEGER", Refused("NotSupported"), Gives("true")),
    ];

    private static Expected Gives(string row) => new(row);

    private static Expected Refused(string kind) => new(null, kind);
}
