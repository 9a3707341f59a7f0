using AuraMemory.Tck.Gherkin;
using AuraMemory.Tck.Reporting;
using AuraMemory.Tck.Running;

string? folder = args.FirstOrDefault(a => !a.StartsWith('-'));
string[] unknown = [.. args.Where(a => a.StartsWith('-') && a is not ("--verbose" or "--json"))];
if (folder is null || unknown.Length > 0)
{
    Console.Error.WriteLine("""
        Runs the openCypher TCK, or a folder laid out like it, against the embedded graph.
          dotnet run -c Release --project tests/AuraMemory.Tck -- FOLDER [--verbose] [--json]
        FOLDER has `features` (with *.feature files below) and, where scenarios name graphs, `graphs`.
          --verbose   the first difference of each failure
          --json      one JSON object instead of the table
        Exit code: 0 = nothing failed, 1 = something did, 2 = the folder is not there.
        """);
    return 2;
}

string features = Path.Combine(folder, "features");
if (!Directory.Exists(features))
{
    Console.Error.WriteLine($"There is no folder '{features}'.");
    return 2;
}

List<Scenario> scenarios = FeatureReader.ReadAll(features);
var outcomes = new List<Outcome>(scenarios.Count);
foreach (Scenario scenario in scenarios)
{
    outcomes.Add(ScenarioRunner.Run(scenario, Path.Combine(folder, "graphs")));
    if (!Console.IsErrorRedirected && outcomes.Count % 50 == 0)
    {
        Console.Error.Write($"\r{outcomes.Count} of {scenarios.Count}");
    }
}

if (!Console.IsErrorRedirected)
{
    Console.Error.Write("\r                    \r");
}

var report = new TckReport(outcomes);
if (args.Contains("--json"))
{
    Console.WriteLine(report.ToJson().ToJsonString());
}
else
{
    report.Write(Console.Out, args.Contains("--verbose"));
}

return report.AllPassed ? 0 : 1;
