using System.Text.Json;
using AuraMemory.Topology;

namespace AuraMemory.Cli.Shapes;

/// <summary>Computes every record of a reference folder through the library and compares.</summary>
/// <remarks>
/// A folder has <c>diagrams.jsonl</c> (inputs and their diagrams), <c>distances.jsonl</c> (pairs of diagrams and their distances) and
/// <c>knn.json</c> (diagrams, queries and their nearest neighbours). A missing file, an unreadable line or a record that says something
/// unknown is a failure, never passed over. The names of records mean nothing.
/// </remarks>
internal sealed class ReferenceVerification(string folder, CancellationToken cancellation)
{
    private readonly Dictionary<string, ReferenceTally> _tallies = [];
    private readonly List<ReferenceTally> _order = [];

    /// <summary>Verifies the three files; one tally a kind of record, in the order met.</summary>
    public IReadOnlyList<ReferenceTally> Run()
    {
        Lines("diagrams.jsonl", "diagrams", CheckDiagrams);
        Lines("distances.jsonl", "distances", CheckDistances);
        Whole("knn.json", "knn", CheckNeighbours);
        return _order;
    }

    private void Lines(string file, string kind, Action<string, JsonElement> check)
    {
        string path = Path.Combine(folder, file);
        if (!File.Exists(path))
        {
            Of(kind).Add(file, double.PositiveInfinity, "the file is missing");
            return;
        }

        int number = 0;
        int records = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                cancellation.ThrowIfCancellationRequested();
                records++;
                Guard(kind, $"{file} line {number}", () =>
                {
                    using JsonDocument record = JsonDocument.Parse(line);
                    check(Name(record.RootElement, $"line {number}"), record.RootElement);
                });
            }
        }

        if (records == 0)
        {
            Of(kind).Add(file, double.PositiveInfinity, "the file has no record");
        }
    }

    private void Whole(string file, string kind, Action<JsonElement> check)
    {
        string path = Path.Combine(folder, file);
        if (!File.Exists(path))
        {
            Of(kind).Add(file, double.PositiveInfinity, "the file is missing");
            return;
        }

        Guard(kind, file, () =>
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            check(document.RootElement);
        });
    }

    private void CheckDiagrams(string id, JsonElement record)
    {
        string kind = Text(record, "kind");
        string convention = Text(record, "convention");
        JsonElement expected = Member(record, "diagrams");
        Barcode wanted = DiagramJson.ReadBarcode(expected);
        Barcode actual = ReferenceInput.Compute(kind, convention, Member(record, "input"), wanted.Dimensions - 1, cancellation);
        double scale = 0;
        for (int dimension = 0; dimension < wanted.Dimensions; dimension++)
        {
            scale = Math.Max(scale, BarComparison.Scale(wanted[dimension]));
        }

        double worst = 0;
        string? wrong = null;
        foreach (JsonProperty diagram in expected.EnumerateObject())
        {
            int dimension = DiagramJson.Dimension(diagram.Name);
            (double deviation, string? what) = BarComparison.Compare(wanted[dimension], actual[dimension], scale);
            worst = Math.Max(worst, deviation);
            wrong ??= what is null ? null : $"H{dimension}: {what}";
        }

        Of($"{kind} {Short(convention)}").Add(id, worst, wrong);
    }

    private void CheckDistances(string id, JsonElement record)
    {
        Diagram a = DiagramJson.Read(Member(record, "A"));
        Diagram b = DiagramJson.Read(Member(record, "B"));
        double worst = 0;
        string? wrong = null;
        int measures = 0;
        foreach (string name in DistanceMeasures.Names)
        {
            if (record.TryGetProperty(name, out JsonElement value))
            {
                measures++;
                double expected = value.ValueKind == JsonValueKind.Null ? double.PositiveInfinity : DiagramJson.Number(value);
                double actual = DistanceMeasures.Of(name, a, b, double.PositiveInfinity, cancellation);
                double deviation = DistanceMeasures.Deviation(expected, actual);
                worst = Math.Max(worst, deviation);
                wrong ??= deviation <= BarComparison.Tolerance ? null
                    : $"{name} is {actual}, expected {expected}"
                        + (MatchingProof.Refutes(name, a, b, expected, cancellation) ? "; the expected value is refuted: a cheaper matching was found and added up from the definition" : "");
            }
        }

        Of("distances").Add(id, worst, measures == 0 ? "it has no distance" : wrong);
    }

    private void CheckNeighbours(JsonElement sets)
    {
        int queries = 0;
        foreach (JsonElement set in Items(sets, "the file is a list of sets"))
        {
            string kind = $"knn {Text(set, "set")}";
            var names = new Dictionary<string, int>();
            var diagrams = new List<Diagram>();
            foreach (JsonElement entry in Items(Member(set, "base"), "\"base\" is a list"))
            {
                names[Text(entry, "id")] = diagrams.Count;
                diagrams.Add(DiagramJson.Read(Member(entry, "diagram")));
            }

            foreach (JsonElement query in Items(Member(set, "queries"), "\"queries\" is a list"))
            {
                cancellation.ThrowIfCancellationRequested();
                queries++;
                Guard(kind, $"query {queries}", () =>
                {
                    (double deviation, string? wrong) = NeighbourCheck.Run(query, diagrams, names, cancellation);
                    Of(kind).Add(Name(query, $"query {queries}"), deviation, wrong);
                });
            }
        }

        if (queries == 0)
        {
            throw new FormatException("there is no query");
        }
    }

    private void Guard(string kind, string where, Action check)
    {
        try
        {
            check();
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException or ArgumentException or InvalidOperationException
            or OverflowException or IndexOutOfRangeException or KeyNotFoundException)
        {
            Of(kind).Add(where, double.PositiveInfinity, malformed.Message);
        }
    }

    private ReferenceTally Of(string kind)
    {
        if (!_tallies.TryGetValue(kind, out ReferenceTally? tally))
        {
            tally = new ReferenceTally(kind);
            _tallies.Add(kind, tally);
            _order.Add(tally);
        }

        return tally;
    }

    /// <summary>The part of a convention that tells it from the others of its kind.</summary>
    private static string Short(string convention)
    {
        int end = convention.IndexOfAny(['(', ';', ',']);
        return (end < 0 ? convention : convention[..end]).Trim();
    }

    private static string Name(JsonElement record, string otherwise) =>
        record.ValueKind == JsonValueKind.Object && record.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.String ? id.GetString()! : otherwise;

    internal static JsonElement Member(JsonElement record, string name) =>
        record.ValueKind == JsonValueKind.Object && record.TryGetProperty(name, out JsonElement value) ? value : throw new FormatException($"there is no \"{name}\"");

    internal static JsonElement.ArrayEnumerator Items(JsonElement list, string otherwise) =>
        list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw new FormatException(otherwise);

    private static string Text(JsonElement record, string name) =>
        Member(record, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw new FormatException($"\"{name}\" is not text");
}
