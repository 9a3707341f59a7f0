using System.Buffers.Binary;

namespace AuraMemory.Engine.Durability;

/// <content>Notes of use, which keep a cold object out of the archive.</content>
public sealed partial class Home
{
    private const int TouchesPerCommit = 64;
    private readonly TouchBuffer _touches = new();

    /// <inheritdoc/>
    /// <remarks>Kept in memory until a later commit or flush; when 4096 wait and nobody commits, the caller that adds one writes them.</remarks>
    public void Touch(ReadOnlySpan<byte> key, uint seconds)
    {
        if (_touches.Add(key, seconds) && _commitLock.TryEnter())
        {
            try
            {
                if (_health == HomeHealth.Healthy)
                {
                    DrainTouches(int.MaxValue);
                }
            }
            finally
            {
                _commitLock.Exit();
            }
        }
    }

    /// <summary>Adds up to <paramref name="most"/> waiting touches to a batch; <see cref="ForgetTouches"/> once it is written.</summary>
    private int AddTouches(WriteBatchImage image, int most) => _touches.Peek(image, Touched, most);

    private void ForgetTouches(int count) => _touches.Forget(count);

    private void DrainTouches(int most)
    {
        _own.Clear();
        int count = AddTouches(_own, most);
        if (count == 0)
        {
            return;
        }

        if (_ssd!.Write(_own, sync: false, log: true) is { } error)
        {
            Failed(RocksErrors.Classify(error));
            return;
        }

        ForgetTouches(count);
    }
}

/// <summary>Touches that wait to be written: bounded, at most one a key and day.</summary>
/// <remarks>
/// A queue of new touches and a set of keys touched today, both under one short lock. When the set is full it starts anew: a
/// key may then be written a second time that day, which costs a write and nothing else. When the queue is full a touch is
/// dropped: the worst case is that the object is archived and still served from there. Peek and Forget are for one thread at a time.
/// </remarks>
internal sealed class TouchBuffer
{
    private const int Most = 8192;
    private const int WriteAt = 4096;
    private const int MostKeys = 16384;
    private const uint SecondsPerDay = 86400;
    private readonly Lock _lock = new();
    private readonly List<(byte[] Key, uint Seconds)> _waiting = [];
    private readonly Dictionary<ulong, uint> _today = [];
    private uint _day;

    /// <summary>Adds a touch, unless the key has one of that day.</summary>
    /// <returns>True when it is time to write.</returns>
    public bool Add(ReadOnlySpan<byte> key, uint seconds)
    {
        ulong hash = System.IO.Hashing.XxHash3.HashToUInt64(key);
        lock (_lock)
        {
            // A use may be noted days after it happened: that must not begin a new day, nor hide a later use.
            if (_day < seconds / SecondsPerDay || _today.Count >= MostKeys)
            {
                _day = Math.Max(_day, seconds / SecondsPerDay);
                _today.Clear();
            }

            bool known = _today.TryGetValue(hash, out uint at) && at / SecondsPerDay >= seconds / SecondsPerDay;
            if (!known && _waiting.Count < Most)
            {
                _today[hash] = seconds;
                _waiting.Add((key.ToArray(), seconds));
            }

            return _waiting.Count >= WriteAt;
        }
    }

    /// <summary>True when the key was touched today, at or after <paramref name="seconds"/> (a hash decides: false positives are harmless).</summary>
    public bool WasUsedSince(ReadOnlySpan<byte> key, uint seconds)
    {
        ulong hash = System.IO.Hashing.XxHash3.HashToUInt64(key);
        lock (_lock)
        {
            return _today.TryGetValue(hash, out uint at) && at >= seconds;
        }
    }

    /// <summary>Copies the oldest touches into a batch.</summary>
    /// <returns>How many.</returns>
    public int Peek(WriteBatchImage image, uint family, int most)
    {
        lock (_lock)
        {
            int count = Math.Min(most, _waiting.Count);
            for (int i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(image.Put(family, _waiting[i].Key, 4), _waiting[i].Seconds);
            }

            return count;
        }
    }

    /// <summary>Removes the oldest touches.</summary>
    public void Forget(int count)
    {
        if (count > 0)
        {
            lock (_lock)
            {
                _waiting.RemoveRange(0, count);
            }
        }
    }
}
