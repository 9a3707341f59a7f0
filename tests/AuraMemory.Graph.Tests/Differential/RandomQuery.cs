namespace AuraMemory.Graph.Tests.Differential;

/// <summary>Writes random queries whose answers do not depend on what Cypher leaves open: in which order rows come without <c>ORDER BY</c>, elements are collected, and conditions are tried.</summary>
internal sealed class RandomQuery
{
    private readonly Random _random;
    private readonly RandomExpression _expressions;
    private readonly List<string> _clauses = [];

    private RandomQuery(Random random, bool mayFail)
    {
        _random = random;
        _expressions = new RandomExpression(random, mayFail);
    }

    /// <summary>A query that has an answer.</summary>
    public static string Answered(Random random)
    {
        var query = new RandomQuery(random, mayFail: false);
        int clauses = random.Next(1, 4);
        for (int i = 0; i < clauses; i++)
        {
            query.Reading();
        }

        query.Return();
        return string.Join(' ', query._clauses);
    }

    /// <summary>A query that may well be refused. It has one place where it can fail, so that both sides fail there.</summary>
    public static string Doubtful(Random random)
    {
        var query = new RandomQuery(random, mayFail: true);
        string shown = query._expressions.Of(query._expressions.AnyShape(), 3);
        return $"RETURN {shown} AS x";
    }

    private void Reading()
    {
        switch (_random.Next(8))
        {
            case 0:
                string element = _expressions.NewName("u");
                _clauses.Add($"UNWIND {_expressions.Of(Shape.Numbers, 2)} AS {element}");
                _expressions.Declare(element, Shape.Integer);
                break;
            case 1:
                With();
                break;
            case 2:
                Match("OPTIONAL MATCH");
                break;
            default:
                Match("MATCH");
                break;
        }
    }

    private void Match(string word)
    {
        var declared = new List<(string, Shape)>();
        string path = Node(declared);
        int steps = _random.Next(3);
        for (int i = 0; i < steps; i++)
        {
            path += Relationship(declared, i == 0) + Node(declared);
        }

        if (steps > 0 && _random.Next(6) == 0)
        {
            path += $", {Node(declared)}";
        }

        foreach ((string name, Shape shape) in declared)
        {
            _expressions.Declare(name, shape);
        }

        _clauses.Add($"{word} {path}{(_random.Next(2) == 0 ? $" WHERE {_expressions.Of(Shape.Truth, 3)}" : "")}");
    }

    private string Node(List<(string, Shape)> declared)
    {
        if (_random.Next(4) == 0 && _expressions.Entity(Shape.Node) is { } known)
        {
            return $"({known})";
        }

        string name = _random.Next(5) == 0 ? "" : _expressions.NewName("n");
        if (name.Length > 0)
        {
            declared.Add((name, Shape.Node));
        }

        string labels = _random.Next(7) switch { 0 => ":A", 1 => ":B", 2 => ":A|B", 3 => ":!A", 4 => ":`C D`", _ => "" };
        string inside = _random.Next(8) switch { 0 => " {i: 1}", 1 => " {b: true}", 2 when name.Length > 0 => $" WHERE {name}.i > 0", _ => "" };
        return $"({name}{labels}{inside})";
    }

    private string Relationship(List<(string, Shape)> declared, bool mayBeLong)
    {
        bool isLong = mayBeLong && _random.Next(5) == 0;
        string name = isLong || _random.Next(3) == 0 ? "" : _expressions.NewName("r");
        if (name.Length > 0)
        {
            declared.Add((name, Shape.Relationship));
        }

        string types = _random.Next(6) switch { 0 => ":R", 1 => ":R|S", 2 => ":!R", 3 => ":`T t`", _ => "" };
        types = isLong && types == ":!R" ? ":R" : types; // Neo4j takes alternatives only
        string length = isLong ? _random.Next(5) switch { 0 => "*0..2", 1 => "*..2", 2 => "*2", 3 => "*0..1", _ => "*1..3" } : "";
        string inside = !isLong && _random.Next(8) == 0 ? " {i: 1}" : "";
        string body = name + types + length + inside;
        string brackets = body.Length == 0 ? "" : $"[{body}]";
        return _random.Next(3) switch { 0 => $"-{brackets}->", 1 => $"<-{brackets}-", _ => $"-{brackets}-" };
    }

