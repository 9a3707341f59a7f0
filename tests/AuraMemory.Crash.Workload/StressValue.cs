using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace AuraMemory.Crash.Workload;

/// <summary>JSON of 100 bytes to 4 MiB whose every byte follows from key and number, made and checked piece by piece.</summary>
/// <remarks>No piece is larger than the caller's chunk, so checking costs no memory where memory is what is scarce.</remarks>
internal static class StressValue
{
    private const int LeastBytes = 100;
    private const int Head = 32; // {"k":KKKKKKKK,"i":NNNNNNNN,"p":"

    /// <summary>Length of the value of a key and a number; sizes are spread evenly over the orders of magnitude.</summary>
    public static int Bytes(int key, int number, int mostBytes)
    {
        double share = (Mix(((ulong)(uint)key << 32) | (uint)number) >> 11) / (double)(1UL << 53);
        return (int)(LeastBytes * Math.Exp(share * Math.Log((double)mostBytes / LeastBytes))) / 8 * 8;
    }

    /// <summary>Writes the value; <paramref name="into"/> is exactly as long as it.</summary>
    public static void Write(int key, int number, Span<byte> into)
    {
        "{\"k\":00000000,\"i\":00000000,\"p\":\""u8.CopyTo(into);
        WriteNumber(key, into.Slice(5, 8));
        WriteNumber(number, into.Slice(18, 8));
        Fill(key, number, Head, into[Head..]);
        "\"}"u8.CopyTo(into[^2..]);
    }

    /// <summary>The number in the first piece of a value of this key; -1 when there is none.</summary>
    public static int Number(int key, ReadOnlySpan<byte> first) =>
        first.Length >= Head
            && Utf8Parser.TryParse(first.Slice(5, 8), out int k, out int used) && used == 8 && k == key
            && Utf8Parser.TryParse(first.Slice(18, 8), out int number, out used) && used == 8
        ? number
        : -1;

    /// <summary>True when a piece is what stands at its place in the value.</summary>
    /// <param name="key">Key.</param>
    /// <param name="number">Number.</param>
    /// <param name="total">Length of the whole.</param>
    /// <param name="at">Place of the piece, a multiple of 8.</param>
    /// <param name="piece">What was read.</param>
    /// <param name="scratch">As long as the piece at least.</param>
    public static bool Matches(int key, int number, int total, int at, ReadOnlySpan<byte> piece, Span<byte> scratch)
    {
        Span<byte> wanted = scratch[..piece.Length];
        int head = Math.Min(wanted.Length, Math.Max(0, Head - at));
        if (head > 0)
        {
            Span<byte> whole = stackalloc byte[LeastBytes];
            Write(key, number, whole);
            whole.Slice(at, head).CopyTo(wanted);
        }

        Fill(key, number, at + head, wanted[head..]);
        ReadOnlySpan<byte> end = "\"}"u8;
        for (int i = 0; i < end.Length; i++)
        {
            int place = total - end.Length + i - at;
            if ((uint)place < (uint)wanted.Length)
            {
                wanted[place] = end[i];
            }
        }

        return piece.SequenceEqual(wanted);
    }

    private static void Fill(int key, int number, int at, Span<byte> into)
    {
        ulong seed = Mix(((ulong)(uint)number << 32) | (uint)key);
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(into);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = Letters(seed, (uint)(at / 8) + (uint)i);
        }

        ulong last = Letters(seed, (uint)(at / 8) + (uint)words.Length);
        for (int i = words.Length * 8; i < into.Length; i++, last >>= 8)
        {
            into[i] = (byte)last;
        }
    }

    /// <summary>Eight letters a to p.</summary>
    private static ulong Letters(ulong seed, uint word) =>
        (Mix(seed + word) & 0x0F0F0F0F0F0F0F0FUL) + 0x6161616161616161UL;

    /// <summary>Finalizer of splitmix64 (Steele, Lea, Flood, OOPSLA 2014).</summary>
    private static ulong Mix(ulong x)
    {
        x = (x + 0x9E3779B97F4A7C15UL) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }

    private static void WriteNumber(int number, Span<byte> into)
    {
        for (int i = into.Length - 1; i >= 0; i--, number /= 10)
        {
            into[i] = (byte)('0' + (number % 10));
        }
    }
}
