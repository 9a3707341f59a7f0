using System.Text;

namespace AuraMemory.Tck.Gherkin;

/// <summary>Reads the part of Gherkin that the TCK uses: Feature, Background, Scenario, Scenario Outline with any number of Examples,
/// tags, comments, tables with <c>\|</c>, and documents in triple quotes.</summary>
/// <remarks>Values of examples replace <c>&lt;name&gt;</c> in step texts, documents and tables alike.</remarks>
internal sealed class FeatureReader
{
    private static readonly string[] Keywords = ["Given ", "When ", "Then ", "And ", "But ", "* "];
    private readonly string _folder;
    private readonly string _file;
    private readonly string[] _lines;
    private readonly List<Scenario> _scenarios = [];
    private readonly List<Step> _background = [];
    private int _at;

    private FeatureReader(string folder, string file)
    {
        _folder = folder;
        _file = file;
        _lines = File.ReadAllLines(file);
    }

    /// <summary>Scenarios of all files below a folder, outlines expanded, in the order of their paths.</summary>
    public static List<Scenario> ReadAll(string features)
    {
        var all = new List<Scenario>();
        foreach (string file in Directory.GetFiles(features, "*.feature", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string folder = Path.GetRelativePath(features, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '/');
            var reader = new FeatureReader(folder, file);
            reader.Read();
            all.AddRange(reader._scenarios);
        }

        return all;
    }

    private void Read()
    {
        var tags = new List<string>();
        while (NextLine() is { } line)
        {
            if (line[0] == '@')
            {
                tags.AddRange(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
            else if (line.StartsWith("Background:", StringComparison.Ordinal))
            {
                ReadSteps(_background);
            }
            else if (line.StartsWith("Scenario", StringComparison.Ordinal))
            {
                ReadScenario(line[(line.IndexOf(':') + 1)..].Trim(), tags.Contains("@ignore"));
                tags.Clear();
            }
            else
            {
                tags.Clear(); // Feature, Rule and their descriptions
            }
        }
    }

    private void ReadScenario(string name, bool ignored)
    {
        string outline = $"{_file}:{_at}";
        var own = new List<Step>();
        ReadSteps(own);
        Step[] steps = [.. _background, .. own];
        bool expanded = false;
        while (PeekLine() is { } line && (line.StartsWith("Examples:", StringComparison.Ordinal) || (line[0] == '@' && ExamplesFollow())))
        {
            _at++;
            if (line[0] == '@')
            {
                continue;
            }

            expanded = true;
            List<string[]> table = ReadTable();
            for (int row = 1; row < table.Count; row++)
            {
                string[] names = table[0];
                string[] values = table[row];
                Scenario one = new(
                    _folder, outline, $"{name} ({string.Join(", ", values)})", ignored, [.. steps.Select(s => Substitute(s, names, values))]);
                _scenarios.Add(one);
            }
        }

        if (!expanded)
        {
            _scenarios.Add(new Scenario(_folder, outline, name, ignored, steps));
        }
    }

    private bool ExamplesFollow()
    {
        for (int i = _at; i < _lines.Length; i++)
        {
            string line = _lines[i].Trim();
            if (line.Length > 0 && line[0] is not ('@' or '#'))
            {
                return line.StartsWith("Examples:", StringComparison.Ordinal);
            }
        }

        return false;
    }

    private void ReadSteps(List<Step> into)
    {
        while (PeekLine() is { } line && Array.Find(Keywords, k => line.StartsWith(k, StringComparison.Ordinal)) is { } keyword)
        {
            _at++;
            string? document = PeekLine() == "\"\"\"" ? ReadDocument() : null;
            into.Add(new Step(line[keyword.Length..].Trim(), document, ReadTable()));
        }
    }

    private string ReadDocument()
    {
        int indent = _lines[_at].IndexOf('"');
        var text = new StringBuilder();
        for (_at++; _lines[_at].Trim() != "\"\"\""; _at++)
        {
            string line = _lines[_at];
            int spaces = line.Length - line.TrimStart(' ').Length;
            text.Append(line, Math.Min(spaces, indent), line.Length - Math.Min(spaces, indent)).Append('\n');
        }

        _at++;
        return text.ToString().TrimEnd('\n').Replace("\\\"\\\"\\\"", "\"\"\"", StringComparison.Ordinal);
    }

    private List<string[]> ReadTable()
    {
        var rows = new List<string[]>();
        while (PeekLine() is { } line && line[0] == '|')
        {
            _at++;
            rows.Add(Cells(line));
        }

        return rows;
    }

    private static string[] Cells(string line)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        for (int i = 1; i < line.Length; i++)
        {
            if (line[i] == '\\' && i + 1 < line.Length && line[i + 1] is '|' or '\\' or 'n')
            {
                // The table's own escapes; what is left of backslashes belongs to the grammar of values.
                cell.Append(line[i + 1] == 'n' ? '\n' : line[i + 1]);
                i++;
            }
            else if (line[i] == '|')
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else
            {
                cell.Append(line[i]);
            }
        }

        return [.. cells];
    }

    private static Step Substitute(Step step, string[] names, string[] values)
    {
        string Replace(string text)
        {
            for (int i = 0; i < names.Length; i++)
            {
                text = text.Replace($"<{names[i]}>", values[i], StringComparison.Ordinal);
            }

            return text;
        }

        return new Step(
            Replace(step.Text), step.Document is null ? null : Replace(step.Document), [.. step.Table.Select(r => Array.ConvertAll(r, Replace))]);
    }

    private string? NextLine()
    {
        string? line = PeekLine();
        _at += line is null ? 0 : 1;
        return line;
    }

    /// <summary>The next line that is neither empty nor a comment, trimmed; stays where it is.</summary>
    private string? PeekLine()
    {
        for (; _at < _lines.Length; _at++)
        {
            string line = _lines[_at].Trim();
            if (line.Length > 0 && line[0] != '#')
            {
                return line;
            }
        }

        return null;
    }
}
