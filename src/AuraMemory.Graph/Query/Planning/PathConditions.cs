using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Query.Planning;

/// <summary>Conditions on every node or relationship of a path, asked while the path is walked: what cannot fit is not walked.</summary>
/// <remarks>
/// <c>all(x IN relationships(p) WHERE …)</c>, and <c>none(…)</c>, which is true where the negation holds of all. Of a shortest path also over
/// <c>nodes(p)</c> and over the variable of its relationships; there every element is asked, and the search takes the condition's place.
/// </remarks>
internal sealed class PathConditions(QueryPlanner planner, PatternGraph graph, Scope before, Scope scope)
{
    // Each is one more AND around the others; what is left is checked when the path is there.
    private const int Most = 16;
    private readonly HashSet<int> _ofSearches = [.. graph.Shortest.SelectMany(s => new[] { s.Path, s.Edge.Slot })];
    private int _taken;

    /// <summary>Looks at a part of the <c>WHERE</c>.</summary>
    /// <returns>Whether the walk does all that it asks; if not, it has to be asked of the path as well.</returns>
    public bool Take(Expression condition)
    {
        if (_taken >= Most || condition is not QuantifierExpression { Quantifier: Quantifier.All or Quantifier.None } all)
        {
            return false;
        }

        (string? function, string? owner) = all.List switch
        {
            FunctionExpression { Arguments: [VariableExpression path] } list => (list.Name.ToLowerInvariant(), path.Name),
            VariableExpression list => ("", list.Name),
            _ => (null, null),
        };
        int slot = owner is null ? -1 : scope.Find(owner);
        if (slot < 0)
        {
            return false;
        }

        return graph.Shortest.Find(s => function!.Length == 0 ? s.Edge.Slot == slot : s.Path == slot) is { } shortest
            ? OfShortest(shortest, all, function!)
            : function == "relationships" && OfPath(slot, all);
    }

    private bool OfShortest(PatternShortest shortest, QuantifierExpression all, string function)
    {
        if (function is not ("" or "nodes" or "relationships") || !shortest.Edge.IsLong || !Reads(all, n => scope.Find(n) is >= 0 and int slot && !_ofSearches.Contains(slot)))
        {
            return false;
        }

        _taken++;
        if (function == "nodes")
        {
            shortest.NodeSlot = shortest.NodeSlot < 0 ? planner.NewSlot() : shortest.NodeSlot;
            shortest.Restrict(Each(all, scope, shortest.NodeSlot));
        }
        else
        {
            Restrict(shortest.Edge, all, scope);
        }

        return true;
    }

    private bool OfPath(int slot, QuantifierExpression all)
    {
        if (Reads(all, n => before.Find(n) >= 0))
        {
            _taken++;
            foreach (PatternEdge edge in graph.Paths.Where(p => p.Slot == slot).SelectMany(p => p.Edges).Where(e => e.IsLong))
            {
                Restrict(edge, all, before);
            }
        }

        return false;
    }

    private static bool Reads(QuantifierExpression all, Predicate<string> isKnown)
    {
        var names = new HashSet<string>();
        SyntaxParts.Names(all.Where, names);
        names.Remove(all.Variable);
        return names.All(n => isKnown(n));
    }

    private void Restrict(PatternEdge edge, QuantifierExpression all, Scope known)
    {
        edge.EachSlot = edge.EachSlot < 0 ? planner.NewSlot() : edge.EachSlot;
        edge.Restrict(Each(all, known, edge.EachSlot));
    }

    private Compiled Each(QuantifierExpression all, Scope known, int slot)
    {
        var inside = new Scope(known);
        inside.Put(all.Variable, slot);
        Expression holds = all.Quantifier == Quantifier.All ? all.Where : new UnaryExpression(UnaryOperator.Not, all.Where, all.Position);
        return planner.Compiler.Compile(holds, inside);
    }
}
