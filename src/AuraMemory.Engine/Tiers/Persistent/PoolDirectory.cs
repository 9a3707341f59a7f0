using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AuraMemory.Engine.Tiers.Persistent;

/// <summary>The hash table in the mapping: which keys have a copy, and where.</summary>
/// <remarks>
/// <para>
/// A key's hash selects one set of 32 words: four cache lines that lie side by side, 256 bytes, which is also the block
/// that persistent memory modules read internally. There is no probing beyond the set; a full set displaces one of its
/// copies, which a cache may. At the sizes the layout chooses (mean load at most a half) that happens to one insert in ten
/// thousand or fewer. A word never moves within the set while its key is present.
/// </para>
/// <para>
/// Protocol. Words change only under the pool's writer lock, each by one 8-byte store. Readers take no lock and write no
/// shared memory (except the reference bit, once until eviction clears it). Each set has a stripe counter in ordinary memory:
/// (1) a writer that unlinks a record stores the word; (2) increments the stripe, a full fence; (3) only then may the log
/// reuse the record's space. A reader (a) reads the stripe, (b) reads the word, (c) copies the record, (d) fences, and
/// (e) reads the stripe again. If it saw a byte written in (3), the fence of (2) before it and the fence (d) after it make
/// (e) see the increment: the copy is thrown away. Without the fence in (2) or (d), ARM could show the reused bytes and
/// still the old count.
/// </para>
/// <para>
/// Accounting: <see cref="UsedBytes"/>, <see cref="Entries"/> and the live bytes of each segment are always the sums over the
/// words, recomputed from the words alone at <see cref="Load"/>; the records are not touched.
/// </para>
/// </remarks>
internal sealed unsafe class PoolDirectory
{
    private const int StripeCount = 1 << 14;
    private const int StripeSpacing = 4;

    private readonly ulong* _words;
    private readonly PoolLayout _layout;
    private readonly DurableWriter _writer;
    private readonly int[] _stripes = new int[StripeCount * StripeSpacing];
    private readonly int[] _referenced;
    private readonly long[] _liveBytes;
    private long _usedBytes;
    private long _entries;

    public PoolDirectory(ulong* words, in PoolLayout layout, DurableWriter writer)
    {
        _words = words;
        _layout = layout;
        _writer = writer;
        _referenced = new int[layout.Sets];
        _liveBytes = new long[layout.DataBytes / layout.SegmentBytes];
    }

    public long UsedBytes => Volatile.Read(ref _usedBytes);

    public long Entries => Volatile.Read(ref _entries);

    /// <summary>Words in all.</summary>
    public long Slots => _layout.Sets * PoolLayout.SlotsPerSet;

    /// <summary>Sums up all words and clears those that point outside the written part of the log.</summary>
    public void Load(long tail, long head)
    {
        for (long slot = 0; slot < Slots; slot++)
        {
            ulong word = _words[slot];
            if (word == 0)
            {
                continue;
            }

            if (IsWithin(word, tail, head))
            {
                Account(word, 1);
            }
            else
            {
                _writer.WriteWord(_words + slot, 0);
            }
        }
    }

    /// <summary>The set of a key.</summary>
    public long SetOf(ulong hash) => (long)Math.BigMul(hash << 16, (ulong)_layout.Sets, out _);

    public long SetOfSlot(long slot) => slot / PoolLayout.SlotsPerSet;

    /// <summary>First of the four lines to look in, so that keys of one set spread over its lines.</summary>
    public static int HomeLine(ulong hash) => (int)(hash & 3);

    public int ReadStripe(long set) => Volatile.Read(ref Stripe(set));

    /// <summary>Slots of one line whose words carry a tag, as a bit mask.</summary>
    public uint Match(long set, int line, ulong tag)
    {
        ulong* at = _words + (set * PoolLayout.SlotsPerSet) + (line * 8);

        // A lane torn by a concurrent replacement still has its tag, which both words share; whoever gets a match reads the
        // word again, whole.
        Vector512<ulong> words = Vector512.Load(at);

        // An empty word has tag 0 too; size code 0 exists only in an empty word.
        Vector512<ulong> same = Vector512.Equals(words >>> 48, Vector512.Create(tag)) & ~Vector512.Equals(words, Vector512<ulong>.Zero);
        return (uint)same.ExtractMostSignificantBits();
    }

    public ulong Word(long slot) => Volatile.Read(ref _words[slot]);

    public static long Slot(long set, int line, int index) => (set * PoolLayout.SlotsPerSet) + (line * 8) + index;

