using AuraMemory.Tck.Gherkin;
using AuraMemory.Tck.Running;

namespace AuraMemory.Graph.Tests.Queries;

/// <summary>The openCypher TCK, as far as it is there: from <c>AURA_TCK</c>, else a folder <c>shared/data/tck</c> beside any folder above the tests.</summary>
public class TckTests
{
    [Fact]
    public void Every_scenario_that_only_reads_passes()
    {
        string folder = Find();
        List<Outcome> outcomes = [.. FeatureReader.ReadAll(Path.Combine(folder, "features")).Select(s => ScenarioRunner.Run(s, Path.Combine(folder, "graphs")))];
        Assert.True(outcomes.Count(o => o.Verdict == Verdict.Passed) > 100, "There are hardly any scenarios.");
        Assert.Empty(outcomes.Where(o => o.Verdict == Verdict.Failed).Select(o => $"{o.Scenario.Folder}: {o.Scenario.Name}: {o.Reason}"));
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("AURA_TCK") is { Length: > 0 } named)
        {
            return named;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "shared", "data", "tck");
            if (Directory.Exists(path))
            {
                return path;
            }
        }

        Assert.Skip("The openCypher TCK is not there; AURA_TCK names its folder.");
        return "";
    }
}
