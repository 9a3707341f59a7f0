using System.Diagnostics;
using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Topology;
using AuraMemory.Topology.Search;

namespace AuraMemory.Bench.Shapes;

/// <summary>Nearest shapes among many: time and recall of approximate searches beside exhaustive ones of the same index.</summary>
internal static class ShapeSearchCommand
{
    private const int Warm = 50;

    private static readonly Dictionary<string, ShapeMetric> Metrics = new()
    {
        ["wasserstein"] = ShapeMetric.Wasserstein1,
        ["wasserstein2"] = ShapeMetric.Wasserstein2,
        ["bottleneck"] = ShapeMetric.Bottleneck,
        ["euclidean"] = ShapeMetric.Euclidean,
    };

    public static Task RunAsync(BenchArguments arguments, BenchReport report)
    {
        int entries = (int)arguments.Number("entries", 20_000);
        int k = (int)arguments.Number("k", 10);
        int queries = (int)arguments.Number("queries", 200);
        int threads = (int)arguments.Number("threads", Math.Min(2, Environment.ProcessorCount));
        int[] breadths = [.. arguments.List("breadth", "0").Select(b => int.Parse(b, CultureInfo.InvariantCulture))];
        int buildBreadth = (int)arguments.Number("build-breadth", new ShapeIndexOptions().BuildBreadth);
        string[] metrics = arguments.List("metric", "wasserstein");
        string data = arguments.Text("data", "clustered");
        string folder = arguments.Text("folder", SharedFolder.Find("data/topology/real"));
        string keep = arguments.Text("keep", "");
        arguments.RefuseUnread();
        foreach (string metric in metrics)
        {
            if (!Metrics.ContainsKey(metric))
            {
                throw new BenchException($"--metric is '{metric}'; it must be of {string.Join(", ", Metrics.Keys)}.");
            }
        }

        string[] ofDiagrams = [.. metrics.Where(m => m != "euclidean")];
        if (ofDiagrams.Length > 0)
        {
            ShapeData source = ShapeData.Of(data, folder);
            Measure(new Plan(entries, k, queries, threads, breadths, buildBreadth, keep, data, ofDiagrams), report,
                new ShapeIndexOptions { SignatureLength = 0, Dimensions = 1 },
                i => ([], source.Barcode(i)));
        }

        if (metrics.Contains("euclidean"))
        {
            var mixture = new VectorMixture();
            Measure(new Plan(entries, k, queries, threads, breadths, buildBreadth, keep, "mixture", ["euclidean"]), report,
                new ShapeIndexOptions { SignatureLength = VectorMixture.Length, Dimensions = 0 },
                i =>
                {
                    var vector = new float[VectorMixture.Length];
                    mixture.Write(i, vector);
                    return (vector, null);
                });
        }

        return Task.CompletedTask;
    }

    private static void Measure(Plan plan, BenchReport report, ShapeIndexOptions options, Func<long, (float[] Signature, Barcode? Barcode)> entry)
    {
        options = options with { MemoryLimitBytes = 16L << 30, BuildBreadth = plan.BuildBreadth };
        (ShapeIndex index, double seconds) = Open(plan, options, entry);
        using (index)
        {
            foreach (string metric in plan.Metrics)
            {
                var questions = new ShapeQuery[plan.Queries];
                var truth = new ShapeSearchResult[plan.Queries];
                double exact = 0;
                for (int i = 0; i < questions.Length; i++)
                {
                    (float[] signature, Barcode? barcode) = entry(-1 - i);
                    questions[i] = new ShapeQuery { Signature = signature, Barcode = barcode, K = plan.K, Metric = Metrics[metric] };
                    long start = Stopwatch.GetTimestamp();
                    truth[i] = index.Search(questions[i] with { Mode = SearchMode.Exact });
                    exact += Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }

                BenchReport.Progress($"{metric}: exhaustive {exact / questions.Length:F1} ms, {truth.Average(t => t.ExactEvaluations):F0} exact evaluations");
                foreach (int breadth in plan.Breadths)
                {
                    One(plan, report, index, metric, breadth, questions, truth, seconds);
                }
            }
        }
    }

