using System.Security.Cryptography;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Server.Http;

/// <summary>Makes keys for objects that come without one: 26 characters, later ones sort after earlier ones.</summary>
/// <remarks>
/// 48 bits of Unix milliseconds, then 80 random bits, in Crockford's base 32: the layout of ULID. Within one millisecond the
/// random part counts up, so the order of this process's keys is the order in which they were made.
/// </remarks>
internal sealed class KeyGenerator(StoreClock clock)
{
    private const int Length = 26;

    private readonly Lock _lock = new();
    private UInt128 _last;

    public byte[] Next()
    {
        UInt128 value;
        lock (_lock)
        {
            UInt128 now = (UInt128)(ulong)clock.NowMs << 80;
            if (now >> 80 > _last >> 80)
            {
                Span<byte> random = stackalloc byte[16];
                RandomNumberGenerator.Fill(random[6..]);
                value = now | System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(random);
            }
            else
            {
                value = _last + 1;
            }

            _last = value;
        }

        ReadOnlySpan<byte> digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"u8;
        byte[] key = new byte[Length];
        for (int i = Length - 1; i >= 0; i--)
        {
            key[i] = digits[(int)(value & 31)];
            value >>= 5;
        }

        return key;
    }
}
