using System.IO.Hashing;
using AuraMemory.Engine.Access;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Persistent;

/// <content>Who was read here: what keeps the home of an object that is only read from the pool out of the archive.</content>
/// <remarks>
/// The pool remembers of a copy that it was read, not when (the mark of its clock). So a use is dated with the moment at which
/// the mark is taken: an object stays out of the archive too long rather than too short, at most by one period.
/// </remarks>
public sealed unsafe partial class PersistentPool
{
    private readonly List<(byte[] Key, uint Seconds)> _takenUses = [];

    /// <summary>True when a copy of the key was read since it was written, moved, or asked about here.</summary>
    internal bool TakeUse(ReadOnlySpan<byte> key)
    {
        if (_outOfService || key.Length is 0 or > ObjectKey.MaxBytes)
        {
            return false;
        }

        ulong hash = XxHash3.HashToUInt64(key, _seed);
        lock (_gate)
        {
            long slot = FindLocked(hash, key, out _);
            return slot >= 0 && _directory.TakeReference(slot);
        }
    }

    /// <summary>Reports copies that were read and whose mark was forgotten since, because they were moved or evicted. By one thread at a time.</summary>
    internal void TakeUses(UseNote note)
    {
        if (!_log.HasUses)
        {
            return;
        }

        lock (_gate)
        {
            _log.TakeUses(_takenUses);
        }

        foreach ((byte[] key, uint seconds) in _takenUses)
        {
            note(key, seconds);
        }

        _takenUses.Clear();
    }
}
