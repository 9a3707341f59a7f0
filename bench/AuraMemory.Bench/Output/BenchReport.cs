using System.Globalization;
using System.Text.Json;

namespace AuraMemory.Bench.Output;

/// <summary>One measured figure beside its peer.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Ours">Our figure.</param>
/// <param name="Peer">The peer's figure of the same run; null = none.</param>
/// <param name="PeerName">Who the peer is.</param>
/// <param name="Unit">Unit of both.</param>
/// <param name="Goal">Ratio that is aimed at; null = shown for information.</param>
/// <param name="LessIsBetter">True for times and sizes: the ratio is then peer / ours.</param>
/// <param name="Note">For people: spread, processor time.</param>
internal sealed record BenchRow(
    string Name, double? Ours, double? Peer, string? PeerName, string Unit, double? Goal, bool LessIsBetter = false, string? Note = null)
{
    /// <summary>At least <see cref="Goal"/> means met.</summary>
    public double? Ratio => Ours is not { } ours || Peer is not { } peer ? null
        : LessIsBetter ? (ours == 0 ? null : peer / ours)
        : peer == 0 ? null : ours / peer;
}

/// <summary>What a command has measured, as a table or as the JSON object of the specification's section 7.</summary>
internal sealed class BenchReport(string command)
{
    private readonly List<BenchRow> _rows = [];
    private readonly List<string> _faults = [];
    private readonly List<(string Name, object Value)[]> _figures = [];

    /// <summary>False when something was wrong with what a store or server answered.</summary>
    public bool IsSound => _faults.Count == 0;

    public void Add(BenchRow row)
    {
        _rows.Add(row);
        Progress(Line(row));
    }

    /// <summary>A row of a command whose figures have no peer; all rows of a report have the same names.</summary>
    public void Add(params (string Name, object Value)[] figures)
    {
        _figures.Add(figures);
        Progress(string.Join("  ", figures.Select(f => $"{f.Name} {Text(f.Value)}")));
    }

    /// <summary>Something a benchmark must not pass over in silence: wrong bytes, missing objects.</summary>
    public void Fault(string what)
    {
        _faults.Add(what);
        Progress("FAULT " + what);
    }

    /// <summary>Progress goes to standard error: standard output is the result.</summary>
    public static void Progress(string text) => Console.Error.WriteLine(text);

    public void Write(TextWriter to, bool json)
    {
        if (json)
        {
            WriteJson(to);
            return;
        }

        to.WriteLine($"machine  {MachineLine.Read()}");
        to.WriteLine($"commit   {MachineLine.Commit()}");
        to.WriteLine($"command  {command}");
        to.WriteLine();
        if (_figures.Count > 0)
        {
            to.WriteLine("| " + string.Join(" | ", _figures[0].Select(f => f.Name)) + " |");
            to.WriteLine("|" + string.Concat(_figures[0].Select(f => f.Value is string ? " --- |" : " ---: |")));
            foreach ((string Name, object Value)[] row in _figures)
            {
                to.WriteLine("| " + string.Join(" | ", row.Select(f => Text(f.Value))) + " |");
            }
        }

        if (_rows.Count > 0)
        {
            WriteRows(to);
        }

        foreach (string fault in _faults)
        {
            to.WriteLine();
            to.WriteLine("FAULT " + fault);
        }
    }

    private void WriteRows(TextWriter to)
    {
        to.WriteLine("| what | ours | peer | unit | ratio | goal | met | notes |");
        to.WriteLine("| --- | ---: | ---: | --- | ---: | ---: | --- | --- |");
        foreach (BenchRow row in _rows)
        {
            string met = row.Goal is not { } goal || row.Ratio is not { } ratio ? "" : ratio >= goal ? "yes" : "no";
            string peer = row.Peer is null ? "" : $"{Figure(row.Peer)} ({row.PeerName})";
            to.WriteLine($"| {row.Name} | {Figure(row.Ours)} | {peer} | {row.Unit} | {Figure(row.Ratio)} | {Figure(row.Goal)} | {met} | {row.Note} |");
        }
    }

    private static string Line(BenchRow row) => row.Peer is null
        ? $"{row.Name}: {Figure(row.Ours)} {row.Unit}  {row.Note}"
        : $"{row.Name}: {Figure(row.Ours)} {row.Unit}, {row.PeerName} {Figure(row.Peer)}, ratio {Figure(row.Ratio)}, goal {Figure(row.Goal)}  {row.Note}";

    private static string Text(object value) => value is string text ? text : Figure(Convert.ToDouble(value, CultureInfo.InvariantCulture));

    private static string Figure(double? value) => value switch
    {
        null => "n/a",
        >= 1000 or <= -1000 => value.Value.ToString("N0", CultureInfo.InvariantCulture).Replace(",", " ", StringComparison.Ordinal),
        >= 100 => value.Value.ToString("F0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.###", CultureInfo.InvariantCulture),
    };

    private void WriteJson(TextWriter to)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("machine", MachineLine.Read());
            json.WriteString("commit", MachineLine.Commit());
            json.WriteStartArray("rows");
            foreach (BenchRow row in _rows)
            {
                json.WriteStartObject();
                json.WriteString("name", row.Name);
                WriteNumber(json, "ours", row.Ours);
                WriteNumber(json, "peer", row.Peer);
                json.WriteString("peer_name", row.PeerName);
                json.WriteString("unit", row.Unit);
                WriteNumber(json, "ratio", row.Ratio);
                WriteNumber(json, "goal", row.Goal);
                json.WriteEndObject();
            }

            foreach ((string Name, object Value)[] row in _figures)
            {
                json.WriteStartObject();
                foreach ((string name, object value) in row)
                {
                    if (value is string text)
                    {
                        json.WriteString(name, text);
                    }
                    else
                    {
                        WriteNumber(json, name, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                    }
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        to.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, Math.Round(number, 4));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
