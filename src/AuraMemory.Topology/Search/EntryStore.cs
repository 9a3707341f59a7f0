using System.Runtime.InteropServices;

namespace AuraMemory.Topology.Search;

/// <summary>How far a slot has come.</summary>
internal enum SlotState : byte
{
    /// <summary>Written, not yet in the graphs; found by scanning.</summary>
    Pending = 0,

    /// <summary>A linker is at it.</summary>
    Linking = 1,

    /// <summary>In the graphs, itself or behind an entry of equal cuts (<see cref="TwinChains"/>).</summary>
    Linked = 2,

    /// <summary>Not in use.</summary>
    Free = 3,
}

/// <summary>The records of the entries, by slot, outside the managed heap.</summary>
/// <remarks>
/// A slot's stamp is odd while it holds an entry and grows by one when it gets or loses one. A reader that needs to be sure notes the
/// stamp, copies, and looks again (a sequence lock); a walk through a graph does not, as it only chooses where to look.
/// Records are written by one thread at a time, and only while the stamp is even.
/// </remarks>
internal sealed unsafe class EntryStore : IDisposable
{
    private readonly MemoryBudget _budget;
    private readonly RowPlane _heads;
    private readonly RowPlane _states;
    private readonly RowPlane _alive;
    private readonly RowPlane? _upper;
    private readonly RowPlane? _lower;
    private readonly RowPlane? _cuts;
    private readonly BlockArena _bars;

    public EntryStore(ShapeIndexOptions options, MemoryBudget budget)
    {
        _budget = budget;
        Length = options.SignatureLength;
        Width = VectorKernel.Width(Length);
        Dimensions = options.Dimensions;
        _heads = new RowPlane(sizeof(Head), budget);
        _states = new RowPlane(sizeof(SlotState), budget);
        _alive = new RowPlane(sizeof(byte), budget);
        _bars = new BlockArena(budget);
        if (Length > 0)
        {
            _upper = new RowPlane(Width * sizeof(ushort), budget);
            _lower = new RowPlane(Width * sizeof(ushort), budget);
        }

        if (Dimensions > 0)
        {
            _cuts = new RowPlane(Dimensions * DiagramKernel.CutBytes, budget);
        }
    }

    /// <summary>Numbers of a signature.</summary>
    public int Length { get; }

    /// <summary>Numbers of a padded row.</summary>
    public int Width { get; }

    /// <summary>Dimensions kept.</summary>
    public int Dimensions { get; }

    /// <summary>Upper halves of the signatures.</summary>
    public RowPlane Upper => _upper!;

    /// <summary>Cuts of the diagrams.</summary>
    public RowPlane Cuts => _cuts!;

    /// <summary>True when slots below a number have records, after making them if needed.</summary>
    public bool TryCover(int slots) =>
        _heads.TryCover(slots) && _states.TryCover(slots) && _alive.TryCover(slots) && (_upper?.TryCover(slots) ?? true) && (_lower?.TryCover(slots) ?? true) && (_cuts?.TryCover(slots) ?? true);

    /// <summary>Memory for the bars of a barcode; null with bars = no room.</summary>
    public byte* TakeBars(int count) => count == 0 ? null : _bars.TryTake(count * sizeof(Bar));

    /// <summary>Writes a record into a slot whose stamp is even, and makes it odd.</summary>
    public void Write(int slot, ulong id, ReadOnlySpan<float> signature, Barcode? barcode, byte* bars)
    {
        Head* head = At(slot);
        // What the slot held before must be seen as gone by whoever sees the new record.
        Thread.MemoryBarrier();
        head->Id = id;
        head->Bars = bars;
        for (int d = 0; d < Barcode.HighestDimension + 1; d++)
        {
            bool has = barcode is not null && d < barcode.Dimensions && d < Dimensions;
            ReadOnlySpan<Bar> finite = has ? barcode![d].Finite : [];
            head->Counts[d] = has ? finite.Length : -1;
            finite.CopyTo(new Span<Bar>(bars, finite.Length));
            bars += finite.Length * sizeof(Bar);
            if (d < Dimensions)
            {
                float* cut = (float*)(Cuts[slot] + (d * DiagramKernel.CutBytes));
                if (has)
                {
                    DiagramKernel.Cut(finite, cut);
                }
                else
                {
                    DiagramKernel.CutNothing(cut);
                }
            }
        }

        if (Length > 0)
        {
            VectorKernel.Split(signature, (ushort*)Upper[slot], (ushort*)_lower![slot]);
        }

        Volatile.Write(ref head->Stamp, head->Stamp + 1);
        Volatile.Write(ref *_alive[slot], 1);
    }

    /// <summary>Makes the stamp of a slot even: its entry is gone.</summary>
    public void Kill(int slot)
    {
        Volatile.Write(ref *_alive[slot], 0);
        Volatile.Write(ref At(slot)->Stamp, At(slot)->Stamp + 1);
    }

