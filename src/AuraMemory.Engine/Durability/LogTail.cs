using System.Buffers.Binary;
using System.IO.Hashing;

namespace AuraMemory.Engine.Durability;

/// <summary>What one database's log reached. One writer at a time: the holder of the lock under which the database is written.</summary>
internal sealed class LogTail
{
    private const int HeadBytes = 48;
    private const int HeadCopyAt = 64;
    private const int FiguresAt = 128;
    private const int SlotBytes = 2 * sizeof(long);
    private const int WrittenFigure = 0;
    private const int SyncedFigure = 1;
    private const int ChangeFigure = 2;
    private readonly TailWitness _witness;
    private readonly int _at;
    private readonly int[] _newest = new int[ChangeFigure + 1];

    internal LogTail(TailWitness witness, int at)
    {
        _witness = witness;
        _at = at;
    }

    /// <summary>The newest change that was written; 0 when not known. For explanations.</summary>
    public long Change => Figure(ChangeFigure);

    /// <summary>The sequence the log must reach; 0 when nothing is known.</summary>
    /// <param name="store">Identity of the store it is demanded of; empty when nothing was ever put down.</param>
    public long Required(out Guid store)
    {
        if (!TryHead(out store, out Guid boot))
        {
            return 0;
        }

        long synced = Figure(SyncedFigure);
        return boot != Guid.Empty && boot == _witness.Boot ? Math.Max(synced, Figure(WrittenFigure)) : synced;
    }

    /// <summary>Begins to witness a database that was opened, and whose end was judged.</summary>
    /// <param name="store">Its identity.</param>
    /// <param name="sequence">Its newest sequence.</param>
    /// <param name="change">Its newest change.</param>
    public void Begin(Guid store, long sequence, long change)
    {
        bool headed = TryHead(out Guid witnessed, out Guid boot);
        bool sameStore = headed && witnessed == store;
        bool takenBack = false;
        if (!sameStore || Figure(SyncedFigure) > sequence)
        {
            Reset(SyncedFigure, 0);
            takenBack = true;
        }

        if (!sameStore || boot != _witness.Boot || Figure(WrittenFigure) > sequence)
        {
            Reset(WrittenFigure, 0);
            takenBack = true;
        }

        if (!sameStore || boot != _witness.Boot)
        {
            WriteHead(store);
        }

        Reset(WrittenFigure, sequence);
        Reset(ChangeFigure, change);
        if (takenBack)
        {
            // The medium must not bring back a demand that was given up.
            _witness.Flush();
        }
    }

    /// <summary>A logged batch was written, and synced with all before it if <paramref name="synced"/>. No allocation; two to four plain stores.</summary>
    public void Written(long sequence, bool synced)
    {
        Put(WrittenFigure, sequence);
        if (synced)
        {
            Put(SyncedFigure, sequence);
        }
    }

    /// <summary>Everything up to this sequence is on the medium, in the log or in tables.</summary>
    public void Synced(long sequence) => Written(sequence, synced: true);

    /// <summary>The newest change of what was written.</summary>
    public void Changed(long number) => Put(ChangeFigure, number);

    private static long Check(long value, int at) => (long)((ulong)(value ^ at) * 0x9E3779B97F4A7C15) ^ 0x7461696C;

    private int SlotAt(int figure, int slot) => _at + FiguresAt + (((2 * figure) + slot) * SlotBytes);

    private void Put(int figure, long value)
    {
        int slot = _newest[figure] ^ 1;
        int at = SlotAt(figure, slot);
        _witness.WritePair(at, value, Check(value, at));
        _newest[figure] = slot;
    }

    private void Reset(int figure, long value)
    {
        Put(figure, value);
        Put(figure, value);
    }

    private long Figure(int figure)
    {
        Span<byte> slots = stackalloc byte[2 * SlotBytes];
        _witness.Read(SlotAt(figure, 0), slots);
        long newest = 0;
        for (int slot = 0; slot < 2; slot++)
        {
            long value = BinaryPrimitives.ReadInt64LittleEndian(slots[(slot * SlotBytes)..]);
            long check = BinaryPrimitives.ReadInt64LittleEndian(slots[((slot * SlotBytes) + sizeof(long))..]);
            newest = check == Check(value, SlotAt(figure, slot)) ? Math.Max(newest, value) : newest;
        }

        return newest;
    }

    private bool TryHead(out Guid store, out Guid boot)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        for (int copy = 0; copy <= HeadCopyAt; copy += HeadCopyAt)
        {
            _witness.Read(_at + copy, head);
            if (BinaryPrimitives.ReadUInt64LittleEndian(head[32..]) == XxHash3.HashToUInt64(head[..32], _at))
            {
                store = new Guid(head[..16]);
                boot = new Guid(head[16..32]);
                return true;
            }
        }

        (store, boot) = (Guid.Empty, Guid.Empty);
        return false;
    }

    private void WriteHead(Guid store)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        head.Clear();
        store.TryWriteBytes(head);
        _witness.Boot.TryWriteBytes(head[16..]);
        BinaryPrimitives.WriteUInt64LittleEndian(head[32..], XxHash3.HashToUInt64(head[..32], _at));
        _witness.Write(_at, head);
        _witness.Write(_at + HeadCopyAt, head);
    }
}
