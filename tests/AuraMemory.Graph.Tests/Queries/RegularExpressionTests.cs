using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Queries;

/// <summary><c>=~</c>, by what Java's expressions have and .NET's have not, or have otherwise.</summary>
public class RegularExpressionTests
{
    [Theory]
    [InlineData("a++b", "aab", true)]
    [InlineData("a*+a", "aaa", false)]
    [InlineData(@"\Qa.b\E+", "a.bb", true)]
    [InlineData(@"\Qa.b\E", "axb", false)]
    [InlineData("[a-z&&[^b]]+", "acz", true)]
    [InlineData("[a-z&&[^b]]+", "abz", false)]
    [InlineData("[a-c[x-z]]+", "ay", true)]
    [InlineData("[^a[b]]", "c", true)]
    [InlineData(@"\h\H", "\ta", true)]
    [InlineData(@"\R", "\r\n", true)]
    [InlineData(@"\R\R", "\r\n", false)]
    [InlineData(@"\w", "é", false)]
    [InlineData(@"(?U)\w", "é", true)]
    [InlineData(@"\d", "٣", false)]
    [InlineData("(?i)É", "é", false)]
    [InlineData("(?iu)É", "é", true)]
    [InlineData("(?iu)[a-z]", "ſ", true)]
    [InlineData(@"\p{Alpha}\p{Punct}", "a!", true)]
    [InlineData(@"\p{Alpha}", "é", false)]
    [InlineData(@"\p{IsLatin}+", "Émile", true)]
    [InlineData(@"\p{javaLowerCase}", "é", true)]
    [InlineData(".", "𝒳", true)]
    [InlineData("..", "𝒳", false)]
    [InlineData("[^a]", "𝒳", true)]
    [InlineData("𝒳{2}", "𝒳𝒳", true)]
    [InlineData(@"[\x{1D400}-\x{1D7FF}]", "𝒳", true)]
    [InlineData("a.b", "a\u2028b", false)]
    [InlineData("(?s)a.b", "a\u2028b", true)]
    [InlineData(@"(a)(b)?\2", "a", false)]
    [InlineData(@"(?<x>a)(b)\2\k<x>", "abba", true)]
    [InlineData(@"(a)\2", "a", false)]
    [InlineData("(?x) a b # c", "ab", true)]
    [InlineData("a(?i)b", "aB", true)]
    [InlineData("(?:(?i)a)b", "AB", false)]
    [InlineData("^a$|^b$", "b", true)]
    [InlineData(@"\P{L}", "\n", true)]
    public void It_takes_what_Javas_do(string expression, string text, bool takes) =>
        Assert.Equal(takes, TinyGraph.Evaluate("$text =~ $expression", TinyGraph.With(("text", Value.Of(text)), ("expression", Value.Of(expression)))).Boolean);

    [Theory]
    [InlineData("a{")]
    [InlineData("{")]
    [InlineData("a**")]
    [InlineData("a{2,1}")]
    [InlineData("(?'n'a)")]
    [InlineData("(?#c)a")]
    [InlineData("(?<a>a)(?<a>b)")]
    [InlineData(@"\k<n>(?<n>a)")]
    [InlineData("[]")]
    [InlineData("[z-a]")]
    [InlineData("a)")]
    [InlineData(@"\X")]
    [InlineData(@"\p{Nothing}")]
    [InlineData(@"\")]
    public void It_refuses_what_is_none(string expression)
    {
        string message = TinyGraph.Refusal("RETURN 'a' =~ $e", TinyGraph.With(("e", Value.Of(expression)))).Message;
        Assert.Contains("at character", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("[a&&[")]
    [InlineData("(?i")]
    [InlineData("a{1}")]
    public void What_is_nested_or_long_beyond_sense_is_refused_or_read(string part)
    {
        foreach (int times in (int[])[700, 100_000])
        {
            MapValue parameters = TinyGraph.With(("e", Value.Of(string.Concat(Enumerable.Repeat(part, times)))));
            Assert.Equal("InvalidArgumentValue", TinyGraph.Refusal("RETURN 'a' =~ ($e + '(')", parameters).Detail);
        }
    }

    [Theory]
    [InlineData("", @"\b", "")]
    [InlineData("", ".", "")]
    [InlineData("(?U)", @"\w", "")]
    [InlineData("(?iu)", @"[\x{0}-\x{10FFFF}]", "")]
    [InlineData("(?iu)[", @"\x{0}-\x{10FFFF}", "]")]
    [InlineData("(?U)[", @"\w\W", "]")]
    [InlineData("(?iu)", "k", "")]
    [InlineData("(?iu)[", "k", "]")]
    [InlineData("[", @"[^a]&&", "a]")]
    public void However_much_stands_in_an_expression_it_is_soon_read_or_refused(string before, string part, string after)
    {
        string expression = before + string.Concat(Enumerable.Repeat(part, (4096 - before.Length - after.Length) / part.Length)) + after;
        TimeSpan began = ThreadClock.Now;
        try
        {
            TinyGraph.Evaluate("$text =~ $expression", TinyGraph.With(("text", Value.Of("a\U0001F600")), ("expression", Value.Of(expression))));
        }
        catch (CypherException e)
        {
            Assert.True(e.Detail is "InvalidArgumentValue" or "Time", e.Message);
        }

        Assert.True(ThreadClock.Now - began < TimeSpan.FromSeconds(10), $"It took {ThreadClock.Now - began}.");
    }

    [Fact]
    public void A_class_of_as_many_characters_as_may_be_is_soon_read()
    {
        string expression = "[" + string.Concat(Enumerable.Range(0, JavaPattern.MostText - 2).Select(i => (char)(0x4E00 + (2 * ((i * 1571) % 4096))))) + "]";
        TimeSpan began = ThreadClock.Now;
        Assert.True(TinyGraph.Evaluate("$text =~ $expression", TinyGraph.With(("text", Value.Of("\u4E00")), ("expression", Value.Of(expression)))).Boolean);
        Assert.True(ThreadClock.Now - began < TimeSpan.FromSeconds(10), $"It took {ThreadClock.Now - began}.");
    }
}
