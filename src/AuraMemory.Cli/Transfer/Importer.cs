using System.Net;
using System.Threading.Channels;
using AuraMemory.Cli.Output;
using AuraMemory.Client;
using AuraMemory.Client.Wire;

namespace AuraMemory.Cli.Transfer;

/// <summary>How an import is done.</summary>
/// <param name="BatchLines">Objects a request, 1 to 10 000.</param>
/// <param name="Concurrency">Requests in flight, 1 to 64.</param>
/// <param name="Shapes">True = ask for shape analysis.</param>
internal sealed record ImportSettings(int BatchLines = 500, int Concurrency = 4, bool Shapes = false)
{
    /// <summary>A request is sent when it holds so many bytes, whatever its lines.</summary>
    public const int BatchBytes = 8 << 20;

    /// <summary>Lines longer than this cannot be an object the service accepts (16 MiB of data and its envelope).</summary>
    public const int LongestLine = 24 << 20;
}

/// <summary>Sends the lines of an input to the service.</summary>
/// <remarks>
/// Protocol. (1) The reader checks each line and puts it into the lane its key hashes to. (2) A lane sends one request at
/// a time, so two lines with the same key are stored in input order whatever the concurrency. (3) A line is closed in the
/// <see cref="AcknowledgedPrefix"/> when the service has acknowledged or refused it; only then can a checkpoint pass it.
/// (4) A request refused as a whole (400, 413, 422) is halved until the guilty line stands alone. (5) Any other failure,
/// or a failure of an item that is not the item's fault, stops the run: nothing is lost, the checkpoint is behind it.
/// (6) When too many lines wait, all lanes are sent, so that a rarely filled lane does not hold the checkpoint back.
/// </remarks>
internal sealed class Importer(AuraMemoryClient client, ImportSettings settings, RejectsFile rejects, InputPosition start, TimeProvider time)
{
    private long _stored;

    /// <summary>What is acknowledged without a gap.</summary>
    public AcknowledgedPrefix Acknowledged { get; } = new(start);

    /// <summary>Objects stored in this run, also those behind a gap.</summary>
    public long Stored => Interlocked.Read(ref _stored);

    /// <summary>Lines of this run that had expired before they were read.</summary>
    public long Expired { get; private set; }

