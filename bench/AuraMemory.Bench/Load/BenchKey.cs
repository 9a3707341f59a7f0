using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace AuraMemory.Bench.Load;

/// <summary>Keys and values of the in-process load: 16-byte keys in no order, values that begin with their object's number.</summary>
internal static class BenchKey
{
    public const int Bytes = 16;

    /// <summary>Writes "obj:0000" and eight hexadecimal digits of the scrambled number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(uint number, Span<byte> key)
    {
        "obj:0000"u8.CopyTo(key);
        ulong spread = Spread(BitOperations.RotateLeft(number * 0x9E3779B1, 7));

        // Digits above nine lie 39 places after '0' + 10 in ASCII; the sum of nibble and six carries exactly for those.
        ulong letters = ((spread + 0x0606060606060606) >> 4) & 0x0101010101010101;
        BinaryPrimitives.WriteUInt64BigEndian(key[8..], spread + 0x3030303030303030 + (letters * 39));
    }

    /// <summary>Fills a value with its object's number first.</summary>
    public static void WriteValue(uint number, Span<byte> value)
    {
        value.Fill((byte)number);
        BinaryPrimitives.WriteUInt64LittleEndian(value, number);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsValueOf(uint number, ReadOnlySpan<byte> value) => BinaryPrimitives.ReadUInt64LittleEndian(value) == number;

    private static ulong Spread(uint number)
    {
        ulong x = number;
        x = (x | (x << 16)) & 0x0000FFFF0000FFFF;
        x = (x | (x << 8)) & 0x00FF00FF00FF00FF;
        return (x | (x << 4)) & 0x0F0F0F0F0F0F0F0F;
    }
}
