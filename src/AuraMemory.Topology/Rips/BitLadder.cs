using System.Numerics;
using System.Runtime.CompilerServices;

namespace AuraMemory.Topology.Rips;

/// <summary>
/// A set of small integers as a bitmap with a bitmap of its non-zero words above it, and so on: insert, remove, toggle and "next member"
/// in a constant number of steps (four levels hold 2^24 members).
/// </summary>
/// <remarks>Invariant: a bit of an upper level is set exactly when the word it stands for is not zero.</remarks>
internal sealed unsafe class BitLadder : IDisposable
{
    private const int MostLevels = 6;

    private readonly NativeBlock<ulong> _words;
    private readonly int[] _start = new int[MostLevels];
    private readonly int _levels;
    private readonly ulong* _bottom;

    /// <summary>Makes an empty set of members 0 to <paramref name="capacity"/> - 1.</summary>
    public BitLadder(int capacity)
    {
        int total = 0;
        int size = Math.Max(1, capacity);
        do
        {
            size = (size + 63) >> 6;
            _start[_levels++] = total;
            total += size;
        }
        while (size > 1);

        _words = new NativeBlock<ulong>(total, zeroed: true);
        _bottom = _words.Pointer;
    }

    /// <summary>Adds a member.</summary>
    /// <returns>False when it was there.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(int member)
    {
        ulong* word = _bottom + (member >> 6);
        ulong before = *word;
        *word = before | (1UL << member);
        if (before == 0)
        {
            Raise(member >> 6);
        }

        return (before >> member & 1) == 0;
    }

    /// <summary>Removes a member that is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Remove(int member)
    {
        ulong* word = _bottom + (member >> 6);
        if ((*word &= ~(1UL << member)) == 0)
        {
            Lower(member >> 6);
        }
    }

    /// <summary>Adds a member that is not there, removes one that is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Toggle(int member) => ToggleWord(member >> 6, 1UL << member);

    /// <summary>Toggles up to 64 members at once.</summary>
    /// <param name="index">Word: members 64 x index and after.</param>
    /// <param name="mask">Which of the 64.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ToggleWord(int index, ulong mask)
    {
        ulong before = _bottom[index];
        ulong after = before ^ mask;
        _bottom[index] = after;
        if ((before == 0) != (after == 0))
        {
            if (after == 0)
            {
                Lower(index);
            }
            else
            {
                Raise(index);
            }
        }
    }

    /// <summary>Smallest member not below <paramref name="from"/>, or -1.</summary>
    public int Next(int from)
    {
        int level = 0;
        int position = from;
        ulong* words = _words.Pointer;
        while (true)
        {
            int index = position >> 6;
            int next = level + 1 < _levels ? _start[level + 1] - _start[level] : 1;
            if (index >= next)
            {
                return -1;
            }

            ulong rest = words[_start[level] + index] & (ulong.MaxValue << position);
            if (rest != 0)
            {
                position = (index << 6) + BitOperations.TrailingZeroCount(rest);
                while (level > 0)
                {
                    level--;
                    position = (position << 6) + BitOperations.TrailingZeroCount(words[_start[level] + position]);
                }

                return position;
            }

            if (++level == _levels)
            {
                return -1;
            }

            position = index + 1;
        }
    }

    /// <summary>Removes every member. Cost: the number of members.</summary>
    public void Clear()
    {
        for (int member = Next(0); member >= 0; member = Next(member + 1))
        {
            ToggleWord(member >> 6, _bottom[member >> 6]);
        }
    }

    public void Dispose() => _words.Dispose();

    private void Raise(int index)
    {
        for (int level = 1; level < _levels; level++)
        {
            ulong* word = _words.Pointer + _start[level] + (index >> 6);
            ulong before = *word;
            *word = before | (1UL << index);
            if (before != 0)
            {
                return;
            }

            index >>= 6;
        }
    }

    private void Lower(int index)
    {
        for (int level = 1; level < _levels; level++)
        {
            ulong* word = _words.Pointer + _start[level] + (index >> 6);
            if ((*word &= ~(1UL << index)) != 0)
            {
                return;
            }

            index >>= 6;
        }
    }
}