    /// <summary>Imports everything from the reader.</summary>
    public async Task RunAsync(LineReader reader, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var lanes = new Lane[settings.Concurrency];
        var senders = new Task[settings.Concurrency];
        for (int i = 0; i < lanes.Length; i++)
        {
            Lane lane = lanes[i] = new Lane();
            senders[i] = SendAsync(lane, stop);
        }

        try
        {
            await FillAsync(reader, lanes, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // A sender failed and stopped the reader: its failure is the one to report, below.
        }
        finally
        {
            foreach (Lane lane in lanes)
            {
                lane.Queue.Writer.Complete();
            }

            await Task.WhenAll(senders).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (Task sender in senders)
        {
            if (sender.IsFaulted)
            {
                await sender.ConfigureAwait(false);
            }
        }

        cancellation.ThrowIfCancellationRequested();
    }

    private async Task FillAsync(LineReader reader, Lane[] lanes, CancellationToken stop)
    {
        int mostPending = settings.BatchLines * settings.Concurrency * 4;
        await foreach (InputLine line in reader.ReadAsync(stop).ConfigureAwait(false))
        {
            stop.ThrowIfCancellationRequested();
            Acknowledged.Open(line.Number, line.End);
            if (line.TooLong)
            {
                Reject(line, $"It is longer than {ImportSettings.LongestLine} bytes.");
                continue;
            }

            if (line.Text.IsEmpty)
            {
                Acknowledged.Close(line.Number, LineState.Blank);
                continue;
            }

            if (ImportLine.Check(line.Text.Span, out string key, out ImportExpiry expiry) is { } wrong)
            {
                Reject(line, wrong);
                continue;
            }

            if (expiry.IsGiven && expiry.At <= time.GetUtcNow())
            {
                Expired++;
                Acknowledged.Close(line.Number, LineState.Blank);
                continue;
            }

            Lane lane = lanes[ImportLine.Lane(key) % (uint)lanes.Length];
            lane.Next.Add(expiry.IsGiven ? line with { Text = expiry.AsTimeToLive(line.Text.Span, time.GetUtcNow()) } : line);
            lane.NextBytes += line.Text.Length;
            if (lane.Next.Count >= settings.BatchLines || lane.NextBytes >= ImportSettings.BatchBytes)
            {
                await lane.FlushAsync(stop).ConfigureAwait(false);
            }

            if (Acknowledged.Pending >= mostPending)
            {
                await FlushAsync(lanes, stop).ConfigureAwait(false);
            }
        }

        await FlushAsync(lanes, stop).ConfigureAwait(false);
    }

    private static async Task FlushAsync(Lane[] lanes, CancellationToken stop)
    {
        foreach (Lane lane in lanes)
        {
            await lane.FlushAsync(stop).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(Lane lane, CancellationTokenSource stop)
    {
        try
        {
            await foreach (List<InputLine> batch in lane.Queue.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                await StoreAsync(batch, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Someone else stopped the run.
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task StoreAsync(List<InputLine> batch, CancellationToken cancellation)
    {
        var items = new ReadOnlyMemory<byte>[batch.Count];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = batch[i].Text;
        }

        BulkStoreResponse response;
        try
        {
            response = await client.BulkStoreTextAsync(
                items, settings.Shapes, Math.Min(settings.BatchLines, 1000), cancellation: cancellation).ConfigureAwait(false);
        }
        catch (AuraMemoryException refused) when (IsTheInputsFault((int?)refused.Status))
        {
            if (batch.Count == 1)
            {
                Reject(batch[0], ErrorSentences.Of(refused.Problem));
                return;
            }

            await StoreAsync(batch[..(batch.Count / 2)], cancellation).ConfigureAwait(false);
            await StoreAsync(batch[(batch.Count / 2)..], cancellation).ConfigureAwait(false);
            return;
        }

        Acknowledge(batch, response);
    }

    private void Acknowledge(List<InputLine> batch, BulkStoreResponse response)
    {
        if (response.Items.Count != batch.Count)
        {
            throw AuraMemoryException.Unexpected(
                $"The service answered {response.Items.Count} results for {batch.Count} objects: is it of the same version?");
        }

        ProblemDocument? fatal = null;
        for (int i = 0; i < batch.Count; i++)
        {
            if (response.Items[i].Error is not { } error)
            {
                Interlocked.Increment(ref _stored);
                Acknowledged.Close(batch[i].Number, LineState.Stored);
            }
            else if (error.Status is null || IsTheInputsFault(error.Status))
            {
                Reject(batch[i], ErrorSentences.Of(error));
            }
            else
            {
                fatal ??= error;
            }
        }

        if (fatal is not null)
        {
            throw AuraMemoryException.Of((HttpStatusCode)fatal.Status!.Value, fatal);
        }
    }

    private void Reject(InputLine line, string reason)
    {
        rejects.Add(line.Number, reason, line.Text);
        Acknowledged.Close(line.Number, LineState.Rejected);
    }

    private static bool IsTheInputsFault(int? status) => status is 400 or 409 or 412 or 413 or 422;

    private sealed class Lane
    {
        public Channel<List<InputLine>> Queue { get; } =
            Channel.CreateBounded<List<InputLine>>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });

        public List<InputLine> Next { get; private set; } = [];

        public long NextBytes { get; set; }

        public async ValueTask FlushAsync(CancellationToken stop)
        {
            if (Next.Count > 0)
            {
                await Queue.Writer.WriteAsync(Next, stop).ConfigureAwait(false);
                Next = [];
                NextBytes = 0;
            }
        }
    }
}
