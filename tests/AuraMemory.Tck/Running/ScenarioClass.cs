using System.Text.RegularExpressions;
using AuraMemory.Tck.Gherkin;

namespace AuraMemory.Tck.Running;

/// <summary>Which figures a scenario counts in.</summary>
internal static partial class ScenarioClass
{
    /// <summary>No query that the scenario executes has a writing clause; set-ups do not count.</summary>
    public static bool IsReadOnly(Scenario scenario) => !Queries(scenario).Any(q => Writing().IsMatch(WithoutText(q)));

    /// <summary>A query uses temporal values, or the scenario stands among the tests of them.</summary>
    public static bool IsTemporal(Scenario scenario) =>
        scenario.Folder.StartsWith("expressions/temporal", StringComparison.Ordinal) || Queries(scenario).Any(q => Temporal().IsMatch(WithoutText(q)));

    private static IEnumerable<string> Queries(Scenario scenario) =>
        scenario.Steps.Where(s => s.Text.StartsWith("executing", StringComparison.Ordinal) && s.Document is not null).Select(s => s.Document!);

    /// <summary>The query with strings, quoted names and comments taken out, in which clause names would be no clauses.</summary>
    private static string WithoutText(string query) => Quoted().Replace(query, " ");

    [GeneratedRegex(@"(?<![.:$\w])(CREATE|MERGE|SET|DELETE|DETACH|REMOVE)\s(?!\s*[:)])", RegexOptions.IgnoreCase)]
    private static partial Regex Writing();

    [GeneratedRegex(@"(?<![\w.])(date|time|datetime|localtime|localdatetime|duration)\s*[(.]", RegexOptions.IgnoreCase)]
    private static partial Regex Temporal();

    [GeneratedRegex(@"'(\\.|[^'\\])*'|""(\\.|[^""\\])*""|`[^`]*`|//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Quoted();
}
