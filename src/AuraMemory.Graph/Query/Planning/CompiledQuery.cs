using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Graph.Query.Planning;

/// <summary>A query ready to run.</summary>
/// <param name="Mode">Run, explain or profile.</param>
/// <param name="Root">The last step; its rows are the answer.</param>
/// <param name="Columns">Names of the answer's columns.</param>
/// <param name="ColumnSlots">Slots of the answer's columns.</param>
/// <param name="Slots">Slots of the whole query.</param>
/// <param name="Tokens">Names to look up in the graph.</param>
/// <param name="Subqueries">Subqueries in expressions.</param>
/// <param name="Nodes">Plan nodes.</param>
/// <param name="Parameters">Parameters that must be given.</param>
internal sealed record CompiledQuery(
    QueryMode Mode,
    PlanNode Root,
    string[] Columns,
    int[] ColumnSlots,
    int Slots,
    TokenList Tokens,
    int Subqueries,
    int Nodes,
    ParameterExpression[] Parameters);

/// <summary>What a name names.</summary>
internal enum TokenKind : byte
{
    /// <summary>A label.</summary>
    Label,

    /// <summary>A relationship type.</summary>
    Type,

    /// <summary>A property key.</summary>
    Key,
}

/// <summary>Names of a plan. Their numbers differ from graph to graph, so each run looks them up.</summary>
internal sealed class TokenList
{
    private readonly List<(TokenKind Kind, string Name)> _names = [];
    private readonly Dictionary<(TokenKind Kind, string Name), int> _places = [];

    /// <summary>Names.</summary>
    public int Count => _names.Count;

    /// <summary>Place of a name.</summary>
    public int Add(TokenKind kind, string name)
    {
        if (_places.TryGetValue((kind, name), out int known))
        {
            return known;
        }

        _names.Add((kind, name));
        _places.Add((kind, name), _names.Count - 1);
        return _names.Count - 1;
    }

    /// <summary>The name in a place.</summary>
    public string Name(int token) => _names[token].Name;

    /// <summary>Number of a token in a graph.</summary>
    public int Number(int token, GraphView graph) => _names[token].Kind switch
    {
        TokenKind.Label => graph.Labels.Find(_names[token].Name),
        TokenKind.Type => graph.Types.Find(_names[token].Name),
        _ => graph.Keys.Find(_names[token].Name),
    };

    /// <summary>Numbers in a graph, -1 for those it does not know.</summary>
    public int[] Resolve(GraphView graph)
    {
        var numbers = new int[_names.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Number(i, graph);
        }

        return numbers;
    }
}
