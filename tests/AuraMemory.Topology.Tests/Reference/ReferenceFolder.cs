using System.Text.Json;

namespace AuraMemory.Topology.Tests.Reference;

/// <summary>
/// Finds the reference answers: <c>AURA_TOPOLOGY_REFERENCE</c>, else a folder <c>shared/data/topology/reference</c> beside any folder
/// above the tests. Tests that need it are skipped where it is absent.
/// </summary>
internal static class ReferenceFolder
{
    /// <summary>Reads a file of records, one JSON object a line; skips the test where there is none.</summary>
    public static IEnumerable<JsonElement> Records(string file)
    {
        string path = Path.Combine(Find(), file);
        Assert.SkipUnless(File.Exists(path), $"There is no {file} in the reference folder.");
        return File.ReadLines(path).Where(line => line.Length > 0).Select(line => JsonSerializer.Deserialize<JsonElement>(line));
    }

    /// <summary>Reads a file that is one JSON document; skips the test where there is none.</summary>
    public static JsonElement Document(string file)
    {
        string path = Path.Combine(Find(), file);
        Assert.SkipUnless(File.Exists(path), $"There is no {file} in the reference folder.");
        return JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(path));
    }

    /// <summary>A list of bars as the records have them: null is a death at infinity.</summary>
    public static Diagram Diagram(JsonElement bars) => new([.. bars.EnumerateArray().Select(b => new Bar(b[0].GetDouble(), Number(b[1])))]);

    /// <summary>A number; null is positive infinity.</summary>
    public static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Null ? double.PositiveInfinity : value.GetDouble();

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("AURA_TOPOLOGY_REFERENCE") is { Length: > 0 } named)
        {
            return named;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "shared", "data", "topology", "reference");
            if (Directory.Exists(path))
            {
                return path;
            }
        }

        Assert.Skip("The reference answers are not there; AURA_TOPOLOGY_REFERENCE names their folder.");
        return "";
    }
}
