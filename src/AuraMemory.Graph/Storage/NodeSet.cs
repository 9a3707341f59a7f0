using System.Numerics;

namespace AuraMemory.Graph.Storage;

/// <summary>A set of node numbers as one snapshot sees it: a bit a number. Immutable.</summary>
/// <param name="words">Bits.</param>
/// <param name="count">Members.</param>
internal readonly struct NodeSetSnapshot(PagedSnapshot<ulong> words, int count)
{
    private readonly PagedSnapshot<ulong> _words = words;

    /// <summary>Members.</summary>
    public int Count { get; } = count;

    /// <summary>Whether a number is in it.</summary>
    public bool Contains(int node) => (_words[node >>> 6] >> (node & 63) & 1) != 0;

    /// <summary>Puts the next members, ascending, into a span.</summary>
    /// <param name="position">The first number to look at; left at the first not looked at.</param>
    /// <param name="into">At least one long.</param>
    /// <returns>How many; 0 = no more.</returns>
    public int Fill(ref long position, Span<int> into)
    {
        int filled = 0;
        ReadOnlySpan<ulong[]?> pages = _words.Pages;
        const int PageBits = PagedTable<ulong>.Shift + 6;
        while (position >> PageBits < pages.Length)
        {
            if (pages[(int)(position >> PageBits)] is not { } page)
            {
                position = ((position >> PageBits) + 1) << PageBits;
                continue;
            }

            ulong word = page[(int)(position >> 6) & PagedTable<ulong>.Mask] >> (int)(position & 63) << (int)(position & 63);
            long start = position & ~63L;
            while (word != 0)
            {
                if (filled == into.Length)
                {
                    return filled;
                }

                int bit = BitOperations.TrailingZeroCount(word);
                into[filled++] = (int)start + bit;
                position = start + bit + 1;
                word &= word - 1;
            }

            position = start + 64;
        }

        return filled;
    }
}

/// <summary>A set of node numbers as the writer sees it. One writer.</summary>
internal sealed class NodeSet
{
    private readonly PagedTable<ulong> _words = new();

    /// <summary>Members.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes held.</summary>
    public long Bytes => _words.Bytes;

    /// <summary>Puts a number in that is not.</summary>
    public void Add(int node)
    {
        _words.Write(node >>> 6) |= 1UL << (node & 63);
        Count++;
    }

    /// <summary>Takes a member out.</summary>
    public void Remove(int node)
    {
        _words.Write(node >>> 6) &= ~(1UL << (node & 63));
        Count--;
    }

    /// <summary>The set as it is now.</summary>
    public NodeSetSnapshot Snapshot() => new(_words.Snapshot(), Count);
}
