namespace AuraMemory.Graph.Tests.Differential;

/// <summary>What an expression gives.</summary>
internal enum Shape
{
    Integer,
    Float,
    Text,
    Truth,
    Numbers,
    Date,
    Instant,
    Length,
    Mixed,
    Node,
    Relationship,
}

/// <summary>Writes random expressions of a shape over variables. They have a value, or null, whatever the graph holds: what can fail is only written when asked for.</summary>
/// <param name="random">Chooses.</param>
/// <param name="mayFail">Whether an operand may be of any shape.</param>
internal sealed class RandomExpression(Random random, bool mayFail)
{
    private static readonly Shape[] Values = [Shape.Integer, Shape.Float, Shape.Text, Shape.Truth, Shape.Numbers, Shape.Date, Shape.Instant, Shape.Length, Shape.Mixed];
    private readonly List<(string Name, Shape Shape)> _variables = [];
    private int _names;

    /// <summary>Variables that can be used.</summary>
    public IReadOnlyList<(string Name, Shape Shape)> Variables => _variables;

    /// <summary>A name that was not given yet.</summary>
    public string NewName(string prefix) => $"{prefix}{_names++}";

    /// <summary>Makes a variable usable.</summary>
    public void Declare(string name, Shape shape) => _variables.Add((name, shape));

    /// <summary>Takes variables back.</summary>
    public void Keep(IReadOnlyCollection<string> names) => _variables.RemoveAll(v => !names.Contains(v.Name));

    /// <summary>A shape that a value, which is no entity, can have.</summary>
    public Shape AnyShape() => Values[random.Next(Values.Length)];

    /// <summary>An expression.</summary>
    public string Of(Shape shape, int depth)
    {
        if (mayFail && random.Next(8) == 0)
        {
            shape = AnyShape();
        }

        return depth <= 0 || random.Next(5) == 0 ? Leaf(shape) : shape switch
        {
            Shape.Integer => Integer(depth - 1),
            Shape.Float => Pick($"({Of(Shape.Integer, depth - 1)} * 0.5)", $"toFloat({Of(Shape.Integer, depth - 1)})", $"sqrt(abs({Of(Shape.Float, depth - 1)}))", $"-({Of(Shape.Float, depth - 1)})",
                $"({Of(Shape.Float, depth - 1)} + {Of(Shape.Integer, depth - 1)})", $"round({Of(Shape.Integer, depth - 1)} / 2.0, 1)", $"abs({Of(Shape.Float, depth - 1)})", $"({Of(Shape.Float, depth - 1)} - {Of(Shape.Float, depth - 1)})"),
            Shape.Text => Text(depth - 1),
            Shape.Truth => Truth(depth - 1),
            Shape.Numbers => Numbers(depth - 1),
            Shape.Date => Pick($"({Of(Shape.Date, depth - 1)} + {Of(Shape.Length, depth - 1)})", $"date.truncate('month', coalesce({Of(Shape.Date, 0)}, date('2020-05-05')))", $"date({Of(Shape.Date, depth - 1)})", $"({Of(Shape.Date, depth - 1)} - duration('P1M'))"),
            Shape.Instant => Pick($"({Of(Shape.Instant, depth - 1)} + {Of(Shape.Length, depth - 1)})", $"datetime({Of(Shape.Instant, depth - 1)})", $"({Of(Shape.Instant, depth - 1)} - duration('PT1H'))"),
            Shape.Length => Pick($"({Of(Shape.Length, depth - 1)} + {Of(Shape.Length, depth - 1)})", $"({Of(Shape.Length, depth - 1)} * 2)", $"duration.between({Of(Shape.Date, depth - 1)}, {Of(Shape.Date, depth - 1)})", $"duration.inDays({Of(Shape.Date, 0)}, {Of(Shape.Date, 0)})"),
            _ => Leaf(shape),
        };
    }

