using System.Collections.Concurrent;

namespace AuraMemory.Server.Neo4j;

/// <summary>Brings to the Neo4j what changes without a change of the store: tier, access count, Betti numbers, importance, community.</summary>
/// <remarks>
/// A round goes over all objects, a page at a time, and rests after each page as long as the page took. So what the Neo4j says of these is at most two rounds old:
/// the interval, or twice the time that a round takes where that is more. Objects that were moved on request come first, before the next query.
/// </remarks>
/// <param name="writer">Writes to the Neo4j.</param>
/// <param name="settings">How it is kept up.</param>
/// <param name="time">Clock.</param>
internal sealed class MirrorRounds(MirrorWriter writer, MirrorSettings settings, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, bool> _moved = new(StringComparer.Ordinal);
    private string _after = "";
    private long _began = time.GetTimestamp();
    private long _restsUntil;
    private long _lastMilliseconds = -1;
    private bool _isUnderWay;
    private volatile bool _isRefreshing;

    /// <summary>Whether moved objects wait.</summary>
    public bool HasMoved => !_moved.IsEmpty || _isRefreshing;

    /// <summary>Whether a page is due.</summary>
    public bool IsDue => settings.RefreshInterval > TimeSpan.Zero
        && (_isUnderWay ? time.GetTimestamp() >= _restsUntil : time.GetElapsedTime(_began) >= settings.RefreshInterval);

    /// <summary>Time that the last round took; null before the end of the first.</summary>
    public double? LastSeconds => Interlocked.Read(ref _lastMilliseconds) is >= 0 and long milliseconds ? milliseconds / 1000.0 : null;

    /// <summary>An object was moved.</summary>
    public void Moved(string key)
    {
        if (_moved.Count < settings.MostMoved)
        {
            _moved[key] = true;
        }
    }

    /// <summary>Brings the moved objects.</summary>
    public async Task RefreshMovedAsync(CancellationToken cancellation)
    {
        string[] keys = [.. _moved.Keys.Take(settings.Page)];
        _isRefreshing = true;
        try
        {
            // Before they are read: who is moved again meanwhile comes again.
            Array.ForEach(keys, key => _moved.TryRemove(key, out _));
            await writer.RefreshAsync(keys, cancellation).ConfigureAwait(false);
        }
        catch (Exception)
        {
            Array.ForEach(keys, Moved);
            throw;
        }
        finally
        {
            _isRefreshing = false;
        }
    }

    /// <summary>Brings the next page of the round.</summary>
    public async Task PageAsync(CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        if (!_isUnderWay)
        {
            (_isUnderWay, _after, _began) = (true, "", started);
        }

        (List<string> keys, bool isLast) = writer.List(_after, settings.Page, cancellation);
        await writer.RefreshAsync(keys, cancellation).ConfigureAwait(false);
        _after = keys.Count > 0 ? keys[^1] : _after;
        long ended = time.GetTimestamp();
        _restsUntil = ended + (ended - started);
        if (isLast)
        {
            _isUnderWay = false;
            Interlocked.Exchange(ref _lastMilliseconds, (long)time.GetElapsedTime(_began).TotalMilliseconds);
        }
    }
}
