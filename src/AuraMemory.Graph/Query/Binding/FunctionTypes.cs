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

    private static readonly Dictionary<string, (StaticKind[][] Arguments, StaticType Result)> Signatures = Build();

    /// <summary>Checks the arguments of a call and gives the type of its result.</summary>
    /// <exception cref="CypherException">An argument can never be what the function takes.</exception>
    public static StaticType Apply(FunctionExpression call, IReadOnlyList<StaticType> arguments)
    {
        string name = call.Name.ToLowerInvariant();
        if (Signatures.TryGetValue(name, out (StaticKind[][] Arguments, StaticType Result) signature))
        {
            for (int i = 0; i < Math.Min(arguments.Count, signature.Arguments.Length); i++)
            {
                if (signature.Arguments[i].Length > 0 && !arguments[i].MayBe(signature.Arguments[i]))
                {
                    throw Mismatch(call.Name + "()", signature.Arguments[i], arguments[i], call.Arguments[i].Position);
                }
            }

            if (name == "split" && arguments[1] is { Kind: StaticKind.List, Element: { } separator } && !separator.MayBe(Texts))
            {
                throw Mismatch("split()", Texts, separator, call.Arguments[1].Position);
            }

            return signature.Result;
        }

        return name switch
        {
            "collect" => StaticType.ListOf(arguments[0]),
            "min" or "max" => arguments[0],
            "head" or "last" => NeedList(call, arguments).Elements,
            "reverse" => Reversed(call, arguments[0]),
            "tail" => StaticType.ListOf(NeedList(call, arguments).Elements),
            "coalesce" => arguments.Aggregate(StaticType.Either),
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

    private static StaticType Reversed(FunctionExpression call, StaticType argument) =>
        !argument.MayBe(StaticKind.List, StaticKind.String) ? throw Mismatch("reverse()", [StaticKind.List, StaticKind.String], argument, call.Arguments[0].Position)
        : argument.IsUnknown ? new StaticType(StaticKind.String | StaticKind.List, argument.Elements)
        : argument;

    private static StaticType NeedList(FunctionExpression call, IReadOnlyList<StaticType> arguments) =>
        arguments[0].MayBe(Lists) ? arguments[0] : throw Mismatch(call.Name + "()", Lists, arguments[0], call.Arguments[0].Position);

    private static Dictionary<string, (StaticKind[][] Arguments, StaticType Result)> Build()
    {
        var map = new StaticType(StaticKind.Map);
        var real = new StaticType(StaticKind.Float);
        var node = new StaticType(StaticKind.Node);
        StaticKind[] integers = [StaticKind.Integer];
        StaticKind[] sums = [StaticKind.Number, StaticKind.Duration];
        var signatures = new Dictionary<string, (StaticKind[][], StaticType)>
        {
            ["id"] = ([Entities], StaticType.Integer),
            ["elementid"] = ([Entities], StaticType.Text),
            ["type"] = ([Relationships], StaticType.Text),
            ["labels"] = ([[StaticKind.Node]], StaticType.ListOf(StaticType.Text)),
            ["keys"] = ([Owners], StaticType.ListOf(StaticType.Text)),
            ["properties"] = ([Owners], map),
            ["startnode"] = ([Relationships], node),
            ["endnode"] = ([Relationships], node),
            ["length"] = ([Paths], StaticType.Integer),
            ["nodes"] = ([Paths], StaticType.ListOf(node)),
            ["relationships"] = ([Paths], StaticType.ListOf(new StaticType(StaticKind.Relationship))),
            ["size"] = ([[StaticKind.List, StaticKind.String]], StaticType.Integer),
            ["isempty"] = ([[StaticKind.List, StaticKind.String, .. Owners]], StaticType.Boolean),
            ["range"] = ([], StaticType.ListOf(StaticType.Integer)),
            ["count"] = ([], StaticType.Integer),
            ["sum"] = ([sums], StaticType.Length),
            ["avg"] = ([sums], StaticType.Length),
            ["valuetype"] = ([], StaticType.Text),
            ["tointeger"] = ([[StaticKind.Number, StaticKind.String, StaticKind.Boolean, StaticKind.List]], StaticType.Integer),
            ["tofloat"] = ([[StaticKind.Number, StaticKind.String]], real),
            ["toboolean"] = ([[StaticKind.Integer, StaticKind.String, StaticKind.Boolean]], StaticType.Boolean),
            ["tostring"] = ([[StaticKind.Number, StaticKind.String, StaticKind.Boolean, StaticKind.Moment, StaticKind.Duration]], StaticType.Text),
            ["tointegerlist"] = ([Lists], StaticType.ListOf(StaticType.Integer)),
            ["tofloatlist"] = ([Lists], StaticType.ListOf(real)),
            ["tobooleanlist"] = ([Lists], StaticType.ListOf(StaticType.Boolean)),
            ["tostringlist"] = ([Lists], StaticType.ListOf(StaticType.Text)),
            ["tointegerornull"] = ([], StaticType.Integer),
            ["tofloatornull"] = ([], real),
            ["tobooleanornull"] = ([], StaticType.Boolean),
            ["tostringornull"] = ([], StaticType.Text),
            ["exists"] = ([], StaticType.Boolean),
            ["isnan"] = ([Numbers], StaticType.Boolean),
            ["abs"] = ([Numbers], StaticType.Number),
            ["sign"] = ([Numbers], StaticType.Integer),
            ["timestamp"] = ([], StaticType.Integer),
            ["rand"] = ([], real),
            ["pi"] = ([], real),
            ["e"] = ([], real),
            ["split"] = ([Texts, [StaticKind.String, StaticKind.List]], StaticType.ListOf(StaticType.Text)),
            ["char_length"] = ([Texts], StaticType.Integer),
            ["character_length"] = ([Texts], StaticType.Integer),
            ["left"] = ([Texts, integers], StaticType.Text),
            ["right"] = ([Texts, integers], StaticType.Text),
            ["substring"] = ([Texts, integers, integers], StaticType.Text),
            ["replace"] = ([Texts, Texts, Texts], StaticType.Text),
            ["round"] = ([Numbers, Numbers, Texts], real),
            ["atan2"] = ([Numbers, Numbers], real),
            ["stdev"] = ([Numbers], real),
            ["stdevp"] = ([Numbers], real),
            ["percentilecont"] = ([Numbers, Numbers], StaticType.Number),
            ["percentiledisc"] = ([Numbers, Numbers], StaticType.Number),
            ["datetime.fromepoch"] = ([Numbers, Numbers], StaticType.Moment),
            ["datetime.fromepochmillis"] = ([Numbers], StaticType.Moment),
        };
        string[] ofNumbers =
        [
            "ceil", "ceiling", "floor", "sqrt", "exp", "log", "ln", "log10", "sin", "cos", "tan", "cot", "asin", "acos", "atan", "sinh", "cosh", "tanh", "degrees", "radians", "haversin",
        ];
        foreach (string name in ofNumbers)
        {
            signatures[name] = ([Numbers], real);
        }

        string[] ofTexts = ["toupper", "upper", "tolower", "lower", "trim", "ltrim", "rtrim", "btrim", "normalize"];
        foreach (string name in ofTexts)
        {
            signatures[name] = ([Texts, Texts, Texts], StaticType.Text);
        }

        foreach (string kind in new[] { "date", "localtime", "time", "localdatetime", "datetime" })
        {
            foreach (string form in new[] { "", ".transaction", ".statement", ".realtime" })
            {
                signatures[kind + form] = ([], StaticType.Moment);
            }

            signatures[kind + ".truncate"] = ([Texts, [], Owners], StaticType.Moment);
        }

        foreach (string form in new[] { "", ".between", ".inmonths", ".indays", ".inseconds" })
        {
            signatures["duration" + form] = ([], StaticType.Duration);
        }

        return signatures;
    }
}
