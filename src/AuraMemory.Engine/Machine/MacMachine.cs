using System.Runtime.InteropServices;

namespace AuraMemory.Engine.Machine;

/// <summary>Facts from macOS's <c>sysctl</c>.</summary>
internal static unsafe partial class MacMachine
{
    public static MachineFacts Probe() => new()
    {
        PhysicalMemoryBytes = Number("hw.memsize"),
        L1DataBytes = Number("hw.perflevel0.l1dcachesize") ?? Number("hw.l1dcachesize"),
        L2Bytes = Number("hw.perflevel0.l2cachesize") ?? Number("hw.l2cachesize"),
        L3Bytes = Number("hw.l3cachesize"),
    };

    private static long? Number(string name)
    {
        long value = 0;
        nuint bytes = sizeof(long);

        // Some names answer with 4 bytes: on these little-endian machines they are the low ones.
        return ByName(name, &value, &bytes, null, 0) == 0 && value > 0 ? value : null;
    }

    [LibraryImport("libc", EntryPoint = "sysctlbyname", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ByName(string name, void* value, nuint* bytes, void* newValue, nuint newBytes);
}