    /// <summary>Gives the bars of a dead slot back.</summary>
    public void Free(int slot)
    {
        Head* head = At(slot);
        _bars.Return(head->Bars, BarCount(head) * sizeof(Bar));
        head->Bars = null;
        State(slot) = SlotState.Free;
        for (int d = 0; d < Barcode.HighestDimension + 1; d++)
        {
            head->Counts[d] = -1;
        }
    }

    /// <summary>Stamp of a slot; odd = alive.</summary>
    public uint Stamp(int slot) => Volatile.Read(ref At(slot)->Stamp);

    /// <summary>True while the slot holds an entry, or a moment longer: a byte beside the stamp, so that walks find it in the cache.</summary>
    public bool IsAlive(int slot) => Volatile.Read(ref *_alive[slot]) != 0;

    /// <summary>Id in a slot; meaningful for as long as its stamp stands.</summary>
    public ulong Id(int slot) => Volatile.Read(ref At(slot)->Id);

    /// <summary>State of a slot; guarded by the owner's lock.</summary>
    public ref SlotState State(int slot) => ref *(SlotState*)_states[slot];

    /// <summary>One more than the slot behind this one in a chain of twins; 0 = none. Written under the owner's lock, read without.</summary>
    public ref int Next(int slot) => ref At(slot)->Next;

    /// <summary>One more than the slot this one is behind; 0 = it is behind none. Guarded as <see cref="Next"/>.</summary>
    public ref int Before(int slot) => ref At(slot)->Before;

    /// <summary>True when the cuts of two slots are equal, so that nothing that goes by cuts can tell them apart.</summary>
    public bool HasEqualCuts(int first, int second) =>
        new ReadOnlySpan<byte>(Cuts[first], Cuts.Stride).SequenceEqual(new ReadOnlySpan<byte>(Cuts[second], Cuts.Stride));

    /// <summary>Bars of all dimensions of a slot's entry, one after another, and where each dimension ends.</summary>
    /// <param name="stamp">The odd stamp at which the slot was found.</param>
    /// <param name="bars">Room, made larger as needed.</param>
    /// <param name="counts">Three counts; -1 = not computed.</param>
    /// <returns>False when the slot has changed since.</returns>
    public bool TryCopyBars(int slot, uint stamp, ref Bar[] bars, Span<int> counts)
    {
        Head* head = At(slot);
        byte* from = head->Bars;
        new ReadOnlySpan<int>(head->Counts, counts.Length).CopyTo(counts);
        int total = BarCount(head);
        Thread.MemoryBarrier();
        if (Stamp(slot) != stamp)
        {
            return false;
        }

        if (bars.Length < total)
        {
            bars = new Bar[Math.Max(total, 2 * bars.Length)];
        }

        new ReadOnlySpan<Bar>(from, total).CopyTo(bars);
        Thread.MemoryBarrier();
        return Stamp(slot) == stamp;
    }

    /// <summary>Euclidean distance of a signature from a slot's, exact for the floats given.</summary>
    public double Distance(ReadOnlySpan<float> signature, int slot) =>
        VectorKernel.Exact(signature, (ushort*)Upper[slot], (ushort*)_lower![slot]);

    /// <summary>Reads a slot's signature.</summary>
    public void ReadSignature(int slot, Span<float> into)
    {
        if (Length == 0)
        {
            return;
        }

        var upper = (ushort*)Upper[slot];
        var lower = (ushort*)_lower![slot];
        for (int i = 0; i < Length; i++)
        {
            into[i] = VectorKernel.Join(upper[i], lower[i]);
        }
    }

    /// <summary>A hash of the cuts of a slot.</summary>
    public ulong HashOfCuts(int slot)
    {
        ulong hash = 0;
        foreach (ulong word in new ReadOnlySpan<ulong>(Cuts[slot], Cuts.Stride / sizeof(ulong)))
        {
            hash = (hash ^ word) * 0x9E3779B97F4A7C15;
            hash ^= hash >> 29;
        }

        return hash;
    }

    public void Dispose()
    {
        _heads.Dispose();
        _states.Dispose();
        _alive.Dispose();
        _upper?.Dispose();
        _lower?.Dispose();
        _cuts?.Dispose();
        _bars.Dispose();
    }

    private static int BarCount(Head* head) =>
        Math.Max(0, head->Counts[0]) + Math.Max(0, head->Counts[1]) + Math.Max(0, head->Counts[2]);

    private Head* At(int slot) => (Head*)_heads[slot];

    [StructLayout(LayoutKind.Sequential)]
    private struct Head
    {
        public ulong Id;
        public byte* Bars;
        public fixed int Counts[Barcode.HighestDimension + 1];
        public uint Stamp;
        public int Next;
        public int Before;
    }
}
