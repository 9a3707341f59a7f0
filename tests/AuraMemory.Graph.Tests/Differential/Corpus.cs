using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Differential;

/// <summary>A query of the corpus.</summary>
/// <param name="Place">File and line.</param>
/// <param name="Text">The query.</param>
/// <param name="Parameters">Its parameters.</param>
internal sealed record CorpusQuery(string Place, string Text, MapValue Parameters)
{
    /// <summary>Whether the order of rows was asked for: the last clause orders them.</summary>
    public bool IsOrdered => Text.LastIndexOf("ORDER BY", StringComparison.OrdinalIgnoreCase) is >= 0 and var at
        && at > Text.LastIndexOf("RETURN", StringComparison.OrdinalIgnoreCase) && Text.IndexOf('}', at) < 0;

    /// <summary>Whether it has parameters.</summary>
    public bool HasParameters => Text.Contains('$', StringComparison.Ordinal);
}

/// <summary>Reads files of queries: a query a line. <c>#</c> begins a remark, <c>!params</c> a map of parameters for the lines that follow, and <c>⏎</c> is a line break.</summary>
internal static class Corpus
{
    /// <summary>Queries of all files, in order.</summary>
    public static IEnumerable<CorpusQuery> All() => Directory.GetFiles(PathOf(""), "*.txt").Order(StringComparer.Ordinal).SelectMany(Read);

    /// <summary>Path of a file.</summary>
    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Differential", "Corpus", file);

    /// <summary>Queries of a file.</summary>
    public static IEnumerable<CorpusQuery> Read(string path)
    {
        MapValue parameters = MapValue.Empty;
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (line.StartsWith("!params", StringComparison.Ordinal))
            {
                parameters = TinyGraph.Evaluate(line["!params".Length..]).Map;
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                yield return new CorpusQuery($"{Path.GetFileName(path)}:{number}", line.Replace('⏎', '\n'), parameters);
            }
        }
    }
}
