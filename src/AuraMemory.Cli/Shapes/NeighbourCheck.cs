using System.Text.Json;
using AuraMemory.Topology;

namespace AuraMemory.Cli.Shapes;

/// <summary>One query of knn.json: exact neighbours by each distance it lists.</summary>
/// <remarks>
/// A list that differs fails. Where it is the list that is wrong, and that can be proven, the reason says so: r + 1 diagrams of the base with
/// matchings (<see cref="MatchingProof"/>) cheaper than what the list states for its neighbour r + 1.
/// </remarks>
internal static class NeighbourCheck
{
    /// <summary>Searches the base exhaustively, with the exact distance and its early exit, and compares.</summary>
    /// <returns>Worst relative deviation, and what is wrong where something is.</returns>
    public static (double Deviation, string? Wrong) Run(
        JsonElement query, IReadOnlyList<Diagram> diagrams, IReadOnlyDictionary<string, int> names, CancellationToken cancellation)
    {
        Diagram sought = DiagramJson.Read(ReferenceVerification.Member(query, "diagram"));
        double worst = 0;
        string? wrong = null;
        int measures = 0;
        foreach (JsonProperty list in ReferenceVerification.Member(query, "top10").EnumerateObject())
        {
            measures++;
            var expected = new List<(string Id, double Distance)>();
            foreach (JsonElement neighbour in ReferenceVerification.Items(list.Value, "neighbours are a list"))
            {
                expected.Add((neighbour[0].GetString() ?? "", neighbour[1].ValueKind == JsonValueKind.Null ? double.PositiveInfinity : DiagramJson.Number(neighbour[1])));
            }

            (double Distance, int Index)[] nearest = Search(list.Name, sought, diagrams, expected.Count, cancellation);
            for (int rank = 0; rank < expected.Count; rank++)
            {
                (string id, double distance) = expected[rank];
                if (rank >= nearest.Length || !names.TryGetValue(id, out int index))
                {
                    return (double.PositiveInfinity, $"{list.Name}: neighbour {rank + 1}, {id}, is not in the base");
                }

                // By rank, since equal distances may change places; and the named neighbour itself.
                double own = DistanceMeasures.Of(list.Name, sought, diagrams[index], double.PositiveInfinity, cancellation);
                double deviation = Math.Max(DistanceMeasures.Deviation(distance, nearest[rank].Distance), DistanceMeasures.Deviation(distance, own));
                worst = Math.Max(worst, deviation);
                wrong ??= deviation <= BarComparison.Tolerance
                    ? null
                    : $"{list.Name}: neighbour {rank + 1} at {nearest[rank].Distance} ({id} at {own}), expected {distance}"
                        + (Refuted(list.Name, sought, diagrams, nearest.AsSpan(0, rank + 1), distance, cancellation)
                            ? "; the expected value is refuted: cheaper matchings were found and added up from the definition"
                            : "");
            }
        }

        return measures == 0 ? (double.PositiveInfinity, "it lists no neighbours") : (worst, wrong);
    }

    private static bool Refuted(
        string measure, Diagram sought, IReadOnlyList<Diagram> diagrams, ReadOnlySpan<(double Distance, int Index)> nearest, double stated, CancellationToken cancellation)
    {
        foreach ((_, int index) in nearest)
        {
            if (!MatchingProof.Refutes(measure, sought, diagrams[index], stated, cancellation))
            {
                return false;
            }
        }

        return true;
    }

    private static (double Distance, int Index)[] Search(string measure, Diagram sought, IReadOnlyList<Diagram> diagrams, int count, CancellationToken cancellation)
    {
        var nearest = new PriorityQueue<(double Distance, int Index), double>(Comparer<double>.Create(static (x, y) => y.CompareTo(x)));
        for (int index = 0; index < diagrams.Count; index++)
        {
            double bound = nearest.Count < count || count == 0 ? double.PositiveInfinity : nearest.Peek().Distance;
            double distance = DistanceMeasures.Of(measure, sought, diagrams[index], bound, cancellation);
            if (nearest.Count < count)
            {
                nearest.Enqueue((distance, index), distance);
            }
            else if (distance < bound)
            {
                nearest.EnqueueDequeue((distance, index), distance);
            }
        }

        var sorted = new (double Distance, int Index)[nearest.Count];
        for (int rank = sorted.Length - 1; rank >= 0; rank--)
        {
            sorted[rank] = nearest.Dequeue();
        }

        return sorted;
    }
}
