namespace AuraMemory.Graph.Tests.Conformance;

/// <summary>
/// The scenarios of the openCypher TCK: from <c>AURA_TCK</c>, else a folder <c>shared/data/tck</c> beside any folder above the tests.
/// Tests that need them are skipped where they are absent.
/// </summary>
internal static class TckFolder
{
    /// <summary>The folder; null where there is none.</summary>
    public static string? TryFind()
    {
        if (Environment.GetEnvironmentVariable("AURA_TCK") is { Length: > 0 } named)
        {
            return named;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "shared", "data", "tck");
            if (Directory.Exists(Path.Combine(path, "features")))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>The folder; skips the test where there is none.</summary>
    public static string Find()
    {
        string? folder = TryFind();
        Assert.SkipWhen(folder is null, "The scenarios of the TCK are not there; AURA_TCK names their folder.");
        return folder;
    }
}
