using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AuraMemory.Topology.Search;

/// <summary>An index that was read back, or why it was not.</summary>
/// <param name="Index">The index, owned by the caller; null when it was refused.</param>
/// <param name="Refusal">Why, in a sentence for people; null with an index. The index is then built again from the records.</param>
public readonly record struct ShapeIndexLoad(ShapeIndex? Index, string? Refusal);

/// <summary>The stored form of a <see cref="ShapeIndex"/>.</summary>
/// <remarks>
/// Little-endian: 8 bytes of identity, format version, what the index was made with, slot count, the entries of the graphs; then for each
/// slot its state, id, bars, signature and rows; then SHA-256 over all before it. Nothing is handed out before the sum has been checked
/// and every neighbour lies within the slots.
/// </remarks>
public static unsafe class ShapeIndexFile
{
    /// <summary>First eight bytes.</summary>
    internal const ulong Identity = 0x31_58_48_53_41_52_55_41; // "AURASHX1"

    /// <summary>Format version.</summary>
    internal const int Version = 2;

    /// <summary>In the form of a slot: it holds an entry.</summary>
    internal const int Alive = 1 << 8;

    /// <summary>In the form of a slot: it is behind another of equal cuts.</summary>
    internal const int IsBehind = 1 << 9;

    /// <summary>In the form of a slot: others are behind it.</summary>
    internal const int HasBehind = 1 << 10;

    private const int MostBars = 1 << 26;

    /// <summary>Reads an index.</summary>
    /// <param name="from">What <see cref="ShapeIndex.Save"/> wrote.</param>
    /// <param name="options">What the index is to be; it is refused when it was made with another signature length, dimensions or seed.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="IOException">The stream fails.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ShapeIndexLoad Load(Stream from, ShapeIndexOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(from);
        var index = new ShapeIndex(options);
        string? refusal = "The index file ends too early.";
        try
        {
            using var reader = new SummedReader(from);
            refusal = Read(index, reader, cancellation);
        }
        catch (EndOfStreamException)
        {
            // The refusal says so already.
        }
        finally
        {
            if (refusal is not null)
            {
                index.Dispose();
            }
        }