    /// <summary>The slot that holds exactly <paramref name="word"/> in the set of <paramref name="hash"/>, or -1.</summary>
    public long Find(ulong hash, ulong word)
    {
        long set = SetOf(hash);
        for (long slot = set * PoolLayout.SlotsPerSet; slot < (set + 1) * PoolLayout.SlotsPerSet; slot++)
        {
            if (_words[slot] == word)
            {
                return slot;
            }
        }

        return -1;
    }

    /// <summary>Notes that the copy was read. Lossy: a mark that races with eviction may be lost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MarkReferenced(long slot)
    {
        ref int bits = ref _referenced[slot / PoolLayout.SlotsPerSet];
        int bit = 1 << (int)(slot % PoolLayout.SlotsPerSet);
        if ((Volatile.Read(ref bits) & bit) == 0)
        {
            Interlocked.Or(ref bits, bit);
        }
    }

    public bool IsReferenced(long slot) =>
        (Volatile.Read(ref _referenced[slot / PoolLayout.SlotsPerSet]) & (1 << (int)(slot % PoolLayout.SlotsPerSet))) != 0;

    /// <summary>Forgets that the copy was read.</summary>
    /// <returns>True when it was.</returns>
    public bool TakeReference(long slot)
    {
        int bit = 1 << (int)(slot % PoolLayout.SlotsPerSet);
        return (Interlocked.And(ref _referenced[slot / PoolLayout.SlotsPerSet], ~bit) & bit) != 0;
    }

    /// <summary>Adds a word to its key's set; displaces an unread copy when the set is full.</summary>
    /// <returns>True when a copy was displaced.</returns>
    public bool Insert(ulong hash, ulong word)
    {
        long set = SetOf(hash);
        long victim = -1;
        for (int i = 0; i < PoolLayout.SlotsPerSet; i++)
        {
            long slot = (set * PoolLayout.SlotsPerSet) + (((HomeLine(hash) * 8) + i) % PoolLayout.SlotsPerSet);
            if (_words[slot] == 0)
            {
                Set(slot, word);
                return false;
            }

            if (victim < 0 && !IsReferenced(slot))
            {
                victim = slot;
            }
        }

        Set(victim >= 0 ? victim : (set * PoolLayout.SlotsPerSet) + (HomeLine(hash) * 8), word);
        return true;
    }

    /// <summary>Stores a word (0 = empties the slot) with the steps of the protocol.</summary>
    public void Set(long slot, ulong word)
    {
        ulong old = _words[slot];
        _writer.WriteWord(_words + slot, word);
        if (old != 0)
        {
            Account(old, -1);
            Interlocked.And(ref _referenced[slot / PoolLayout.SlotsPerSet], ~(1 << (int)(slot % PoolLayout.SlotsPerSet)));
            Interlocked.Increment(ref Stripe(SetOfSlot(slot)));
        }

        if (word != 0)
        {
            Account(word, 1);
        }
    }

    /// <summary>
    /// Empties every slot that still points into a segment whose records have all been walked: what is left there points
    /// at damaged records. Costs a pass over the directory, and only after damage.
    /// </summary>
    /// <returns>Slots emptied.</returns>
    public long Close(long segment)
    {
        if (_liveBytes[segment] == 0)
        {
            return 0;
        }

        long removed = 0;
        for (long slot = 0; slot < Slots; slot++)
        {
            ulong word = _words[slot];
            if (word != 0 && PoolWord.OffsetOf(word) / _layout.SegmentBytes == segment)
            {
                Set(slot, 0);
                removed++;
            }
        }

        return removed;
    }

    /// <summary>True when the word's record lies within the log between two positions.</summary>
    private bool IsWithin(ulong word, long tail, long head)
    {
        long offset = PoolWord.OffsetOf(word);
        long bytes = PoolWord.BytesOf(word);
        if (bytes == 0 || bytes > _layout.LargestRecordBytes || offset + bytes > _layout.DataBytes)
        {
            return false;
        }

        long position = tail - (tail % _layout.DataBytes) + offset;
        if (position < tail)
        {
            position += _layout.DataBytes;
        }

        return position + bytes <= head;
    }

    private void Account(ulong word, int sign)
    {
        long bytes = PoolWord.BytesOf(word) * sign;
        _liveBytes[PoolWord.OffsetOf(word) / _layout.SegmentBytes] += bytes;
        Volatile.Write(ref _usedBytes, _usedBytes + bytes);
        Volatile.Write(ref _entries, _entries + sign);
    }

    private ref int Stripe(long set) => ref _stripes[(int)(set & (StripeCount - 1)) * StripeSpacing];
}
