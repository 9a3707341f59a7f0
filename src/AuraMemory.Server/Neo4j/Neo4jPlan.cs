using System.Globalization;
using System.Text;

namespace AuraMemory.Server.Neo4j;

/// <summary>The plan that a Neo4j gives to <c>EXPLAIN</c> and <c>PROFILE</c>, as text: a step a line, what gives rows below what takes them.</summary>
internal static class Neo4jPlan
{
    private const int Deepest = 200;

    /// <summary>Text of a plan.</summary>
    public static string Text(object plan)
    {
        var text = new StringBuilder();
        Write(text, plan, 0);
        return text.ToString().TrimEnd();
    }

    private static void Write(StringBuilder text, object? step, int depth)
    {
        if (step is not Dictionary<string, object?> map || depth > Deepest)
        {
            return;
        }

        var arguments = map.GetValueOrDefault("args") as Dictionary<string, object?> ?? [];
        text.Append(' ', 2 * depth).Append(((map.GetValueOrDefault("operatorType") as string) ?? "?").Split('@')[0]);
        if (arguments.GetValueOrDefault("Details") is string { Length: > 0 } details)
        {
            text.Append(' ').Append(details.ReplaceLineEndings(" "));
        }

        if (arguments.GetValueOrDefault("EstimatedRows") is double estimated)
        {
            text.Append(CultureInfo.InvariantCulture, $" (estimated {estimated:0.##} rows");
            text.Append(arguments.GetValueOrDefault("Rows") is long rows ? $", gave {rows})" : ")");
        }

        text.Append('\n');
        foreach (object? child in map.GetValueOrDefault("children") as List<object?> ?? [])
        {
            Write(text, child, depth + 1);
        }
    }
}
