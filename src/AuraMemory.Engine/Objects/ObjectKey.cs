using System.Buffers;
using System.Text;

namespace AuraMemory.Engine.Objects;

/// <summary>Rules for keys: 1 to 512 bytes of <c>[A-Za-z0-9_.:-]</c>, neither <c>.</c> nor <c>..</c>.</summary>
/// <remarks>
/// Because every key byte is printable ASCII, the engine uses the byte 0x00 as separator inside the home and keys that
/// begin with 0x01 for its own purposes (benchmarks): no caller's key can collide with either.
/// </remarks>
public static class ObjectKey
{
    /// <summary>Longest key, bytes.</summary>
    public const int MaxBytes = 512;

    /// <summary>First byte of keys that belong to the service itself; never accepted from a caller.</summary>
    public const byte InternalPrefix = 0x01;

    private static readonly SearchValues<byte> Allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-"u8);

    /// <summary>What a caller is told about a key that is refused.</summary>
    public const string Expectation =
        "1 to 512 characters of A-Z a-z 0-9 _ . : - (and neither \".\" nor \"..\")";

    /// <summary>True when <paramref name="key"/> may name a caller's object. O(n), allocates nothing.</summary>
    public static bool IsValid(ReadOnlySpan<byte> key) =>
        key.Length is >= 1 and <= MaxBytes
        && !key.ContainsAnyExcept(Allowed)
        && !(key[0] == (byte)'.' && (key.Length == 1 || (key.Length == 2 && key[1] == (byte)'.')));

    /// <summary>The key's bytes.</summary>
    /// <exception cref="ArgumentException">The key breaks the rules above.</exception>
    public static byte[] Parse(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] bytes = key.Length <= MaxBytes ? Encoding.UTF8.GetBytes(key) : [];
        return IsValid(bytes) ? bytes : throw new ArgumentException($"A key is {Expectation}.", nameof(key));
    }

    /// <summary>The key as text; keys are ASCII.</summary>
    public static string ToText(ReadOnlySpan<byte> key) => Encoding.ASCII.GetString(key);
}
