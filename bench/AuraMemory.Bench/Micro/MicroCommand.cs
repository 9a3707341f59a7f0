using AuraMemory.Bench.Output;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace AuraMemory.Bench.Micro;

/// <summary>Micro-benchmarks of the hot paths with BenchmarkDotNet: median time and bytes allocated an operation.</summary>
internal static class MicroCommand
{
    public static Task RunAsync(BenchArguments arguments, BenchReport report)
    {
        string filter = arguments.Text("filter", "");
        arguments.RefuseUnread();

        // In this process: the runs are of libraries that are loaded already, and need no further build.
        ManualConfig config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithIterationCount(7).WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance)
            .WithOptions(ConfigOptions.DisableOptimizationsValidator);
        foreach (Type subject in (Type[])[typeof(StorePaths), typeof(ShapePaths)])
        {
            BenchReport.Progress(subject.Name);
            Summary summary = BenchmarkRunner.Run(subject, config);
            foreach (BenchmarkReport one in summary.Reports)
            {
                string name = one.BenchmarkCase.Descriptor.WorkloadMethod.Name.Replace('_', ' ');
                if (!name.Contains(filter, StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                if (one.ResultStatistics is not { } statistics)
                {
                    report.Fault($"{name} did not run.");
                    continue;
                }

                report.Add(new BenchRow(name, statistics.Median, null, null, "ns", null));
                report.Add(new BenchRow(name + ", allocated", one.GcStats.GetBytesAllocatedPerOperation(one.BenchmarkCase) ?? 0, null, null, "bytes", null));
            }
        }

        return Task.CompletedTask;
    }
}
