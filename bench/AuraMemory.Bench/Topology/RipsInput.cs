using System.Globalization;
using AuraMemory.Topology.Inputs;
using AuraMemory.Topology.Rips;

namespace AuraMemory.Bench.Topology;

/// <summary>An input file of the Rips rows: points, a line each, or the lower triangle of a distance matrix.</summary>
internal sealed class RipsInput
{
    private const string MatrixEnding = ".lower_distance_matrix";
    private static readonly char[] Separators = [' ', ',', '\t', '\r', '\n', ';'];

    private readonly PointCloud? _points;
    private readonly DistanceMatrix? _distances;

    public RipsInput(string path)
    {
        var numbers = new List<double>();
        int lines = 0;
        foreach (string line in File.ReadLines(path))
        {
            string[] parts = line.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
            lines += parts.Length > 0 ? 1 : 0;
            foreach (string part in parts)
            {
                numbers.Add(double.Parse(part, CultureInfo.InvariantCulture));
            }
        }

        if (IsMatrix(path))
        {
            _distances = new DistanceMatrix([.. numbers], (int)(1 + Math.Sqrt(1 + (8.0 * numbers.Count))) / 2);
        }
        else
        {
            _points = new PointCloud([.. numbers], numbers.Count / lines);
        }
    }

    public static bool IsMatrix(string path) => path.EndsWith(MatrixEnding, StringComparison.Ordinal);

    public RipsResult Compute(int dimension) =>
        _points is not null ? RipsPersistence.Compute(_points, dimension) : RipsPersistence.Compute(_distances!, dimension);
}
