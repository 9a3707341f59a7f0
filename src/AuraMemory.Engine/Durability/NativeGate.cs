using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AuraMemory.Engine.Durability;

/// <summary>Keeps native handles alive while they are used: many users, or one closer.</summary>
/// <remarks>
/// Invariant: while any slot is above zero nobody closes; while the gate is shut no user is inside.
/// A user (1) adds one to a slot of its thread, a full fence, (2) reads <c>_shut</c>; when it is set, (3) takes the one back and waits.
/// The closer (1) sets <c>_shut</c>, (2) a full fence, (3) waits until every slot has been seen at zero.
/// Either the user's addition comes first and the closer sees it, or the closer's flag comes first and the user sees that:
/// without both fences each could miss the other. Slots are a cache line each, so users on different cores share nothing.
/// Entering is not re-entrant: a user that enters twice could wait for a closer that waits for it.
/// </remarks>
internal sealed class NativeGate
{
    private const int Slots = 16;
    private readonly Slot[] _slots = new Slot[Slots + 1];
    private readonly ManualResetEventSlim _open = new(true);
    private int _shut;

    /// <summary>Enters; waits while the gate is shut.</summary>
    /// <returns>The slot to give to <see cref="Exit"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Enter()
    {
        int slot = (Environment.CurrentManagedThreadId & (Slots - 1)) + 1;
        Interlocked.Increment(ref _slots[slot].Users);
        if (Volatile.Read(ref _shut) != 0)
        {
            EnterSlowly(slot);
        }

        return slot;
    }

    /// <summary>Leaves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit(int slot) => Interlocked.Decrement(ref _slots[slot].Users);

    /// <summary>Shuts the gate and returns when nobody is inside. One closer at a time.</summary>
    public void Shut()
    {
        _open.Reset();
        Interlocked.Exchange(ref _shut, 1);
        var spin = new SpinWait();
        for (int i = 1; i <= Slots; i++)
        {
            while (Volatile.Read(ref _slots[i].Users) != 0)
            {
                spin.SpinOnce();
            }
        }
    }

    /// <summary>Opens the gate again.</summary>
    public void Open()
    {
        Volatile.Write(ref _shut, 0);
        _open.Set();
    }

    private void EnterSlowly(int slot)
    {
        do
        {
            Exit(slot);
            _open.Wait();
            Interlocked.Increment(ref _slots[slot].Users);
        }
        while (Volatile.Read(ref _shut) != 0);
    }

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Slot
    {
        [FieldOffset(0)]
        public int Users;
    }
}
