using System.Buffers.Binary;

namespace AuraMemory.Engine.Durability;

/// <summary>Remembers over restarts how large the largest object is: readers of cold objects are admitted by it.</summary>
internal static class LargestNote
{
    private const string Name = "largest-object";

    /// <summary>Size noted, bytes; 0 when none is.</summary>
    public static int Read(IHome home) =>
        home.GetNote(Name) is { Length: sizeof(int) } bytes ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : 0;

    /// <summary>Notes a size.</summary>
    public static bool Write(IHome home, int bytes)
    {
        Span<byte> note = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(note, bytes);
        return home.PutNote(Name, note);
    }
}
