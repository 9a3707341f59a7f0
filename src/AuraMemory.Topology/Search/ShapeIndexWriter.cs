using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AuraMemory.Topology.Search;

/// <summary>Writes the stored form of an index slice by slice, so that nobody waits for the stream.</summary>
/// <remarks>
/// <see cref="Take"/> copies a slice while nothing changes; <see cref="Flush"/> sums and writes it when changes may go on. Between two slices an
/// entry may move: a neighbour that has no slot in the file is left out, a slot that is being linked is written as waiting, and the reader
/// resolves an id that is met twice. Of a chain of twins only who is behind somebody is written; the reader finds a head of equal cuts or lets the entry wait. A neighbour that is no longer linked is a detour, as it is in memory.
/// </remarks>
internal sealed unsafe class ShapeIndexWriter : IDisposable
{
    /// <summary>Slots copied at once.</summary>
    public const int SlotsPerSlice = 256;

    private readonly ShapeIndex _index;
    private readonly int _slots;
    private readonly Stream _to;
    private readonly IncrementalHash _sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> _slice = new(1 << 18);
    private readonly float[] _signature;
    private readonly int[] _counts = new int[Barcode.HighestDimension + 1];
    private Bar[] _bars = [];

    public ShapeIndexWriter(ShapeIndex index, int slots, Stream to)
    {
        _index = index;
        _slots = slots;
        _to = to;
        _signature = new float[index.Options.SignatureLength];
        Put(ShapeIndexFile.Identity);
        Put(ShapeIndexFile.Version);
        Put(index.Options.SignatureLength);
        Put(index.Options.Dimensions);
        Put(index.Options.Seed);
        Put(slots);
        PutEntry(index.Vectors);
        PutEntry(index.Diagrams);
    }

    /// <summary>Copies the slots from one on; nothing may change meanwhile.</summary>
    public void Take(int from)
    {
        EntryStore entries = _index.Entries;
        for (int slot = from; slot < Math.Min(_slots, from + SlotsPerSlice); slot++)
        {
            uint stamp = entries.Stamp(slot);
            SlotState state = entries.State(slot);
            state = state == SlotState.Linking ? SlotState.Pending : state;
            int form = (int)state | ((stamp & 1) != 0 ? ShapeIndexFile.Alive : 0);
            form |= state == SlotState.Linked && _index.Twins.IsBehind(slot) ? ShapeIndexFile.IsBehind : 0;
            form |= state == SlotState.Linked && _index.Twins.Behind(slot) >= 0 ? ShapeIndexFile.HasBehind : 0;
            Put(form);
            if (state == SlotState.Free)
            {
                continue;
            }

            Put(entries.Id(slot));
            entries.TryCopyBars(slot, stamp, ref _bars, _counts);
            Put<int>(_counts);
            Put<Bar>(_bars.AsSpan(0, ShapeIndexFile.Total(_counts)));
            entries.ReadSignature(slot, _signature);
            Put<float>(_signature);
            PutRows(_index.Vectors, slot);
            PutRows(_index.Diagrams, slot);
        }
    }

    /// <summary>Writes what was copied.</summary>
    public void Flush()
    {
        _sum.AppendData(_slice.WrittenSpan);
        _to.Write(_slice.WrittenSpan);
        _slice.ResetWrittenCount();
    }

    /// <summary>Writes the rest and the checksum.</summary>
    public void Finish()
    {
        Flush();
        _to.Write(_sum.GetHashAndReset());
    }

    public void Dispose() => _sum.Dispose();

    private void PutEntry(ProximityGraph? graph)
    {
        long entry = graph?.Entry ?? -1;
        Put((int)entry < _slots ? entry : -1);
    }

    private void PutRows(ProximityGraph? graph, int slot)
    {
        Span<int> row = stackalloc int[ProximityGraph.WidestRow];
        for (int level = graph?.LevelOf(slot) ?? -1; level >= 0; level--)
        {
            int count = ProximityGraph.Copy(graph!.Row(slot, level), row);
            int kept = 0;
            foreach (int neighbour in row[..count])
            {
                if (neighbour < _slots)
                {
                    row[kept++] = neighbour;
                }
            }

            Put(kept);
            Put<int>(row[..kept]);
        }
    }

    private void Put<T>(T value)
        where T : unmanaged => Put(new ReadOnlySpan<T>(ref value));

    private void Put<T>(ReadOnlySpan<T> values)
        where T : unmanaged => _slice.Write(MemoryMarshal.AsBytes(values));
}
