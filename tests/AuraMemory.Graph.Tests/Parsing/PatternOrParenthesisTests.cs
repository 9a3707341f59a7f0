using AuraMemory.Graph.Query;
using static AuraMemory.Graph.Tests.Parsing.SyntaxTree;

namespace AuraMemory.Graph.Tests.Parsing;

/// <summary>A parenthesis may begin a pattern, and minus and less may be parts of an arrow: what follows the bracket decides.</summary>
public class PatternOrParenthesisTests
{
    private const string AToB = "(PathPattern _ All [(NodePattern a _ _ _) (NodePattern b _ _ _)] [(RelationshipPattern _ _ {0} _ _ _)])";

    [Theory]
    [InlineData("(a)--(b)", "Both")]
    [InlineData("(a)-->(b)", "Outgoing")]
    [InlineData("(a)<--(b)", "Incoming")]
    [InlineData("(a)<-->(b)", "Both")]
    [InlineData("(a)-[]-(b)", "Both")]
    [InlineData("(a)<-[]->(b)", "Both")]
    [InlineData("( a ) - - > ( b )", "Outgoing")]
    [InlineData("(a)/*-*/--(b)", "Both")]
    public void It_is_a_pattern(string expression, string direction) =>
        Assert.Equal($"(PatternPredicate {Path(direction)})", OfExpression(expression));

    [Theory]
    [InlineData("(a)", "a")]
    [InlineData("(a)-(b)", "(Subtract a b)")]
    [InlineData("(a)-1", "(Subtract a 1)")]
    [InlineData("(a)-b", "(Subtract a b)")]
    [InlineData("(a)<(b)", "(Comparison [a b] [Less])")]
    [InlineData("(a)<-(b)", "(Comparison [a (Negate b)] [Less])")]
    [InlineData("(a)<-b", "(Comparison [a (Negate b)] [Less])")]
    [InlineData("(a)<-1", "(Comparison [a -1] [Less])")]
    [InlineData("(a)>-1", "(Comparison [a -1] [Greater])")]
    [InlineData("(a)-[1][0]", "(Subtract a (Index (ListLiteral [1]) 0))")]
    [InlineData("(a)-[1]", "(Subtract a (ListLiteral [1]))")]
    [InlineData("(a)<-[1]", "(Comparison [a (Negate (ListLiteral [1]))] [Less])")]
    [InlineData("(a + 1)--b", "(Subtract (Add a 1) (Negate b))")]
    [InlineData("(a.b)--(c)", "(Subtract (Property a b) (Negate c))")]
    [InlineData("(1)--(2)", "(Subtract 1 (Negate 2))")]
    [InlineData("((a))--(b)", "(Subtract a (Negate b))")]
    [InlineData("(a:B)", "(HasLabels a :B)")]
    [InlineData("(a {.b})", "(MapProjection a [(MapProjectionItem b _)])")]
    [InlineData("[(a)-1]", "(ListLiteral [(Subtract a 1)])")]
    [InlineData("(a)-b-(c)", "(Subtract (Subtract a b) c)")]
    public void It_is_not(string expression, string tree) => Assert.Equal(tree, OfExpression(expression));

    [Theory]
    [InlineData("[(a)--(b)]", "(ListLiteral [(PatternPredicate PATH)])")]
    [InlineData("[(a)--(b), 1]", "(ListLiteral [(PatternPredicate PATH) 1])")]
    [InlineData("[(a)--(b) | 1]", "(PatternComprehension PATH _ 1)")]
    [InlineData("[(a)--(b) WHERE c | 1]", "(PatternComprehension PATH c 1)")]
    [InlineData("NOT (a)--(b)", "(Not (PatternPredicate PATH))")]
    [InlineData("NOT ((a)--(b))", "(Not (PatternPredicate PATH))")]
    [InlineData("(a)--(b) AND c", "(And (PatternPredicate PATH) c)")]
    [InlineData("exists((a)--(b))", "(Function exists no [(PatternPredicate PATH)])")]
    [InlineData("EXISTS { (a)--(b) }", "(Subquery Exists (Query Run [(SingleQuery [(Match no [PATH] _)])] []))")]
    [InlineData("COUNT { (a)--(b) WHERE c }", "(Subquery Count (Query Run [(SingleQuery [(Match no [PATH] c)])] []))")]
    [InlineData("CASE WHEN (a)--(b) THEN 1 END", "(Case _ [(CaseAlternative (PatternPredicate PATH) 1)] _)")]
    public void Patterns_stand_where_conditions_do(string expression, string tree) =>
        Assert.Equal(tree.Replace("PATH", Path("Both"), StringComparison.Ordinal), OfExpression(expression));

    [Theory]
    [InlineData("[x IN y | x]", "(ListComprehension x y _ x)")]
    [InlineData("[x IN y]", "(ListComprehension x y _ _)")]
    [InlineData("[x IN y WHERE x]", "(ListComprehension x y x _)")]
    [InlineData("[x IN y WHERE x:A | x]", "(ListComprehension x y (HasLabels x :A) x)")]
    [InlineData("[x IN y WHERE (x:A|B) | x]", "(ListComprehension x y (HasLabels x (LabelOr :A :B)) x)")]
    [InlineData("[x IN y WHERE any(z IN x WHERE z:A|B) | x]", "(ListComprehension x y (Quantifier Any z x (HasLabels z (LabelOr :A :B))) x)")]
    [InlineData("[x IN [y IN z | y] | x]", "(ListComprehension x (ListComprehension y z _ y) _ x)")]
    [InlineData("[(x IN y)]", "(ListLiteral [(In x y)])")]
    [InlineData("all(x IN y WHERE z)", "(Quantifier All x y z)")]
    [InlineData("all(x)", "(Function all no [x])")]
    [InlineData("reduce(a = 0, x IN y | a + x)", "(Reduce a 0 x y (Add a x))")]
    [InlineData("reduce(a)", "(Function reduce no [a])")]
    [InlineData("count(*)", "(CountAll)")]
    [InlineData("count(DISTINCT a)", "(Function count yes [a])")]
    [InlineData("count(distinct)", "(Function count no [distinct])")]
    [InlineData("count {.a}", "(MapProjection count [(MapProjectionItem a _)])")]
    [InlineData("exists.a", "(Property exists a)")]
    [InlineData("case", "case")]
    [InlineData("CASE a WHEN 1 THEN 2 ELSE 3 END", "(Case a [(CaseAlternative 1 2)] 3)")]
    [InlineData("null(1)", "(Function null no [1])")]
    [InlineData("a.b.c(1)", "(Function a.b.c no [1])")]
    [InlineData("shortestPath((a)-->(b))", "(ShortestPath (PathPattern _ Shortest [(NodePattern a _ _ _) (NodePattern b _ _ _)] [(RelationshipPattern _ _ Outgoing _ _ _)]))")]
    public void Names_are_keywords_only_in_their_places(string expression, string tree) => Assert.Equal(tree, OfExpression(expression));

    [Fact]
    public void A_keyword_that_begins_something_is_no_name() => Assert.Throws<CypherException>(() => OfExpression("case + 1"));

    private static string Path(string direction) => AToB.Replace("{0}", direction, StringComparison.Ordinal);
}
