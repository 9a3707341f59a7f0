using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Query.Binding;

/// <summary>Types of the arguments and results of functions, where a query that breaks them is refused before it runs.</summary>
internal static class FunctionTypes
{
    private static readonly StaticKind[] Numbers = [StaticKind.Number];
    private static readonly StaticKind[] Texts = [StaticKind.String];
    private static readonly StaticKind[] Entities = [StaticKind.Node, StaticKind.Relationship];
    private static readonly StaticKind[] Owners = [StaticKind.Node, StaticKind.Relationship, StaticKind.Map];
    private static readonly StaticKind[] Relationships = [StaticKind.Relationship];
    private static readonly StaticKind[] Paths = [StaticKind.Path];
    private static readonly StaticKind[] Lists = [StaticKind.List];

    private static readonly Dictionary<string, (StaticKind[] First, StaticType Result)> Signatures = Build();

    /// <summary>Checks the first argument of a call and gives the type of its result.</summary>
    /// <exception cref="CypherException">The argument can never be what the function takes.</exception>
    public static StaticType Apply(FunctionExpression call, IReadOnlyList<StaticType> arguments)
    {
        string name = call.Name.ToLowerInvariant();
        if (Signatures.TryGetValue(name, out (StaticKind[] First, StaticType Result) signature))
        {
            if (arguments.Count > 0 && signature.First.Length > 0 && !arguments[0].MayBe(signature.First))
            {
                throw Mismatch(call.Name + "()", signature.First, arguments[0], call.Arguments[0].Position);
            }

            return signature.Result;
        }

        return name switch
        {
            "collect" => StaticType.ListOf(arguments[0]),
            "min" or "max" => arguments[0],
            "head" or "last" when NeedList(call, arguments) is { Element: { } element } => element,
            "tail" => NeedList(call, arguments),
            "coalesce" => arguments.Aggregate(StaticType.Common),
            _ => StaticType.Any,
        };
    }

    /// <summary>The refusal of an argument.</summary>
    public static CypherException Mismatch(string what, ReadOnlySpan<StaticKind> expected, StaticType found, TextPosition position)
    {
        string list = "";
        for (int i = 0; i < expected.Length; i++)
        {
            list += (i == 0 ? "" : i == expected.Length - 1 ? " or " : ", ") + new StaticType(expected[i]);
        }

        return CypherException.Syntax("InvalidArgumentType", $"{what} takes {list}, not {found}.", position);
    }

    private static StaticType NeedList(FunctionExpression call, IReadOnlyList<StaticType> arguments) =>
        arguments[0].MayBe(Lists) ? arguments[0] : throw Mismatch(call.Name + "()", Lists, arguments[0], call.Arguments[0].Position);

    private static Dictionary<string, (StaticKind[] First, StaticType Result)> Build()
    {
        var map = new StaticType(StaticKind.Map);
        var real = new StaticType(StaticKind.Float);
        var node = new StaticType(StaticKind.Node);
        var signatures = new Dictionary<string, (StaticKind[], StaticType)>
        {
            ["id"] = (Entities, StaticType.Integer),
            ["elementid"] = (Entities, StaticType.Text),
            ["type"] = (Relationships, StaticType.Text),
            ["labels"] = ([StaticKind.Node], StaticType.ListOf(StaticType.Text)),
            ["keys"] = (Owners, StaticType.ListOf(StaticType.Text)),
            ["properties"] = (Owners, map),
            ["startnode"] = (Relationships, node),
            ["endnode"] = (Relationships, node),
            ["length"] = (Paths, StaticType.Integer),
            ["nodes"] = (Paths, StaticType.ListOf(node)),
            ["relationships"] = (Paths, StaticType.ListOf(new StaticType(StaticKind.Relationship))),
            ["size"] = ([StaticKind.List, StaticKind.String], StaticType.Integer),
            ["isempty"] = ([StaticKind.List, StaticKind.String, StaticKind.Map], StaticType.Boolean),
            ["reverse"] = ([StaticKind.List, StaticKind.String], StaticType.Any),
            ["range"] = ([], StaticType.ListOf(StaticType.Integer)),
            ["count"] = ([], StaticType.Integer),
            ["tointeger"] = ([], StaticType.Integer),
            ["tofloat"] = ([], real),
            ["toboolean"] = ([], StaticType.Boolean),
            ["tostring"] = ([], StaticType.Text),
            ["exists"] = ([], StaticType.Boolean),
            ["isnan"] = (Numbers, StaticType.Boolean),
            ["abs"] = (Numbers, StaticType.Number),
            ["sign"] = (Numbers, StaticType.Integer),
            ["timestamp"] = ([], StaticType.Integer),
            ["rand"] = ([], real),
            ["pi"] = ([], real),
            ["e"] = ([], real),
            ["split"] = (Texts, StaticType.ListOf(StaticType.Text)),
            ["char_length"] = (Texts, StaticType.Integer),
            ["character_length"] = (Texts, StaticType.Integer),
            ["stdev"] = (Numbers, real),
            ["stdevp"] = (Numbers, real),
            ["percentilecont"] = (Numbers, real),
            ["percentiledisc"] = (Numbers, StaticType.Number),
        };
        string[] ofNumbers =
        [
            "ceil", "ceiling", "floor", "round", "sqrt", "exp", "log", "ln", "log10", "sin", "cos", "tan", "cot", "asin", "acos", "atan", "atan2", "sinh", "cosh",
            "tanh", "degrees", "radians", "haversin",
        ];
        foreach (string name in ofNumbers)
        {
            signatures[name] = (Numbers, real);
        }

        string[] ofTexts = ["toupper", "upper", "tolower", "lower", "trim", "ltrim", "rtrim", "btrim", "left", "right", "substring", "replace", "normalize"];
        foreach (string name in ofTexts)
        {
            signatures[name] = (Texts, StaticType.Text);
        }

        return signatures;
    }
}
