using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Server.Graph;

/// <summary>Objects around an object, nearest first, each once with one shortest path.</summary>
/// <remarks>Breadth first over relationships in either direction; O(nodes + relationships within the distance).</remarks>
internal static class Neighbourhood
{
    private static readonly string[] Columns = ["key", "distance", "tier", "path", "relationships"];
    private static readonly Direction[] BothWays = [Direction.Outgoing, Direction.Incoming];

    /// <summary>Walks; null when the start is not stored.</summary>
    /// <exception cref="CypherException">More rows, time or memory than a query may take.</exception>
    public static GraphAnswer? Walk(GraphWalk walk, ObjectGraphView view, QueryContext context)
    {
        var seeds = new List<int>();
        view.TrySeek(-1, view.Keys.Find("key"), Value.Of(walk.Start), seeds);
        if (seeds.Count == 0)
        {
            return null;
        }

        int[] types = walk.Types.Count == 0 ? [-1] : [.. walk.Types.Select(view.Types.Find).Where(t => t >= 0).Distinct()];
        var reached = new List<Step> { new(seeds[0], -1, -1, 0) };
        var seen = new HashSet<int> { seeds[0] };
        for (int at = 0; at < reached.Count && reached[at].Distance < walk.MaxHops; at++)
        {
            Step from = reached[at];
            foreach (int type in types)
            {
                foreach (Direction direction in BothWays)
                {
                    Adjacency row = view.Neighbours(from.Node, direction, type);
                    context.RelationshipsTraversed += row.Count;
                    for (int i = 0; i < row.Count; i++)
                    {
                        context.Tick();
                        if (seen.Add(row.Others[i]))
                        {
                            context.Charge(64);
                            reached.Add(new Step(row.Others[i], at, row.Relationships[i], from.Distance + 1));
                        }
                    }
                }
            }

            if (reached.Count - 1 > context.Limits.Rows)
            {
                throw CypherException.Runtime(
                    "LimitExceeded", "Rows",
                    $"More than {context.Limits.Rows} objects are within {walk.MaxHops} hops. Lower max_hops, name relationship_types, or raise the limit.",
                    TextPosition.None);
            }
        }

        context.NodesVisited = reached.Count;
        int tier = view.Keys.Find("tier");
        var rows = new List<Value[]>(reached.Count);
        for (int at = 1; at < reached.Count; at++)
        {
            Step step = reached[at];
            rows.Add(
            [
                Value.Of(view.KeyOf(step.Node)), Value.Of((long)step.Distance), view.NodeProperty(step.Node, tier),
                Value.Of(Path(reached, at).ConvertAll(s => Value.Of(view.KeyOf(s.Node))).ToArray()),
                Value.Of(Path(reached, at).FindAll(s => s.Relationship >= 0).ConvertAll(s => Value.OfRelationship(s.Relationship)).ToArray()),
            ]);
        }

        return new GraphAnswer(Columns, rows, view) { NodesVisited = context.NodesVisited, RelationshipsTraversed = context.RelationshipsTraversed };
    }

    private static List<Step> Path(List<Step> reached, int at)
    {
        var path = new List<Step>();
        for (; at >= 0; at = reached[at].From)
        {
            path.Add(reached[at]);
        }

        path.Reverse();
        return path;
    }

    private readonly record struct Step(int Node, int From, int Relationship, int Distance);
}
