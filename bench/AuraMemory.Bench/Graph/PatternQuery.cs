namespace AuraMemory.Bench.Graph;

/// <summary>A pattern to count the matches of, in any order of its relationships.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Edges">Its relationships: nodes as they are written first (<c>a:Person</c>), type, whether the direction matters.</param>
/// <param name="Where">A condition; empty = none.</param>
internal sealed record PatternQuery(string Name, (string Left, string Right, string Type, bool IsDirected)[] Edges, string Where = "")
{
    /// <summary>Patterns over relationships of one type.</summary>
    public static PatternQuery[] Templates { get; } =
    [
        Of("triangle", "ab bc ca"),
        Of("path of 4", "ab bc cd"),
        Of("star of 4", "ab ac ad"),
        Of("paw", "ab bc ca ad"),
        Of("4-cycle", "ab bc cd da"),
        Of("diamond", "ab bc cd da ac"),
        Of("4-clique", "ab bc cd da ac bd"),
        Of("path of 5", "ab bc cd de"),
        Of("5-cycle", "ab bc cd de ea"),
        Of("bull", "ab bc ca ad be"),
        Of("house", "ab bc cd da ae eb"),
        Of("bowtie", "ab bc ca ad de ea"),
        Of("lollipop", "ab bc ca ad de"),
        Of("square with tail", "ab bc cd da ae"),
        Of("ladder of 6", "ab bc cd da ce ef fd"),
    ];

    /// <summary>Whether it has a cycle: more relationships than a tree.</summary>
    public bool IsCyclic => Edges.Length >= Edges.SelectMany(e => new[] { Variable(e.Left), Variable(e.Right) }).Distinct().Count();

    /// <summary>The same with directions.</summary>
    public PatternQuery Directed() => this with { Name = Name + ", directed", Edges = [.. Edges.Select(e => e with { IsDirected = true })] };

    /// <summary>The same where one of the nodes is given by its id.</summary>
    public PatternQuery From(Random random, int id)
    {
        string[] variables = [.. Edges.SelectMany(e => new[] { Variable(e.Left), Variable(e.Right) }).Distinct()];
        string given = variables[random.Next(variables.Length)];
        return this with
        {
            Name = Name + ", from a node",
            Edges = [.. Edges.Select(e => e with { Left = Given(e.Left), Right = Given(e.Right) })],
        };

        string Given(string node) => node == given ? $"{given}:N {{id: {id}}}" : node;
    }

    /// <summary>As a query, its relationships one after another as they stand.</summary>
    public string Text => Join([.. Edges.Select(e => (e, false))]);

    /// <summary>As a query, with its relationships in another order, and some the other way round.</summary>
    public string Shuffled(Random random)
    {
        var edges = Edges.ToArray();
        random.Shuffle(edges);
        return Join([.. edges.Select(e => (e, random.Next(2) == 0))]);
    }

    private static string Variable(string node) => node.Split(':')[0];

    private static PatternQuery Of(string name, string edges) => new(name, [.. edges.Split(' ').Select(e => (e[..1], e[1..], "R", false))]);

    private string Join(List<((string Left, string Right, string Type, bool IsDirected) Edge, bool IsTurned)> edges)
    {
        var written = new HashSet<string>();
        var parts = new List<string>();
        foreach (((string left, string right, string type, bool isDirected), bool isTurned) in edges)
        {
            parts.Add(isTurned
                ? $"{Node(right)}{(isDirected ? "<" : "")}-[:{type}]-{Node(left)}"
                : $"{Node(left)}-[:{type}]-{(isDirected ? ">" : "")}{Node(right)}");
        }

        return $"MATCH {string.Join(", ", parts)}{(Where.Length > 0 ? " WHERE " + Where : "")} RETURN count(*)";

        string Node(string node) => written.Add(node) ? $"({node})" : $"({Variable(node)})";
    }
}
