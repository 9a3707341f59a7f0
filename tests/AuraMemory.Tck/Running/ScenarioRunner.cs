using System.Text.RegularExpressions;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;
using AuraMemory.Tck.Gherkin;

namespace AuraMemory.Tck.Running;

/// <summary>How a scenario ended.</summary>
internal enum Verdict
{
    /// <summary>As it should.</summary>
    Passed,

    /// <summary>Otherwise.</summary>
    Failed,

    /// <summary>It was not run: it writes, or its set-up does what the loader cannot.</summary>
    Skipped,
}

/// <summary>A scenario and what came of it.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Verdict">How it ended.</param>
/// <param name="Reason">The first difference, or why it was skipped; empty when it passed.</param>
internal sealed record Outcome(Scenario Scenario, Verdict Verdict, string Reason);

/// <summary>Runs the steps of one scenario against a graph of its own.</summary>
internal sealed partial class ScenarioRunner(string graphs)
{
    private readonly PropertyGraph _graph = new();
    private readonly TableProcedures _procedures = new();
    private readonly QueryLimits _limits = new() { Time = TimeSpan.FromSeconds(10) };
    private MapValue _parameters = MapValue.Empty;
    private QueryResult? _result;
    private GraphView? _view;
    private CypherException? _error;

    /// <summary>Runs it.</summary>
    public static Outcome Run(Scenario scenario, string graphs)
    {
        if (scenario.Ignored)
        {
            return new Outcome(scenario, Verdict.Skipped, "tagged @ignore");
        }

        if (!ScenarioClass.IsReadOnly(scenario))
        {
            return new Outcome(scenario, Verdict.Skipped, "writes");
        }

        var runner = new ScenarioRunner(graphs);
        try
        {
            foreach (Step step in scenario.Steps)
            {
                if (runner.Take(step) is { } difference)
                {
                    return new Outcome(scenario, Verdict.Failed, difference);
                }
            }

            // An error that no step asked for would otherwise pass where only the absence of side effects is asserted.
            return runner._error is { } left
                ? new Outcome(scenario, Verdict.Failed, $"unexpected {Describe(left)}")
                : new Outcome(scenario, Verdict.Passed, "");
        }
        catch (NotSupportedException e)
        {
            return new Outcome(scenario, Verdict.Skipped, e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new Outcome(scenario, Verdict.Failed, $"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n')[0].Trim()}");
        }
    }

    private string? Take(Step step)
    {
        string text = step.Text.TrimEnd(':');
        switch (text)
        {
            case "an empty graph" or "any graph" or "no side effects" or "the side effects should be":
                return null; // a read-only engine has no side effects to compare
            case "having executed":
                new GraphLoader(_graph, _procedures).Run(step.Document!, _parameters);
                return null;
            case "parameters are":
                _parameters = new MapValue([.. step.Table.Select(r => r[0])], [.. step.Table.Select(r => Constant.Evaluate(r[1]))]);
                return null;
            case "executing query" or "executing control query":
                Execute(step.Document!);
                return null;
            case "the result should be empty":
                return _error is not null ? $"unexpected {Describe(_error)}" : _result!.Rows.Count == 0 ? null : $"{_result.Rows.Count} rows instead of none";
        }

        if (NamedGraph().Match(text) is { Success: true } named)
        {
            LoadNamed(named.Groups[1].Value);
            return null;
        }

        if (text.StartsWith("there exists a procedure ", StringComparison.Ordinal))
        {
            _procedures.Add(TableProcedure.Parse(text["there exists a procedure ".Length..], step.Table));
            return null;
        }

        if (text.StartsWith("the result should be", StringComparison.Ordinal))
        {
            return CompareRows(step.Table, inOrder: text.Contains("in order", StringComparison.Ordinal), text.Contains("ignoring element order", StringComparison.Ordinal));
        }

        return RaisedError().Match(text) is { Success: true } raised
            ? CompareError(raised.Groups[1].Value, raised.Groups[2].Value, raised.Groups[3].Value)
            : throw new FormatException($"The step '{step.Text}' is not known.");
    }

    private void Execute(string query)
    {
        (_result, _error) = (null, null);
        _view = _graph.Snapshot();
        try
        {
            var context = new QueryContext(_view, _parameters, _limits, TimeProvider.System, seed: 1, CancellationToken.None);
            _result = new CypherEngine(_procedures).Run(query, context);
        }
        catch (CypherException e)
        {
            _error = e;
        }
    }

    private void LoadNamed(string name)
    {
        string folder = Path.Combine(graphs, name);
        foreach (string script in Directory.GetFiles(folder, "*.cypher").Order(StringComparer.Ordinal))
        {
            new GraphLoader(_graph, _procedures).Run(File.ReadAllText(script).Trim().TrimEnd(';'), MapValue.Empty);
        }
    }

    private string? CompareRows(IReadOnlyList<string[]> table, bool inOrder, bool sortsLists)
    {
        if (_error is not null)
        {
            return $"unexpected {Describe(_error)}";
        }

        string[] columns = table[0];
        if (!columns.Order(StringComparer.Ordinal).SequenceEqual(_result!.Columns.Order(StringComparer.Ordinal)))
        {
            return $"columns [{string.Join(" | ", _result.Columns)}] instead of [{string.Join(" | ", columns)}]";
        }

        int[] places = Array.ConvertAll(columns, c => _result.Columns.ToList().IndexOf(c));
        var expected = table.Skip(1).Select(r => string.Join(" | ", r.Select(c => ExpectedValue.Canonical(c, sortsLists)))).ToList();
        var actual = _result.Rows.Select(r => string.Join(" | ", places.Select(p => ActualValue.Canonical(r[p], _view!, sortsLists)))).ToList();
        if (!inOrder)
        {
            expected.Sort(StringComparer.Ordinal);
            actual.Sort(StringComparer.Ordinal);
        }

        for (int i = 0; i < Math.Max(expected.Count, actual.Count); i++)
        {
            string wanted = i < expected.Count ? expected[i] : "no more rows";
            string got = i < actual.Count ? actual[i] : "no more rows";
            if (wanted != got)
            {
                return $"row {i + 1}: {got} instead of {wanted}";
            }
        }

        return null;
    }

    private string? CompareError(string type, string phase, string detail)
    {
        if (_error is null)
        {
            return $"{_result!.Rows.Count} rows instead of {type} at {phase}: {detail}";
        }

        bool asked = _error.Type == type && (detail == "*" || _error.Detail == detail)
            && (phase == "any time" || (phase == "compile time") == (_error.Phase == ErrorPhase.CompileTime));
        string? difference = asked ? null : $"{Describe(_error)} instead of {type} at {phase}: {detail}";
        _error = null;
        return difference;
    }

    private static string Describe(CypherException e) =>
        $"{e.Type} at {(e.Phase == ErrorPhase.CompileTime ? "compile time" : "runtime")}: {e.Detail} ({e.Message} {e.Position})";

    [GeneratedRegex("^the (\\S+) graph$")]
    private static partial Regex NamedGraph();

    [GeneratedRegex("^an? (\\w+) should be raised at (compile time|runtime|any time): (.+)$")]
    private static partial Regex RaisedError();
}