    private void With()
    {
        string[] kept = [.. _expressions.Variables.Where(_ => _random.Next(3) > 0).Select(v => v.Name).Distinct()];
        var items = kept.ToList();
        var added = new List<(string, Shape)>();
        if (_random.Next(2) == 0 || items.Count == 0)
        {
            Shape shape = _expressions.AnyShape();
            string name = _expressions.NewName("w");
            items.Add($"{_expressions.Of(shape, 2)} AS {name}");
            added.Add((name, shape));
        }
        else if (_random.Next(2) == 0)
        {
            string name = _expressions.NewName("c");
            items.Add($"count({Pick("*", "DISTINCT " + _expressions.Of(Shape.Integer, 2), _expressions.Of(Shape.Mixed, 1))}) AS {name}");
            added.Add((name, Shape.Integer));
        }

        _expressions.Keep(kept);
        foreach ((string name, Shape shape) in added)
        {
            _expressions.Declare(name, shape);
        }

        _clauses.Add($"WITH {string.Join(", ", items)}{(_random.Next(3) == 0 ? $" WHERE {_expressions.Of(Shape.Truth, 2)}" : "")}");
    }

    private void Return()
    {
        bool aggregates = _random.Next(3) == 0;
        var items = new List<string>();
        for (int i = _random.Next(1, 4); i > 0; i--)
        {
            // What stands for a group must be told from others exactly: 1 and 1.0 would be one group shown by either.
            Shape shape = _random.Next(4) == 0 && !aggregates && _expressions.Entity(Shape.Node) is not null ? Shape.Node : aggregates ? Pick(Shape.Integer, Shape.Text, Shape.Truth) : _expressions.AnyShape();
            items.Add($"{(shape == Shape.Node ? _expressions.Entity(Shape.Node) : _expressions.Of(shape, 3))} AS x{i}");
        }

        if (aggregates)
        {
            items.Add($"{Aggregation()} AS x");
        }

        bool isOrdered = items.TrueForAll(i => !_expressions.Variables.Any(v => v.Shape == Shape.Node && i.StartsWith(v.Name + " AS", StringComparison.Ordinal))) && _random.Next(3) == 0;
        string order = isOrdered ? $" ORDER BY {string.Join(", ", items.Select(i => i[(i.LastIndexOf(' ') + 1)..] + Pick("", " DESC")))}" : "";
        _clauses.Add($"RETURN {(!aggregates && _random.Next(6) == 0 ? "DISTINCT " : "")}{string.Join(", ", items)}{order}{(isOrdered ? Pick("", "", " SKIP 1", " LIMIT 3") : "")}");
    }

    private string Aggregation() => _random.Next(10) switch
    {
        0 => "count(*)",
        1 => $"count({_expressions.Of(_expressions.AnyShape(), 2)})",
        2 => $"sum({_expressions.Of(Shape.Integer, 2)})",
        3 => $"avg({_expressions.Of(Shape.Integer, 2)})",
        4 => $"min({_expressions.Of(Pick(Shape.Integer, Shape.Text, Shape.Date), 2)})",
        5 => $"max({_expressions.Of(Pick(Shape.Integer, Shape.Text, Shape.Date), 2)})",
        6 => $"size(collect({_expressions.Of(_expressions.AnyShape(), 2)}))",
        7 => $"count(DISTINCT {_expressions.Of(Pick(Shape.Integer, Shape.Text, Shape.Numbers), 2)})",
        8 => $"percentileDisc({_expressions.Of(Shape.Integer, 2)}, 0.5)",
        _ => $"stDevP({_expressions.Of(Shape.Integer, 2)})",
    };

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];
}
