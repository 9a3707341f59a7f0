using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Query.Planning;

/// <summary><c>MATCH</c> clauses that follow one another and can be planned as one, so that the order of joins is chosen over all of them.</summary>
/// <remarks>The rows are the same: clauses are joined by their common nodes either way, and relationships are told apart only within a clause.
/// What one clause takes from another by a relationship or a path (not a node), and shortest paths, keep clauses apart.</remarks>
internal static class MatchGroup
{
    /// <summary>Most nodes of a group: the planner's sets of nodes have 63.</summary>
    private const int MostNodes = 60;

    /// <summary>The clauses from a place on that are planned together: the one there, at least.</summary>
    public static IReadOnlyList<MatchClause> From(IReadOnlyList<Clause> clauses, int start)
    {
        List<MatchClause> group = [(MatchClause)clauses[start]];
        if (!IsPlain(group[0]))
        {
            return group;
        }

        HashSet<string> taken = [.. NotNodes(group[0])];
        int nodes = Nodes(group[0]);
        for (int i = start + 1; i < clauses.Count && clauses[i] is MatchClause { Optional: false } next && IsPlain(next); i++)
        {
            nodes += Nodes(next);
            if (nodes > MostNodes || NotNodes(next).Any(taken.Contains))
            {
                break;
            }

            taken.UnionWith(NotNodes(next));
            group.Add(next);
        }

        return group;
    }

    private static bool IsPlain(MatchClause match) => match.Patterns.All(p => p.Selection == PathSelection.All);

    private static int Nodes(MatchClause match) => match.Patterns.Sum(p => p.Nodes.Count);

    private static IEnumerable<string> NotNodes(MatchClause match) =>
        match.Patterns.SelectMany(p => p.Relationships.Select(r => r.Variable).Append(p.Variable)).OfType<string>();
}
