using System.Globalization;
using System.Text;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query;

/// <summary>An answer kept in memory.</summary>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Rows">A value for each column, row by row.</param>
/// <param name="Plan">How it was (or would be) computed, when <c>EXPLAIN</c> or <c>PROFILE</c> asked for it.</param>
public sealed record QueryResult(IReadOnlyList<string> Columns, IReadOnlyList<Value[]> Rows, PlanDescription? Plan);

/// <summary>Takes an answer row by row.</summary>
public interface IRowSink
{
    /// <summary>Called once, before the first row.</summary>
    /// <param name="columns">Names of the columns.</param>
    void Begin(IReadOnlyList<string> columns);

    /// <summary>Takes a row.</summary>
    /// <param name="row">A value for each column; valid during the call.</param>
    /// <returns>False when no more rows are wanted.</returns>
    bool Row(ReadOnlySpan<Value> row);
}

/// <summary>A step of a plan; its rows come from its children.</summary>
/// <param name="Operator">What it does.</param>
/// <param name="Details">To what, in the query's own words.</param>
/// <param name="EstimatedRows">Rows the planner expects.</param>
/// <param name="Rows">Rows it gave; null when the query was only explained.</param>
/// <param name="Children">Where its rows come from.</param>
public sealed record PlanDescription(
    string Operator, string Details, double EstimatedRows, long? Rows, IReadOnlyList<PlanDescription> Children)
{
    /// <summary>The plan as a tree, a step a line: what gives rows is below what takes them.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text, 0);
        return text.ToString();
    }

    private void Write(StringBuilder text, int depth)
    {
        text.Append(' ', 2 * depth).Append(Operator);
        if (Details.Length > 0)
        {
            text.Append(' ').Append(Details);
        }

        text.Append(CultureInfo.InvariantCulture, $"  (estimated {EstimatedRows:0.#} rows");
        if (Rows is { } rows)
        {
            text.Append(CultureInfo.InvariantCulture, $", {rows} given");
        }

        text.Append(")\n");
        foreach (PlanDescription child in Children)
        {
            child.Write(text, depth + 1);
        }
    }
}
