using System.Diagnostics;
using System.Globalization;
using System.Text;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http;
using AuraMemory.Server.Http.Requests;
using AuraMemory.Server.Shapes;
using AuraMemory.Topology;

namespace AuraMemory.Server.Benchmark;

/// <summary>Measures analysis of shapes and search among those the running service keeps.</summary>
/// <remarks>
/// Series of its own (a sum of two waves with noise, seeded) are stored under internal keys with their shapes, so that there is
/// something to find in an empty service too, and are deleted at the end. The searches run among everything of the kind series that
/// the service keeps, which is what a user's own query would meet.
/// </remarks>
internal sealed class ShapeBenchmark(
    IObjectStore store, IShapeService shapes, IShapeMathematics mathematics, BenchmarkRequest request, TimeProvider time)
{
    private const int MostObjects = 256;
    private const int MostBytes = 16 << 20;
    private const int Batch = 64;
    private const int LongestSeries = 100_000;
    private const int BytesPerNumber = 8;
    private const int Results = 10;

    private readonly long _run = time.GetTimestamp();
    private readonly int _objects = Math.Clamp(MostBytes / request.DataBytes, 4, MostObjects);

    /// <summary>Measures; what could not be is noted with its reason.</summary>
    /// <param name="samples">Receives the nanoseconds of a metric.</param>
    /// <param name="row">Receives a figure.</param>
    /// <param name="leftOut">Receives what is missing, and why.</param>
    /// <param name="cancellation">Ends it between two operations.</param>
    public async Task RunAsync(
        Action<string, List<long>> samples, Action<BenchmarkRow> row, Action<string> leftOut, CancellationToken cancellation)
    {
        if (!shapes.IsEnabled)
        {
            leftOut("shape_index: no shapes are kept (setting enable_shape_indexing)");
            return;
        }

        byte[][] series = new byte[_objects][];
        for (int i = 0; i < _objects; i++)
        {
            series[i] = Series(Math.Clamp(request.DataBytes / BytesPerNumber, 8, LongestSeries), i);
        }

        var stored = new List<byte[]>();
        try
        {
            await StoreAsync(series, stored, row, leftOut, cancellation);
            List<ShapeAnalysis> queries = Analyse(series, samples, cancellation);
            await SearchAsync(queries, ShapeMetric.Wasserstein, samples, row, cancellation);
            await SearchAsync(queries, ShapeMetric.Bottleneck, samples, row, cancellation);
            await SearchAsync(queries, ShapeMetric.Euclidean, samples, row, cancellation);
        }
        finally
        {
            foreach (byte[] key in stored)
            {
                DeleteOutcome outcome = await store.DeleteAsync(key, cancellation: CancellationToken.None);
                shapes.Deleted(key, outcome.Version);
            }
        }
    }

    private async Task StoreAsync(
        byte[][] series, List<byte[]> stored, Action<BenchmarkRow> row, Action<string> leftOut, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        int indexed = 0;
        for (int at = 0; at < series.Length; at += Batch)
        {
            var commands = new StoreCommand[Math.Min(Batch, series.Length - at)];
            for (int i = 0; i < commands.Length; i++)
            {
                byte[] key =
                [
                    ObjectKey.InternalPrefix, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"benchmark:{_run:x}:shape:{at + i}")),
                ];
                stored.Add(key);
                commands[i] = new StoreCommand { Key = key, Data = series[at + i], AnalyzeShape = true };
            }

            StoreOutcome[] outcomes = await store.StoreManyAsync(commands, Batch, cancellation);
            ShapeState[] states = await shapes.SubmitManyAsync(commands, outcomes, true, cancellation);
            indexed += Array.FindAll(states, s => s.Status == ShapeStatus.Indexed).Length;
        }

        row(new BenchmarkRow("shape_store_and_index", indexed / Stopwatch.GetElapsedTime(started).TotalSeconds, "objects/s", null));
        if (indexed < series.Length)
        {
            leftOut($"shape_index: {series.Length - indexed} of {series.Length} shapes were not indexed in time");
        }
    }

    private List<ShapeAnalysis> Analyse(byte[][] series, Action<string, List<long>> samples, CancellationToken cancellation)
    {
        var taken = new List<long>(request.Iterations);
        var queries = new List<ShapeAnalysis>();
        for (int i = 0; i < request.Iterations; i++)
        {
            long at = Stopwatch.GetTimestamp();
            ShapeOutcome outcome = mathematics.Analyze(series[i % _objects], ShapeOptions.Default, shapes.Limits, cancellation);
            taken.Add(Elapsed.Nanoseconds(at));
            if (i < _objects && outcome.Analysis is { } analysis)
            {
                queries.Add(analysis);
            }
        }

        samples("shape_analysis", taken);
        return queries;
    }

    private async Task SearchAsync(
        List<ShapeAnalysis> queries, ShapeMetric metric, Action<string, List<long>> samples, Action<BenchmarkRow> row,
        CancellationToken cancellation)
    {
        string name = ShapeQueryRequest.Metrics[(int)metric];
        var taken = new List<long>(request.Iterations);
        long exact = 0;
        long size = 0;
        for (int i = 0; i < request.Iterations && queries.Count > 0; i++)
        {
            var query = new ShapeQuery { Analysis = queries[i % queries.Count], K = Results, Metric = metric };
            long at = Stopwatch.GetTimestamp();
            ShapeMatches matches = await shapes.SearchAsync(query, cancellation);
            taken.Add(Elapsed.Nanoseconds(at));
            exact += matches.ExactEvaluations;
            size = matches.IndexSize;
        }

        samples($"shape_search_{name}", taken);
        if (taken.Count > 0)
        {
            row(new BenchmarkRow($"shape_search_{name}_exact_evaluations", (double)exact / taken.Count, "distances/search", null));
            row(new BenchmarkRow($"shape_search_{name}_index_size", size, "objects", null));
        }
    }

    /// <summary>A series as JSON: two waves whose frequencies the seed decides, and noise.</summary>
    private static byte[] Series(int count, int seed)
    {
        var random = new Random(seed);
        double slow = 1 + (4 * random.NextDouble());
        double fast = 5 + (20 * random.NextDouble());
        var text = new StringBuilder("[", count * BytesPerNumber);
        for (int i = 0; i < count; i++)
        {
            double at = 2 * Math.PI * i / count;
            double value = Math.Sin(slow * at) + (0.5 * Math.Sin(fast * at)) + (0.05 * (random.NextDouble() - 0.5));
            text.Append(i > 0 ? "," : "").Append(value.ToString("0.0000", CultureInfo.InvariantCulture));
        }

        return Encoding.ASCII.GetBytes(text.Append(']').ToString());
    }
}
