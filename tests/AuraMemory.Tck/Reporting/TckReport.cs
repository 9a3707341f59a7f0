using System.Text.Json.Nodes;
using AuraMemory.Tck.Running;

namespace AuraMemory.Tck.Reporting;

/// <summary>Outcomes counted: all, read-only, read-only without temporal values, and by folder.</summary>
internal sealed class TckReport(IReadOnlyList<Outcome> outcomes)
{
    /// <summary>Whether nothing that was run failed.</summary>
    public bool AllPassed => !outcomes.Any(o => o.Verdict == Verdict.Failed);

    /// <summary>For people.</summary>
    public void Write(TextWriter to, bool verbose)
    {
        if (verbose)
        {
            foreach (Outcome outcome in outcomes.Where(o => o.Verdict == Verdict.Failed))
            {
                to.WriteLine($"FAILED {outcome.Scenario.Folder}: {outcome.Scenario.Name}");
                to.WriteLine($"       {outcome.Reason.ReplaceLineEndings("\n       ")}");
            }

            foreach (IGrouping<string, Outcome> skipped in outcomes.Where(o => o.Verdict == Verdict.Skipped).GroupBy(o => o.Reason))
            {
                to.WriteLine($"skipped {skipped.Count()}: {skipped.Key}");
            }
        }

        foreach ((string name, IReadOnlyList<Outcome> group) in Folders())
        {
            WriteRow(to, name, group);
        }

        to.WriteLine();
        foreach ((string name, IReadOnlyList<Outcome> group) in Sums())
        {
            WriteRow(to, name, group);
        }
    }

    /// <summary>For programs.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach ((string name, IReadOnlyList<Outcome> group) in Sums())
        {
            json[name] = Counts(group);
        }

        var folders = new JsonObject();
        foreach ((string name, IReadOnlyList<Outcome> group) in Folders())
        {
            folders[name] = Counts(group);
        }

        json["folders"] = folders;
        var scenarios = new JsonObject();
        foreach ((string name, IReadOnlyList<Outcome> group) in Sums())
        {
            scenarios[name] = Counts(Unexpanded(group));
        }

        json["scenarios"] = scenarios;
        return json;
    }

    private static void WriteRow(TextWriter to, string name, IReadOnlyList<Outcome> group)
    {
        int passed = Count(group, Verdict.Passed);
        int failed = Count(group, Verdict.Failed);
        string share = passed + failed == 0 ? "" : $"{100.0 * passed / (passed + failed),6:F1} %";
        to.WriteLine($"{name,-42} {passed,5} passed {failed,5} failed {Count(group, Verdict.Skipped),5} skipped {share}");
    }

    private static JsonObject Counts(IReadOnlyList<Outcome> group) => new()
    {
        ["passed"] = Count(group, Verdict.Passed),
        ["failed"] = Count(group, Verdict.Failed),
        ["skipped"] = Count(group, Verdict.Skipped),
        ["total"] = group.Count,
    };

    private static int Count(IReadOnlyList<Outcome> group, Verdict verdict) => group.Count(o => o.Verdict == verdict);

    /// <summary>One outcome an outline: failed if one of its rows did, skipped if one was and none failed.</summary>
    private static List<Outcome> Unexpanded(IReadOnlyList<Outcome> group) =>
        [.. group.GroupBy(o => o.Scenario.Outline).Select(g => g.MaxBy(o => o.Verdict switch { Verdict.Failed => 2, Verdict.Skipped => 1, _ => 0 })!)];

    private IEnumerable<(string Name, IReadOnlyList<Outcome> Group)> Sums()
    {
        var readOnly = outcomes.Where(o => ScenarioClass.IsReadOnly(o.Scenario)).ToList();
        yield return ("all", outcomes);
        yield return ("read_only", readOnly);
        yield return ("read_only_without_temporal", readOnly.Where(o => !ScenarioClass.IsTemporal(o.Scenario)).ToList());
    }

    private IEnumerable<(string Name, IReadOnlyList<Outcome> Group)> Folders() =>
        outcomes.GroupBy(o => o.Scenario.Folder).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, (IReadOnlyList<Outcome>)[.. g]));
}