    private static void One(
        Plan plan, BenchReport report, ShapeIndex index, string metric, int breadth, ShapeQuery[] questions, ShapeSearchResult[] truth, double seconds)
    {
        var times = new double[questions.Length];
        var processor = new double[questions.Length];
        double evaluations = 0;
        double bounds = 0;
        int found = 0;
        int there = 0;
        for (int i = -Math.Min(Warm, questions.Length); i < questions.Length; i++)
        {
            ShapeQuery question = questions[Math.Abs(i) % questions.Length] with { Breadth = breadth };
            long start = Stopwatch.GetTimestamp();
            double before = ThreadTime.Milliseconds;
            ShapeSearchResult result = index.Search(question);
            double used = ThreadTime.Milliseconds - before;
            double time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (i < 0)
            {
                continue;
            }

            times[i] = time;
            processor[i] = used;
            evaluations += result.ExactEvaluations;
            bounds += result.BoundEvaluations;
            // By distance, as ties may be answered in another order.
            double last = truth[i].Hits[^1].Distance * (1 + 1e-9);
            found += result.Hits.Count(h => h.Distance <= last);
            there += truth[i].Hits.Count;
        }

        Array.Sort(times);
        Array.Sort(processor);
        int most = Math.Min(times.Length - 1, times.Length * 99 / 100);
        BenchReport.Progress($"{metric} breadth {breadth}: {bounds / questions.Length:F0} bounds");
        report.Add(
            ("metric", metric), ("data", plan.Data), ("entries", plan.Entries), ("p50_ms", times[times.Length / 2]),
            ("p99_ms", times[most]), ("p50_cpu_ms", processor[times.Length / 2]), ("p99_cpu_ms", processor[most]), ("recall", Math.Min(1.0, (double)found / there)),
            ("exact_evaluations", evaluations / questions.Length), ("index_bytes", index.MemoryBytes), ("build_seconds", seconds));
    }

    private static (ShapeIndex Index, double Seconds) Open(Plan plan, ShapeIndexOptions options, Func<long, (float[] Signature, Barcode? Barcode)> entry)
    {
        string file = plan.Keep.Length == 0 ? "" : Path.Combine(plan.Keep, $"{(options.Dimensions > 0 ? plan.Data : "vectors")}-{plan.Entries}-{plan.BuildBreadth}.index");
        if (file.Length > 0 && File.Exists(file))
        {
            long began = Stopwatch.GetTimestamp();
            using FileStream stream = File.OpenRead(file);
            ShapeIndexLoad load = ShapeIndexFile.Load(stream, options);
            if (load.Index is { } kept)
            {
                BenchReport.Progress($"{file} loaded in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
                return (kept, double.Parse(File.ReadAllText(file + ".seconds"), CultureInfo.InvariantCulture));
            }

            BenchReport.Progress($"{file}: {load.Refusal}");
        }

        var index = new ShapeIndex(options);
        for (int i = 0; i < plan.Entries; i++)
        {
            (float[] signature, Barcode? barcode) = entry(i);
            if (index.Add((ulong)i, signature, barcode) == AddOutcome.NoRoom)
            {
                throw new BenchException($"{i} entries fill the memory; take fewer --entries.");
            }
        }

        long start = Stopwatch.GetTimestamp();
        var builders = new Thread[plan.Threads];
        for (int t = 0; t < builders.Length; t++)
        {
            builders[t] = new Thread(() => Build(index));
            builders[t].Start();
        }

        foreach (Thread builder in builders)
        {
            builder.Join();
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (file.Length > 0)
        {
            Directory.CreateDirectory(plan.Keep);
            using FileStream stream = File.Create(file);
            index.Save(stream);
            File.WriteAllText(file + ".seconds", seconds.ToString(CultureInfo.InvariantCulture));
        }

        return (index, seconds);
    }

    private static void Build(ShapeIndex index)
    {
        long start = Stopwatch.GetTimestamp();
        double told = 0;
        while (index.Maintain(1000) > 0)
        {
            double now = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (now > told + 15)
            {
                BenchReport.Progress($"{now:F0} s, {index.Waiting} to link");
                told = now;
            }
        }
    }

    private sealed record Plan(
        int Entries, int K, int Queries, int Threads, int[] Breadths, int BuildBreadth, string Keep, string Data, string[] Metrics);
}
