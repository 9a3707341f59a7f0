namespace AuraMemory.Graph.Tests.Queries;

/// <summary>Values of functions and operators whose rules are easily got wrong; each is what a Neo4j 5.26 gives.</summary>
public class FunctionTests
{
    [Theory]
    [InlineData("toUpper('straße ﬃ ŉ ı')", "STRASSE FFI \u02BCN I")]
    [InlineData("toLower('ΟΔΟΣ ΣΑ Σ ΑΣ. ΑΣΑ')", "οδος σα σ ας. ασα")]
    [InlineData("size(toLower('\u0130'))", "2")]
    [InlineData("'[' + trim('\u2003\t a\u00A0 ') + ']'", "[a\u00A0]")]
    [InlineData("trim(BOTH 'x' FROM 'xaxx')", "a")]
    [InlineData("trim(LEADING FROM ' a') + trim(TRAILING 'x' FROM 'ax') + trim('y' FROM 'yay')", "aaa")]
    [InlineData("btrim('xyaxy', 'xy')", "a")]
    [InlineData("normalize('abc', NFKD) + normalize('é')", "abcé")]
    [InlineData("CASE 3 WHEN 1, 2 THEN 'a' WHEN > 2, IS NULL THEN 'b' END", "b")]
    [InlineData("CASE 'abc' WHEN STARTS WITH 'b' THEN 1 WHEN =~ 'a.*' THEN 2 END", "2")]
    [InlineData("CASE null WHEN null THEN 1 WHEN IS NULL THEN 2 END", "2")]
    [InlineData("coalesce(1, 1 / 0)", "1")]
    [InlineData("split('abcbd', ['', 'b', 'c'])", "[a, d]")]
    [InlineData("size(split('', ''))", "1")]
    [InlineData("round(1.25, 2, 'UNNECESSARY')", "1.25")]
    [InlineData("0x1_F + 1.5d", "32.5")]
    [InlineData("duration('PT14:37')", "PT14H37M")]
    [InlineData("datetime({year: 2020, timezone: 'utc+01:00'})", "2020-01-01T00:00+01:00[UTC+01:00]")]
    [InlineData("date('2015W3')", "2015-01-12")]
    [InlineData("{a: 1} < {a: 'x'}", "null")]
    [InlineData("{a: 1} < {a: 2}", "true")]
    [InlineData("{a: [1]} >= {a: 1}", "null")]
    [InlineData("{a: NaN} <= {a: NaN}", "null")]
    [InlineData("{a: 1, b: 1} < {c: 1}", "false")]
    [InlineData("1.5 / 0", "Infinity")]
    [InlineData("(-1) ^ Infinity", "NaN")]
    [InlineData("1 ^ NaN", "NaN")]
    [InlineData("NaN ^ 0", "1")]
    [InlineData("[1] || [2]", "[1, 2]")]
    [InlineData("'a' || null", "null")]
    [InlineData("date('2020-12-31')['quarterDay']", "92")]
    [InlineData("+duration('P1D')", "P1D")]
    [InlineData("round(1.25, 1.0, 'HALF_EVEN')", "1.2")]
    [InlineData("date.truncate('millennium') < date()", "true")]
    public void It_has_this_value(string expression, string value) => Assert.Equal(value, QueryBed.One(expression));

    [Theory]
    [InlineData("m.one IN m.one", "true")]
    [InlineData("[x IN m.one | x + 1]", "[2]")]
    [InlineData("any(x IN m.one WHERE x = 1)", "true")]
    [InlineData("reduce(s = 1, x IN m.one | s + x)", "2")]
    [InlineData("m.one[0..1]", "[1]")]
    [InlineData("tail(m.one)", "[]")]
    [InlineData("m.list AND true", "true")]
    [InlineData("m.empty OR false", "false")]
    [InlineData("NOT m.map", "false")]
    [InlineData("m.text AND false", "false")]
    [InlineData("m.text OR true", "true")]
    [InlineData("CASE WHEN m.empty THEN 1 ELSE 2 END", "2")]
    [InlineData("m.one =~ m.one", "null")]
    public void Of_a_value_whose_kind_the_text_does_not_tell(string expression, string value) =>
        Assert.Equal([value], QueryBed.Rows($"WITH {{one: 1, list: [0], empty: [], map: {{}}, text: 'a'}} AS m RETURN {expression}"));

    [Theory]
    [InlineData("WITH null AS n RETURN n / 0", "ArithmeticError")]
    [InlineData("WITH 1.5 AS n RETURN n / 0", "ArithmeticError")]
    [InlineData("WITH {a: 'x', b: 1} AS m RETURN m.a || m.b", "TypeError")]
    [InlineData("WITH {a: 'x'} AS m RETURN m.a AND true", "TypeError")]
    [InlineData("WITH {a: 'x'} AS m RETURN any(x IN [1] WHERE m.a)", "TypeError")]
    [InlineData("WITH {a: {}} AS m RETURN size(m.a)", "TypeError")]
    [InlineData("UNWIND [1, 'a'] AS x MATCH (x) RETURN x", "TypeError")]
    [InlineData("WITH {a: 1} AS m WITH m.a AS x OPTIONAL MATCH (x)-->(y) RETURN y", "TypeError")]
    [InlineData("WITH {a: 1} AS m WITH m.a AS x RETURN EXISTS { (x)-->() }", "TypeError")]
    [InlineData("RETURN date('x')", "SyntaxError")]
    [InlineData("RETURN duration('P1M') * 9223372036854775807", "ArgumentError")]
    [InlineData("RETURN date('2020-01-01') + duration({years: 2000000000})", "ArithmeticError")]
    [InlineData("RETURN normalize('A\u030A')", "NotSupported")]
    [InlineData("RETURN 1 || 2", "SyntaxError")]
    [InlineData("RETURN date() - 1", "SyntaxError")]
    [InlineData("RETURN abs(date())", "SyntaxError")]
    [InlineData("RETURN 1 =~ 'a'", "SyntaxError")]
    [InlineData("RETURN substring('a', 1.5)", "SyntaxError")]
    [InlineData("RETURN [1]['a']", "SyntaxError")]
    [InlineData("RETURN percentileCont(1, 1.5)", "SyntaxError")]
    [InlineData("RETURN [1][..]", "SyntaxError")]
    [InlineData("RETURN 017", "SyntaxError")]
    [InlineData("RETURN 1__0", "SyntaxError")]
    [InlineData("MATCH (n:A:B|C) RETURN n", "SyntaxError")]
    [InlineData("RETURN 1;;", "SyntaxError")]
    public void It_is_refused(string query, string type) => Assert.Equal(type, QueryBed.Error(query).Type);

    [Fact]
    public void Nested_cases_are_read_once()
    {
        string subject = "1";
        string then = "1";
        for (int i = 0; i < 60; i++)
        {
            subject = $"CASE {subject} WHEN > 0, IS NULL THEN 1 WHEN < 0 THEN 2 END";
            then = $"CASE 1 WHEN 1, 2 THEN {then} END";
        }

        Assert.Equal("1", QueryBed.One(subject));
        Assert.Equal("1", QueryBed.One(then));
    }

    [Fact]
    public void NaN_is_grouped_with_nothing() => Assert.Equal(["3"], QueryBed.Rows("UNWIND [NaN, NaN, 1, 1.0] AS x WITH DISTINCT x RETURN count(*)"));

    [Fact]
    public void Order_and_limits_are_clauses_too() => Assert.Equal(["3"], QueryBed.Rows("UNWIND [1, 3, 2] AS x ORDER BY x DESC LIMIT 1 RETURN x"));
}