        return refusal is null ? new ShapeIndexLoad(index, null) : new ShapeIndexLoad(null, refusal);
    }

    private static string? Read(ShapeIndex index, SummedReader reader, CancellationToken cancellation)
    {
        ShapeIndexOptions options = index.Options;
        if (reader.Take<ulong>() != Identity)
        {
            return "This is not an index file.";
        }

        if (reader.Take<int>() is var version && version != Version)
        {
            return $"The index file has format version {version}; this program reads version {Version}.";
        }

        if (reader.Take<int>() != options.SignatureLength || reader.Take<int>() != options.Dimensions || reader.Take<ulong>() != options.Seed)
        {
            return "The index file was made with another signature length, other dimensions or another seed.";
        }

        int slots = reader.Take<int>();
        long vectorEntry = reader.Take<long>();
        long diagramEntry = reader.Take<long>();
        if (slots < 0 || !IsEntry(vectorEntry, slots) || !IsEntry(diagramEntry, slots))
        {
            return "The header of the index file is damaged.";
        }

        var heads = new List<int>();
        var behind = new List<int>();
        for (int slot = 0; slot < slots; slot++)
        {
            cancellation.ThrowIfCancellationRequested();
            // Room is made slot by slot: a damaged count must not make a small file take much memory.
            if (!index.TryCoverForLoad(slot + 1))
            {
                return "The index does not fit into the memory it may take.";
            }

            if (ReadSlot(index, slot, slots, reader, heads, behind) is { } refusal)
            {
                return refusal;
            }
        }

        if (!reader.SumFits())
        {
            return "The checksum of the index file does not fit its content.";
        }

        index.AdoptTwins(heads, behind);
        for (int slot = 0; slot < slots; slot++)
        {
            if (!index.TryAdopt(slot))
            {
                return "The index does not fit into the memory it may take.";
            }
        }

        index.AdoptEntry(index.Vectors, vectorEntry, new GraphUpkeep.LinkedSlots(index.Entries));
        index.AdoptEntry(index.Diagrams, diagramEntry, new GraphUpkeep.LinkedHeads(index));
        return null;
    }

    private static string? ReadSlot(ShapeIndex index, int slot, int slots, SummedReader reader, List<int> heads, List<int> behind)
    {
        const string Damaged = "A record of the index file is damaged.";
        EntryStore entries = index.Entries;
        int form = reader.Take<int>();
        var state = (SlotState)(form & 0xFF);
        bool alive = (form & Alive) != 0;
        if ((form & ~(0xFF | Alive | IsBehind | HasBehind)) != 0 || state is not (SlotState.Pending or SlotState.Linked or SlotState.Free) || (state == SlotState.Free && alive))
        {
            return Damaged;
        }

        entries.State(slot) = state;
        if ((form & (IsBehind | HasBehind)) != 0)
        {
            if (state != SlotState.Linked || index.Diagrams is null)
            {
                return Damaged;
            }

            ((form & IsBehind) != 0 ? behind : heads).Add(slot);
        }

        if (state == SlotState.Free)
        {
            entries.Free(slot);
            return null;
        }

        ulong id = reader.Take<ulong>();
        Span<int> counts = stackalloc int[Barcode.HighestDimension + 1];
        reader.Take(counts);
        bool more = true;
        foreach (int count in counts)
        {
            // The dimensions computed are the first ones.
            if (count is < -1 or > MostBars || (count >= 0 && !more))
            {
                return Damaged;
            }

            more = count >= 0;
        }

        var diagrams = new List<Diagram>();
        foreach (int count in counts)
        {
            if (count >= 0)
            {
                Bar[] bars = reader.TakeMany<Bar>(count);
                if (!AreBars(bars))
                {
                    return Damaged;
                }

                diagrams.Add(new Diagram(bars));
            }
        }

        float[] signature = reader.TakeMany<float>(entries.Length);
        foreach (float x in signature)
        {
            if (!(MathF.Abs(x) <= VectorKernel.Largest))
            {
                return Damaged;
            }
        }

        byte* memory = entries.TakeBars(Total(counts));
        if (memory == null && Total(counts) > 0)
        {
            return "The index does not fit into the memory it may take.";
        }

        entries.Write(slot, id, signature, diagrams.Count > 0 ? new Barcode(diagrams.ToArray()) : null, memory);
        if (!alive)
        {
            entries.Kill(slot);
        }

        return Read(index.Vectors, slot, slots, reader) && Read(index.Diagrams, slot, slots, reader) ? null : Damaged;
    }

    private static bool Read(ProximityGraph? graph, int slot, int slots, SummedReader reader)
    {
        Span<int> neighbours = stackalloc int[ProximityGraph.WidestRow];
        for (int level = graph?.LevelOf(slot) ?? -1; level >= 0; level--)
        {
            int count = reader.Take<int>();
            if ((uint)count > (uint)ProximityGraph.DegreeOf(level))
            {
                return false;
            }

            reader.Take(neighbours[..count]);
            int* row = graph!.Row(slot, level);
            row[0] = count;
            for (int i = 0; i < count; i++)
            {
                if ((uint)neighbours[i] >= (uint)slots || graph.LevelOf(neighbours[i]) < level)
                {
                    return false;
                }

                row[i + 1] = neighbours[i];
            }
        }

        return true;
    }

    private static bool IsEntry(long entry, int slots) =>
        entry == -1 || (entry >> 32 is >= 0 and <= ProximityGraph.HighestLevel && (uint)entry < (uint)slots);

    private static bool AreBars(Bar[] bars)
    {
        foreach (Bar bar in bars)
        {
            if (!double.IsFinite(bar.Birth) || !double.IsFinite(bar.Death) || !(bar.Death > bar.Birth))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Bars of a record.</summary>
    internal static int Total(ReadOnlySpan<int> counts)
    {
        int total = 0;
        foreach (int count in counts)
        {
            total += Math.Max(0, count);
        }

        return total;
    }

    private sealed class SummedReader(Stream from) : IDisposable
    {
        private readonly IncrementalHash _sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly byte[] _buffer = new byte[1 << 20];
        private int _at;
        private int _filled;

        public T Take<T>()
            where T : unmanaged
        {
            T value = default;
            Take(new Span<T>(ref value));
            return value;
        }

        public void Take<T>(Span<T> into)
            where T : unmanaged
        {
            Span<byte> bytes = MemoryMarshal.AsBytes(into);
            while (bytes.Length > 0)
            {
                if (_at == _filled)
                {
                    Refill();
                }

                int part = Math.Min(bytes.Length, _filled - _at);
                _buffer.AsSpan(_at, part).CopyTo(bytes);
                _at += part;
                bytes = bytes[part..];
            }
        }

        /// <summary>Reads as much as is there before it makes room for more: a damaged count must not cost memory.</summary>
        public T[] TakeMany<T>(int count)
            where T : unmanaged
        {
            const int Part = 4096;
            var values = new T[Math.Min(count, Part)];
            for (int at = 0; at < count; at += Part)
            {
                int end = Math.Min(count, at + Part);
                if (values.Length < end)
                {
                    Array.Resize(ref values, Math.Min(count, Math.Max(end, 2 * values.Length)));
                }

                Take(values.AsSpan(at, end - at));
            }

            return values;
        }

        public bool SumFits()
        {
            _sum.AppendData(_buffer, 0, _at);
            byte[] expected = _sum.GetHashAndReset();
            var stored = new byte[expected.Length];
            int here = Math.Min(stored.Length, _filled - _at);
            _buffer.AsSpan(_at, here).CopyTo(stored);
            from.ReadExactly(stored, here, stored.Length - here);
            return stored.AsSpan().SequenceEqual(expected);
        }

        public void Dispose() => _sum.Dispose();

        private void Refill()
        {
            _sum.AppendData(_buffer, 0, _filled);
            _at = 0;
            _filled = from.Read(_buffer, 0, _buffer.Length);
            if (_filled == 0)
            {
                throw new EndOfStreamException();
            }
        }
    }
}
