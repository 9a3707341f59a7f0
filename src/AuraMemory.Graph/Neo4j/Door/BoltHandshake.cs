using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Neo4j.Door;

/// <summary>The first bytes of a connection: what the client speaks, and which of it is chosen.</summary>
internal static class BoltHandshake
{
    /// <summary>Bytes that a client sends: a magic number and four proposals.</summary>
    public const int Length = 20;

    private const int LastMinorOfFive = 4;
    private const int LastMinorOfFour = 4;
    private const int FirstMinorOfFour = 2;

    /// <summary>Whether the magic number is there.</summary>
    public static bool IsBolt(ReadOnlySpan<byte> greeting) => greeting[..4].SequenceEqual((ReadOnlySpan<byte>)[0x60, 0x60, 0xB0, 0x17]);

    /// <summary>Whether the client speaks HTTP and came by the wrong port.</summary>
    public static bool IsHttp(ReadOnlySpan<byte> greeting) =>
        greeting[..4].SequenceEqual("GET "u8) || greeting[..4].SequenceEqual("POST"u8) || greeting[..4].SequenceEqual("HEAD"u8) || greeting[..4].SequenceEqual("PUT "u8);

    /// <summary>The first proposal that is spoken here, in its newest version; null when there is none.</summary>
    public static BoltVersion? Choose(ReadOnlySpan<byte> greeting)
    {
        for (int i = 4; i < Length; i += 4)
        {
            (int range, int minor, int major) = (greeting[i + 1], greeting[i + 2], greeting[i + 3]);
            (int first, int last) = major switch { 5 => (0, LastMinorOfFive), 4 => (FirstMinorOfFour, LastMinorOfFour), _ => (1, 0) };
            int newest = Math.Min(minor, last);
            if (newest >= Math.Max(first, minor - range))
            {
                return new BoltVersion(major, newest);
            }
        }

        return null;
    }
}