    private string Integer(int d) => random.Next(20) switch
    {
        0 => $"({Of(Shape.Integer, d)} + {Of(Shape.Integer, d)})",
        1 => $"({Of(Shape.Integer, d)} - {Of(Shape.Integer, d)})",
        2 => $"({Of(Shape.Integer, d)} * {Leaf(Shape.Integer)})",
        3 => $"({Of(Shape.Integer, d)} / {random.Next(1, 4)})",
        4 => $"({Of(Shape.Integer, d)} % {random.Next(1, 4)})",
        5 => $"size({Of(Shape.Text, d)})",
        6 => $"size({Of(Shape.Numbers, d)})",
        7 => $"abs({Of(Shape.Integer, d)})",
        8 => $"sign({Of(Shape.Integer, d)})",
        9 => $"coalesce({Of(Shape.Integer, d)}, {Of(Shape.Integer, d)})",
        10 => $"CASE WHEN {Of(Shape.Truth, d)} THEN {Of(Shape.Integer, d)} ELSE {Of(Shape.Integer, d)} END",
        11 => $"CASE {Of(Shape.Integer, d)} WHEN 1 THEN 2 WHEN 2, 3 THEN 5 END",
        12 => $"reduce(acc = 0, x IN {Of(Shape.Numbers, d)} | acc + x)",
        13 => $"toInteger({Of(Shape.Text, d)})",
        14 => $"{Of(Shape.Numbers, d)}[{random.Next(-2, 3)}]",
        15 => $"{Of(Shape.Date, d)}.{Pick("year", "month", "day", "weekYear", "dayOfWeek", "ordinalDay", "quarter")}",
        16 => $"head({Of(Shape.Numbers, d)})",
        17 when Entity(Shape.Node) is { } node => Pick($"COUNT {{ ({node})-->() }}", $"COUNT {{ MATCH ({node})--(y) WHERE y.i > 0 }}", $"size([({node})--(y) | y.i])", $"size(labels({node}))", $"size(keys({node}))"),
        18 => $"last({Of(Shape.Numbers, d)})",
        _ => $"nullIf({Of(Shape.Integer, d)}, {Leaf(Shape.Integer)})",
    };

    private string Text(int d) => random.Next(14) switch
    {
        0 => $"({Of(Shape.Text, d)} + {Of(Shape.Text, d)})",
        1 => $"toUpper({Of(Shape.Text, d)})",
        2 => $"toLower({Of(Shape.Text, d)})",
        3 => $"substring({Of(Shape.Text, d)}, {random.Next(3)}, {random.Next(3)})",
        4 => $"left({Of(Shape.Text, d)}, {random.Next(3)})",
        5 => $"right({Of(Shape.Text, d)}, {random.Next(3)})",
        6 => $"replace({Of(Shape.Text, d)}, 'a', {Of(Shape.Text, d)})",
        7 => $"reverse({Of(Shape.Text, d)})",
        8 => $"trim({Of(Shape.Text, d)})",
        9 => $"toString({Of(Pick(Shape.Integer, Shape.Float, Shape.Truth, Shape.Date, Shape.Length, Shape.Instant), d)})",
        10 => $"coalesce({Of(Shape.Text, d)}, 'none')",
        11 => $"split({Of(Shape.Text, d)}, 'a')[0]",
        12 => $"valueType({Of(AnyShape(), d)})",
        _ => $"({Of(Shape.Text, d)} || {Of(Shape.Text, d)})",
    };

    private string Truth(int d) => random.Next(18) switch
    {
        0 => $"({Of(Shape.Truth, d)} AND {Of(Shape.Truth, d)})",
        1 => $"({Of(Shape.Truth, d)} OR {Of(Shape.Truth, d)})",
        2 => $"({Of(Shape.Truth, d)} XOR {Of(Shape.Truth, d)})",
        3 => $"(NOT {Of(Shape.Truth, d)})",
        4 => $"({Of(Shape.Integer, d)} {Comparison()} {Of(Shape.Float, d)})",
        5 => $"({Of(Shape.Text, d)} {Comparison()} {Of(Shape.Text, d)})",
        6 => $"({Of(AnyShape(), d)} {Comparison()} {Of(AnyShape(), d)})",
        7 => $"({Of(Shape.Integer, d)} IN {Of(Shape.Numbers, d)})",
        8 => $"({Of(Shape.Text, d)} {Pick("STARTS WITH", "ENDS WITH", "CONTAINS")} {Of(Shape.Text, d)})",
        9 => $"({Of(AnyShape(), d)} IS {Pick("", "NOT ")}NULL)",
        10 => $"{Pick("all", "any", "none", "single")}(x IN {Of(Shape.Numbers, d)} WHERE x {Comparison()} {Of(Shape.Integer, d)})",
        11 => $"({Of(Shape.Integer, d)} < {Of(Shape.Integer, d)} <= {Of(Shape.Float, d)})",
        12 => $"({Of(Shape.Text, d)} =~ {Pick("'a.*'", "'[ab]+'", "'(?i)A'", "''")})",
        13 when Entity(Shape.Node) is { } node => Pick(
            $"({node})-[:R]->()", $"exists(({node})<--(:A))", $"EXISTS {{ ({node})-[r]->() WHERE r.i > 0 }}", $"EXISTS {{ MATCH ({node})-->(y) RETURN y }}", $"{node}:A", $"{node}:A|B", $"{node}:!A&B"),
        14 => $"isEmpty({Of(Pick(Shape.Text, Shape.Numbers), d)})",
        15 => $"({Of(Shape.Date, d)} {Comparison()} {Of(Shape.Date, d)})",
        16 => $"({Of(Shape.Instant, d)} {Comparison()} {Of(Shape.Instant, d)})",
        _ => $"({Of(Shape.Numbers, d)} {Comparison()} {Of(Shape.Numbers, d)})",
    };

