using System.Text;
using System.Text.Json;

namespace AuraMemory.Cli.Transfer;

/// <summary>Lines that were not imported, each with its number and the reason, as NDJSON; made when the first one is met.</summary>
internal sealed class RejectsFile(string path) : IDisposable
{
    private readonly Lock _lock = new();
    private StreamWriter? _writer;

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>Forgets entries of lines that are about to be read again; <paramref name="linesKept"/> 0 forgets all.</summary>
    public void Restart(long linesKept)
    {
        if (!File.Exists(path))
        {
            return;
        }

        var kept = new List<string>();
        foreach (string line in linesKept == 0 ? [] : File.ReadLines(path))
        {
            if (Parse(line) is { } entry && entry.Line <= linesKept)
            {
                kept.Add(line);
            }
        }

        if (kept.Count == 0)
        {
            File.Delete(path);
        }
        else
        {
            File.WriteAllLines(path, kept);
        }
    }

    /// <summary>Adds a line. Safe for any number of threads.</summary>
    public void Add(long line, string reason, ReadOnlyMemory<byte> text)
    {
        var entry = new RejectedLine(line, reason, text.IsEmpty ? null : Encoding.UTF8.GetString(text.Span));
        string json = JsonSerializer.Serialize(entry, TransferJson.Default.RejectedLine);
        lock (_lock)
        {
            _writer ??= new StreamWriter(path, append: true) { AutoFlush = true };
            _writer.WriteLine(json);
        }
    }

    public void Dispose() => _writer?.Dispose();

    private static RejectedLine? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, TransferJson.Default.RejectedLine);
        }
        catch (JsonException)
        {
            // The last entry of a run that was killed may be torn; its line is read again anyway.
            return null;
        }
    }
}
