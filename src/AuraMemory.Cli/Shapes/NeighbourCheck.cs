using System.Text.Json;
using AuraMemory.Topology;

namespace AuraMemory.Cli.Shapes;

/// <summary>One query of knn.json: exact neighbours by each distance it lists.</summary>
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

            double[] nearest = Search(list.Name, sought, diagrams, expected.Count, cancellation);
            for (int rank = 0; rank < expected.Count; rank++)
            {
                (string id, double distance) = expected[rank];
                if (rank >= nearest.Length || !names.TryGetValue(id, out int index))
                {
                    return (double.PositiveInfinity, $"{list.Name}: neighbour {rank + 1}, {id}, is not in the base");
                }

                // By rank, since equal distances may change places; and the named neighbour itself.
                double own = DistanceMeasures.Of(list.Name, sought, diagrams[index], double.PositiveInfinity, cancellation);
                double deviation = Math.Max(DistanceMeasures.Deviation(distance, nearest[rank]), DistanceMeasures.Deviation(distance, own));
                worst = Math.Max(worst, deviation);
                wrong ??= deviation <= BarComparison.Tolerance
                    ? null
                    : $"{list.Name}: neighbour {rank + 1} at {nearest[rank]} ({id} at {own}), expected {distance}";
            }
        }

        return measures == 0 ? (double.PositiveInfinity, "it lists no neighbours") : (worst, wrong);
    }

    private static double[] Search(string measure, Diagram sought, IReadOnlyList<Diagram> diagrams, int count, CancellationToken cancellation)
    {
        var nearest = new PriorityQueue<double, double>(Comparer<double>.Create(static (x, y) => y.CompareTo(x)));
        foreach (Diagram diagram in diagrams)
        {
            double bound = nearest.Count < count ? double.PositiveInfinity : nearest.Peek();
            double distance = DistanceMeasures.Of(measure, sought, diagram, bound, cancellation);
            if (nearest.Count < count)
            {
                nearest.Enqueue(distance, distance);
            }
            else if (distance < bound)
            {
                nearest.EnqueueDequeue(distance, distance);
            }
        }

        var sorted = new double[nearest.Count];
        for (int rank = sorted.Length - 1; rank >= 0; rank--)
        {
            sorted[rank] = nearest.Dequeue();
        }

        return sorted;
    }
}
