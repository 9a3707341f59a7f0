using AuraMemory.Engine.Durability;

namespace AuraMemory.Crash.Tests;

/// <summary>A device that fails at a named point, for a while.</summary>
internal sealed class StagedFaults : IStagePoints
{
    private int _left;

    /// <summary>Where it fails; null = nowhere.</summary>
    public StagePoint? At { get; private set; }

    /// <summary>Failures staged so far.</summary>
    public int Failures { get; private set; }

    /// <summary>Fails from the n-th time on that the point is reached, until <see cref="Heal"/>.</summary>
    public void FailAt(StagePoint point, int nth)
    {
        Volatile.Write(ref _left, nth);
        At = point;
    }

    public void Heal() => At = null;

    public void Reached(StagePoint point)
    {
        if (At == point && Interlocked.Decrement(ref _left) <= 0)
        {
            Failures++;
            throw new IOException($"Staged failure at {point}.");
        }
    }
}
