namespace AuraMemory.Cli.Transfer;

/// <summary>A place in an input: everything before it has been dealt with.</summary>
/// <param name="Offset">Bytes.</param>
/// <param name="Lines">Lines.</param>
/// <param name="Stored">Of these, stored.</param>
/// <param name="Rejected">Of these, rejected; the rest was blank, or had expired.</param>
internal readonly record struct InputPosition(long Offset, long Lines, long Stored = 0, long Rejected = 0);

/// <summary>What has become of a line.</summary>
internal enum LineState
{
    /// <summary>Not known yet.</summary>
    Open,

    /// <summary>Acknowledged by the service.</summary>
    Stored,

    /// <summary>Refused for good and in the rejects file.</summary>
    Rejected,

    /// <summary>There was nothing in it to store.</summary>
    Blank,
}

/// <summary>Knows how far an input is acknowledged without a gap, while lines are acknowledged in any order.</summary>
/// <remarks>
/// Lines open in input order and close in any. The position moves over closed lines only, so what is before it is done
/// and a checkpoint there never skips a line; lines after it may be done too and are then sent again, which is harmless
/// because a store of the same object is. Open is O(1); close is O(1) amortised. Safe for any number of threads.
/// </remarks>
internal sealed class AcknowledgedPrefix(InputPosition start)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, (long End, LineState State)> _open = [];
    private InputPosition _position = start;

    /// <summary>Everything before this is done.</summary>
    public InputPosition Position
    {
        get
        {
            lock (_lock)
            {
                return _position;
            }
        }
    }

    /// <summary>Lines opened and not yet passed by the position.</summary>
    public int Pending
    {
        get
        {
            lock (_lock)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Takes note of the next line.</summary>
    public void Open(long line, long end)
    {
        lock (_lock)
        {
            _open.Add(line, (end, LineState.Open));
        }
    }

    /// <summary>Says what has become of a line.</summary>
    public void Close(long line, LineState state)
    {
        lock (_lock)
        {
            _open[line] = (_open[line].End, state);
            while (_open.TryGetValue(_position.Lines + 1, out (long End, LineState State) next) && next.State != LineState.Open)
            {
                _open.Remove(_position.Lines + 1);
                _position = new InputPosition(
                    next.End,
                    _position.Lines + 1,
                    _position.Stored + (next.State == LineState.Stored ? 1 : 0),
                    _position.Rejected + (next.State == LineState.Rejected ? 1 : 0));
            }
        }
    }
}