    private string Numbers(int d) => random.Next(8) switch
    {
        0 => $"[{Of(Shape.Integer, d)}, {Of(Shape.Integer, d)}]",
        1 => $"[x IN {Of(Shape.Numbers, d)} WHERE x > 0 | x + {Of(Shape.Integer, d)}]",
        2 => $"({Of(Shape.Numbers, d)} + {Of(Shape.Numbers, d)})",
        3 => $"tail({Of(Shape.Numbers, d)})",
        4 => $"{Of(Shape.Numbers, d)}[{random.Next(-2, 2)}..{random.Next(-1, 4)}]",
        5 => $"range(0, {random.Next(4)})",
        6 => $"reverse([e IN {Of(Shape.Numbers, d)} | e])",
        _ => $"({Of(Shape.Numbers, d)} + {Of(Shape.Integer, d)})",
    };

    private string Leaf(Shape shape)
    {
        string[] named = [.. _variables.Where(v => v.Shape == shape).Select(v => v.Name)];
        if (named.Length > 0 && random.Next(2) == 0)
        {
            return named[random.Next(named.Length)];
        }

        if (shape is not (Shape.Node or Shape.Relationship) && random.Next(3) > 0 && Entity(random.Next(2) == 0 ? Shape.Node : Shape.Relationship) is { } entity)
        {
            return $"{entity}.{Key(shape)}";
        }

        return shape switch
        {
            Shape.Integer => Pick("0", "1", "2", "-1", "3", "null"),
            Shape.Float => Pick("0.5", "1.5", "-2.25", "1e3", "NaN", "null"),
            Shape.Text => Pick("'a'", "''", "'ab'", "\"é\"", "'B'", "null"),
            Shape.Truth => Pick("true", "false", "null"),
            Shape.Numbers => Pick("[]", "[1, 2]", "[0, null]", "[2]", "null"),
            Shape.Date => Pick("date('2020-01-31')", "date({year: 2019, month: 12})", "date('2000-02-29')"),
            Shape.Instant => Pick("datetime('2020-01-31T10:00:00Z')", "datetime('2020-06-30T10:00:00+02:00[Europe/Paris]')"),
            Shape.Length => Pick("duration('P1D')", "duration('P1MT1S')", "duration({hours: 2})"),
            Shape.Mixed => Pick("1", "'a'", "1.5", "true", "null"),
            _ => "null",
        };
    }

    private static string Key(Shape shape) => shape switch
    {
        Shape.Integer => "i",
        Shape.Float => "f",
        Shape.Text => "s",
        Shape.Truth => "b",
        Shape.Numbers => "l",
        Shape.Date => "d",
        Shape.Instant => "t",
        Shape.Length => "u",
        _ => "m",
    };

    /// <summary>A variable of a shape; null when there is none.</summary>
    public string? Entity(Shape shape)
    {
        string[] named = [.. _variables.Where(v => v.Shape == shape).Select(v => v.Name)];
        return named.Length == 0 ? null : named[random.Next(named.Length)];
    }

    private string Comparison() => Pick("=", "<>", "<", "<=", ">", ">=");

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
