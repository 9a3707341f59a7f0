using AuraMemory.Cli.Output;
using Spectre.Console;

namespace AuraMemory.Cli.Transfer;

/// <summary>Rate and time left of a transfer, from its start.</summary>
internal sealed class TransferRate(TimeProvider time, long? totalBytes, long bytesBefore)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>What there is to transfer, bytes; null = not known.</summary>
    public long? TotalBytes => totalBytes;

    /// <summary>One line about a transfer that has come to <paramref name="bytes"/> and done <paramref name="lines"/> lines in this run.</summary>
    public string Describe(long lines, long bytes)
    {
        TimeSpan elapsed = time.GetElapsedTime(_start);
        double seconds = Math.Max(elapsed.TotalSeconds, 1e-3);
        string text = $"{Figures.Count(lines)} objects, {Figures.Plain(lines / seconds)} a second, {Figures.Bytes(bytes)}";
        if (totalBytes is not { } total || total == 0)
        {
            return text;
        }

        text += $" of {Figures.Bytes(total)} ({Figures.Share((double)bytes / total)})";
        double bytesPerSecond = (bytes - bytesBefore) / seconds;
        return bytesPerSecond > 0
            ? text + $", {Figures.Duration(TimeSpan.FromSeconds((total - bytes) / bytesPerSecond))} left"
            : text;
    }
}

/// <summary>Shows a transfer: a bar on a terminal, now and then a line elsewhere, nothing when quiet.</summary>
internal sealed class TransferProgress(IAnsiConsole notes, TimeProvider time, bool quiet)
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BarEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs a transfer and shows it.</summary>
    /// <param name="rate">Computes what is shown.</param>
    /// <param name="position">Objects and bytes so far; called from another thread than the transfer's.</param>
    /// <param name="transfer">The work.</param>
    public async Task RunAsync(TransferRate rate, Func<(long Lines, long Bytes)> position, Func<Task> transfer)
    {
        if (quiet)
        {
            await transfer().ConfigureAwait(false);
        }
        else if (notes.Profile.Capabilities.Interactive && notes.Profile.Out.IsTerminal)
        {
            await BarAsync(rate, position, transfer).ConfigureAwait(false);
        }
        else
        {
            await WatchAsync(LineEvery, transfer, () => Line(rate, position)).ConfigureAwait(false);
        }
    }

    private async Task BarAsync(TransferRate rate, Func<(long Lines, long Bytes)> position, Func<Task> transfer)
    {
        ProgressColumn[] columns = rate.TotalBytes is null
            ? [new SpinnerColumn(), new TaskDescriptionColumn()]
            : [new ProgressBarColumn(), new TaskDescriptionColumn()];
        await notes.Progress().Columns(columns).StartAsync(async context =>
        {
            ProgressTask task = context.AddTask("starting", maxValue: Math.Max(1, rate.TotalBytes ?? 1));
            task.IsIndeterminate = rate.TotalBytes is null;
            void Show()
            {
                (long lines, long bytes) = position();
                task.Description = Markup.Escape(rate.Describe(lines, bytes));
                task.Value = rate.TotalBytes is null ? 0 : bytes;
            }

            await WatchAsync(BarEvery, transfer, Show).ConfigureAwait(false);
            Show();
        }).ConfigureAwait(false);
    }

    private void Line(TransferRate rate, Func<(long Lines, long Bytes)> position)
    {
        (long lines, long bytes) = position();
        notes.Profile.Out.Writer.WriteLine(rate.Describe(lines, bytes));
    }

    private async Task WatchAsync(TimeSpan every, Func<Task> transfer, Action show)
    {
        Task work = transfer();
        using var timer = new PeriodicTimer(every, time);
        while (!work.IsCompleted)
        {
            Task<bool> tick = timer.WaitForNextTickAsync().AsTask();
            if (await Task.WhenAny(work, tick).ConfigureAwait(false) == work)
            {
                break;
            }

            show();
        }

        await work.ConfigureAwait(false);
    }
}
