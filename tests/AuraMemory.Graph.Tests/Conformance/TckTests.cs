using AuraMemory.Tck.Gherkin;
using AuraMemory.Tck.Running;

namespace AuraMemory.Graph.Tests.Conformance;

/// <summary>The openCypher TCK, as far as it only reads.</summary>
public class TckTests
{
    [Fact]
    public void No_scenario_that_only_reads_fails()
    {
        string folder = TckFolder.Find();
        List<Scenario> scenarios = FeatureReader.ReadAll(Path.Combine(folder, "features"));
        List<Outcome> outcomes = [.. scenarios.Select(s => ScenarioRunner.Run(s, Path.Combine(folder, "graphs")))];
        IEnumerable<string> failed = outcomes.Where(o => o.Verdict == Verdict.Failed).Select(o => $"{o.Scenario.Folder}: {o.Scenario.Name}: {o.Reason}");
        Assert.Empty(failed);
        Assert.Contains(outcomes, o => o.Verdict == Verdict.Passed);
    }
}
