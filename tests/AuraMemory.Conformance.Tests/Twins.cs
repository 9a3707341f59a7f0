using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;

namespace AuraMemory.Conformance.Tests;

/// <summary>A backend that stands before another one.</summary>
internal abstract class BackendTwin(ITierBackend inner) : ITierBackend
{
    public TierId Tier => Inner.Tier;

    public virtual BackendDescription Description => Inner.Description;

    public virtual TierUsage Usage => Inner.Usage;

    public virtual long LargestObjectBytes => Inner.LargestObjectBytes;

    protected ITierBackend Inner { get; } = inner;

    public abstract PlaceStatus Place(in ObjectImage image, PlaceMode mode);

    public abstract ReadStatus Read(ReadOnlySpan<byte> key, ObjectBuffer into);

    public abstract bool Drop(ReadOnlySpan<byte> key, long version);

    public void Dispose() => Inner.Dispose();
}

/// <summary>Holds nothing: every placement is refused, whatever the mode, and nothing is ever found.</summary>
internal sealed class Noop(ITierBackend inner) : BackendTwin(inner)
{
    public override TierUsage Usage => new(Inner.Usage.CapacityBytes, 0, 0);

    public override PlaceStatus Place(in ObjectImage image, PlaceMode mode) =>
        (long)image.Key.Length + image.Metadata.Length + image.Data.Length > LargestObjectBytes
            ? PlaceStatus.TooLarge
            : PlaceStatus.NotAdmitted;

    public override ReadStatus Read(ReadOnlySpan<byte> key, ObjectBuffer into) => ReadStatus.NotFound;

    public override bool Drop(ReadOnlySpan<byte> key, long version) => false;
}

/// <summary>
/// Lets so many operations in at once. Beyond that a read is <see cref="ReadStatus.Throttled"/>, a placement
/// <see cref="PlaceStatus.NotAdmitted"/> and a drop false, and nothing has changed.
/// </summary>
internal sealed class Throttled(ITierBackend inner, int most) : BackendTwin(inner)
{
    private int _running;

    public override PlaceStatus Place(in ObjectImage image, PlaceMode mode)
    {
        if (!TryEnter())
        {
            return PlaceStatus.NotAdmitted;
        }

        try
        {
            return Inner.Place(image, mode);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public override ReadStatus Read(ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        if (!TryEnter())
        {
            return ReadStatus.Throttled;
        }

        try
        {
            return Inner.Read(key, into);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public override bool Drop(ReadOnlySpan<byte> key, long version)
    {
        if (!TryEnter())
        {
            return false;
        }

        try
        {
            return Inner.Drop(key, version);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private bool TryEnter()
    {
        if (Interlocked.Increment(ref _running) <= most)
        {
            return true;
        }

        Interlocked.Decrement(ref _running);
        return false;
    }
}

/// <summary>When the staged failure happens.</summary>
internal enum FlakyPhase
{
    /// <summary>Before the medium was touched.</summary>
    Before,

    /// <summary>After the medium had done its work: the answer is lost.</summary>
    After,
}

/// <summary>
/// Fails the n-th operation as a device does: a placement or read answers <c>DeviceFailed</c>, a drop false. Which of old and
/// new the medium holds then depends on the phase and is not known to the caller.
/// </summary>
internal sealed class Flaky(ITierBackend inner, int failing, FlakyPhase phase) : BackendTwin(inner)
{
    private int _operations;

    /// <summary>Runs inside every operation; tests park a thread there.</summary>
    public Action? During { get; set; }

    public override PlaceStatus Place(in ObjectImage image, PlaceMode mode)
    {
        bool fails = Fails();
        if (fails && phase == FlakyPhase.Before)
        {
            return PlaceStatus.DeviceFailed;
        }

        PlaceStatus status = Inner.Place(image, mode);
        return fails ? PlaceStatus.DeviceFailed : status;
    }

    public override ReadStatus Read(ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        bool fails = Fails();
        if (fails && phase == FlakyPhase.Before)
        {
            return ReadStatus.DeviceFailed;
        }

        ReadStatus status = Inner.Read(key, into);
        if (!fails)
        {
            return status;
        }

        into.Release();
        return ReadStatus.DeviceFailed;
    }

    public override bool Drop(ReadOnlySpan<byte> key, long version)
    {
        bool fails = Fails();
        if (fails && phase == FlakyPhase.Before)
        {
            return false;
        }

        bool dropped = Inner.Drop(key, version);
        return dropped && !fails;
    }

    private bool Fails()
    {
        During?.Invoke();
        return Interlocked.Increment(ref _operations) == failing;
    }
}
