using System.Diagnostics;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Query.Procedures;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Bench.Graph;

/// <summary>Runs queries on a graph in this process.</summary>
/// <param name="graph">The graph.</param>
/// <param name="patience">Longest query; null = five minutes.</param>
/// <param name="options">What plans are made with; null = everything.</param>
/// <param name="clock">By which patience is measured; null = the wall's.</param>
internal sealed class CypherBed(PropertyGraph graph, TimeSpan? patience = null, PlanningOptions? options = null, TimeProvider? clock = null)
{
    private readonly QueryLimits _limits = new() { Time = patience ?? TimeSpan.FromMinutes(5), Rows = 100_000_000, Memory = 8L << 30 };
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly CypherEngine _engine = new(new NoProcedures()) { Options = options ?? PlanningOptions.Default };

    /// <summary>Runs a query; its rows.</summary>
    public IReadOnlyList<Value[]> Rows(string query, long? id = null, long? other = null)
    {
        MapValue parameters = id is null ? MapValue.Empty : new MapValue(["id", "other"], [Value.Of(id.Value), Value.Of(other ?? 0)]);
        return _engine.Run(query, new QueryContext(graph.Snapshot(), parameters, _limits, _clock, 1, CancellationToken.None)).Rows;
    }

    /// <summary>The plan of a query, with the rows that each step gave.</summary>
    public string Profile(string query) => _engine.Run(
        "PROFILE " + query, new QueryContext(graph.Snapshot(), MapValue.Empty, _limits, _clock, 1, CancellationToken.None)).Plan!.ToString();

    /// <summary>The steps of a query's plan, without the rows expected.</summary>
    public string Plan(string query)
    {
        var steps = new List<string>();
        Add(_engine.Run("EXPLAIN " + query, new QueryContext(graph.Snapshot(), MapValue.Empty, _limits, _clock, 1, CancellationToken.None)).Plan!);
        return string.Join('\n', steps);

        void Add(PlanDescription step)
        {
            steps.Add($"{step.Operator} {step.Details}");
            foreach (PlanDescription child in step.Children)
            {
                Add(child);
            }
        }
    }

    /// <summary>Processor milliseconds of a query, over some runs; null when it hits the limit.</summary>
    public double? Milliseconds(string query, int runs)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        try
        {
            for (int i = 0; i < runs; i++)
            {
                Rows(query);
            }
        }
        catch (CypherException e) when (e.Type == "LimitExceeded")
        {
            return null;
        }

        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / runs;
    }

    /// <summary>Rows that the planner expects of a query.</summary>
    public double Estimate(string query) => _engine.Run(
        "EXPLAIN " + query, new QueryContext(graph.Snapshot(), MapValue.Empty, _limits, _clock, 1, CancellationToken.None)).Plan!.EstimatedRows;

    /// <summary>Runs a query for each seed: wall milliseconds, sorted, and the sum of the counts it gives (or the number of its rows).</summary>
    public (double[] Milliseconds, long Sum) Each(string query, IReadOnlyList<int> seeds, bool isCount)
    {
        var times = new double[seeds.Count];
        long sum = 0;
        for (int i = 0; i < seeds.Count; i++)
        {
            long began = Stopwatch.GetTimestamp();
            IReadOnlyList<Value[]> rows = Rows(query, seeds[i], seeds[(i + 1) % seeds.Count]);
            times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            sum += isCount ? rows[0][0].Integer : rows.Count;
        }

        Array.Sort(times);
        return (times, sum);
    }

    private sealed class NoProcedures : IProcedureCatalog
    {
        public IEnumerable<string> Names => [];

        public IProcedure? Find(string name) => null;
    }
}
