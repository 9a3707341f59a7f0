using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Procedures;
using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Tck.Running;

/// <summary>Carries out the <c>CREATE</c>s of set-ups, after any reading clauses before the first of them. It is no part of the product, which only reads.</summary>
internal sealed class GraphLoader(PropertyGraph graph, IProcedureCatalog procedures)
{
    /// <summary>Runs one set-up query.</summary>
    /// <exception cref="NotSupportedException">It writes by something else than <c>CREATE</c>.</exception>
    public void Run(string text, MapValue parameters)
    {
        QuerySyntax query;
        try
        {
            query = CypherParser.Parse(text, QueryLimits.Default, allowCreate: true);
        }
        catch (CypherException e) when (e.Type is "ReadOnly" or "NotSupported")
        {
            throw new NotSupportedException(e.Message);
        }

        if (query.Parts.Count != 1)
        {
            throw new NotSupportedException("A set-up with UNION.");
        }

        IReadOnlyList<Clause> clauses = query.Parts[0].Clauses;
        int first = clauses.TakeWhile(c => c is not CreateClause).Count();
        if (clauses.Skip(first).Any(c => c is not CreateClause))
        {
            throw new NotSupportedException("A set-up reads after it has created.");
        }

        foreach (Dictionary<string, Value> row in Rows(text, clauses, first, parameters))
        {
            foreach (CreateClause create in clauses.Skip(first).Cast<CreateClause>())
            {
                foreach (PathPattern path in create.Patterns)
                {
                    Create(path, row, parameters);
                }
            }
        }
    }

    private List<Dictionary<string, Value>> Rows(string text, IReadOnlyList<Clause> clauses, int first, MapValue parameters)
    {
        if (first == 0)
        {
            return [[]];
        }

        string reading = text[..clauses[first].Position.Offset] + " RETURN *";
        QueryResult result = new CypherEngine(procedures).Run(reading, Context(parameters));
        var rows = new List<Dictionary<string, Value>>();
        foreach (Value[] row in result.Rows)
        {
            rows.Add(result.Columns.Zip(row).ToDictionary(c => c.First, c => c.Second));
        }

        return rows;
    }

    private void Create(PathPattern path, Dictionary<string, Value> row, MapValue parameters)
    {
        int previous = Node(path.Nodes[0], row, parameters);
        for (int i = 0; i < path.Relationships.Count; i++)
        {
            RelationshipPattern pattern = path.Relationships[i];
            int next = Node(path.Nodes[i + 1], row, parameters);
            (int from, int to) = pattern.Direction == Direction.Incoming ? (next, previous) : (previous, next);
            string type = ((LabelName)pattern.Types!).Name;
            int made = graph.AddRelationship(from, to, type, Properties(pattern.Properties, row, parameters));
            if (pattern.Variable is { } variable)
            {
                row[variable] = Value.OfRelationship(made);
            }

            previous = next;
        }
    }

    private int Node(NodePattern pattern, Dictionary<string, Value> row, MapValue parameters)
    {
        if (pattern.Variable is { } bound && row.TryGetValue(bound, out Value known))
        {
            return known.Node;
        }

        var labels = new List<string>();
        Names(pattern.Labels, labels);
        int made = graph.AddNode(labels, Properties(pattern.Properties, row, parameters));
        if (pattern.Variable is { } variable)
        {
            row[variable] = Value.OfNode(made);
        }

        return made;
    }

    private static void Names(LabelExpression? labels, List<string> into)
    {
        switch (labels)
        {
            case LabelName name:
                into.Add(name.Name);
                break;
            case LabelAnd both:
                Names(both.Left, into);
                Names(both.Right, into);
                break;
        }
    }

    /// <summary>Properties without those that are null, which are not stored.</summary>
    private MapValue Properties(Expression? properties, Dictionary<string, Value> row, MapValue parameters)
    {
        if (properties is null)
        {
            return MapValue.Empty;
        }

        MapValue all = Constant.Evaluate(
            properties, Context(parameters), v => row.TryGetValue(v, out Value known) ? known : throw new NotSupportedException($"Unknown variable {v}.")).Map;
        var keys = new List<string>();
        var values = new List<Value>();
        for (int i = 0; i < all.Count; i++)
        {
            if (!all.Values[i].IsNull)
            {
                keys.Add(all.Keys[i]);
                values.Add(all.Values[i]);
            }
        }

        return new MapValue([.. keys], [.. values]);
    }

    private QueryContext Context(MapValue parameters) =>
        new(graph.Snapshot(), parameters, QueryLimits.Default, TimeProvider.System, seed: 1, CancellationToken.None);
}
