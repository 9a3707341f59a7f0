using System.Buffers.Binary;

namespace AuraMemory.Engine.Durability;

/// <summary>Runs one follower: replays the change sequence from the position it has noted, and then keeps up.</summary>
/// <remarks>
/// (1) Read the position from the home's notes; a follower without one, or one that the trimmed sequence has left behind, is
/// rebuilt from a listing: the number noted then is the newest from before the listing, so nothing falls between. (2) Read a
/// page of changes, let the follower apply it, note the position. A failed page is tried again, later each time; the others
/// and the store are not held up.
/// </remarks>
internal sealed class ChangeFeed : IAsyncDisposable
{
    private const int Page = 512;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly string _note;
    private readonly IHome _home;
    private readonly IChangeFollower _follower;
    private readonly Func<long> _published;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;
    private readonly long? _from;
    private long _position;
    private volatile string? _failure;

    /// <param name="name">Name under which the position is kept.</param>
    /// <param name="home">Where the sequence is.</param>
    /// <param name="follower">Who follows.</param>
    /// <param name="published">Newest change that readers can see: a follower must not be ahead of what it would read.</param>
    /// <param name="time">Drives the waits.</param>
    /// <param name="from">Where the follower itself knows it has come to: it starts there when that is before the noted position; null = the noted one.</param>
    public ChangeFeed(string name, IHome home, IChangeFollower follower, Func<long> published, TimeProvider time, long? from = null)
    {
        _from = from;
        Name = name;
        _note = "follower:" + name;
        _home = home;
        _follower = follower;
        _published = published;
        _time = time;
        _run = Task.Run(RunAsync);
    }

    public string Name { get; }

    public FollowerState State => new(
        Name, Interlocked.Read(ref _position), Math.Max(0, _published() - Interlocked.Read(ref _position)), _failure);

    /// <summary>Stops after the page at hand.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        TimeSpan retry = Interval;
        try
        {
            long position = ReadPosition();
            Interlocked.Exchange(ref _position, Math.Max(position, 0));
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    long next = await StepAsync(position).ConfigureAwait(false);
                    bool idle = next == position;
                    position = next;
                    Interlocked.Exchange(ref _position, Math.Max(position, 0));
                    _failure = null;
                    retry = Interval;
                    if (idle)
                    {
                        await Task.Delay(Interval, _time, _stop.Token).ConfigureAwait(false);
                    }
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    _failure = e.Message;
                    await Task.Delay(retry, _time, _stop.Token).ConfigureAwait(false);
                    retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }

    private async ValueTask<long> StepAsync(long position)
    {
        var changes = new List<Change>();
        long published = _published();
        if (position < 0 || !_home.Changes(position, Page, changes))
        {
            await _follower.RebuildAsync(_stop.Token).ConfigureAwait(false);
            WritePosition(published);
            return published;
        }

        changes.RemoveAll(change => change.Number > published);
        if (changes.Count == 0)
        {
            return position;
        }

        await _follower.ApplyAsync(changes, _stop.Token).ConfigureAwait(false);
        WritePosition(changes[^1].Number);
        return changes[^1].Number;
    }

    private long ReadPosition()
    {
        long noted = _home.GetNote(_note) is { Length: sizeof(long) } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : -1;
        return Math.Min(noted, _from ?? noted);
    }

    private void WritePosition(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        if (!_home.PutNote(_note, bytes))
        {
            throw new IOException($"The position of follower '{Name}' could not be written; the change comes again.");
        }
    }
}
