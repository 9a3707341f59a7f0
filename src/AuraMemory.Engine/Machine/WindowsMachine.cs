using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace AuraMemory.Engine.Machine;

/// <summary>Facts from kernel32.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class WindowsMachine
{
    private const uint CacheRelationship = 2;
    private const uint InstructionCache = 1;

    public static MachineFacts Probe()
    {
        long?[] caches = new long?[4];
        uint bytes = 0;
        _ = ProcessorInformation(null, &bytes);
        byte[] buffer = new byte[bytes];
        fixed (byte* at = buffer)
        {
            if (bytes > 0 && ProcessorInformation(at, &bytes))
            {
                ProcessorRecord* records = (ProcessorRecord*)at;
                for (int i = 0; i < (int)(bytes / (uint)sizeof(ProcessorRecord)); i++)
                {
                    ref ProcessorRecord record = ref records[i];
                    if (record.Relationship == CacheRelationship && record.CacheType != InstructionCache && record.CacheLevel is >= 1 and <= 3)
                    {
                        // Cores may differ: the smallest one's cache fits them all.
                        caches[record.CacheLevel] = Math.Min(caches[record.CacheLevel] ?? long.MaxValue, record.CacheBytes);
                    }
                }
            }
        }

        MemoryStatus status = new() { Length = (uint)sizeof(MemoryStatus) };
        return new MachineFacts
        {
            PhysicalMemoryBytes = MemoryStatusOf(&status) ? (long)status.TotalPhysical : null,
            L1DataBytes = caches[1],
            L2Bytes = caches[2],
            L3Bytes = caches[3],
        };
    }

    [LibraryImport("kernel32", EntryPoint = "GetLogicalProcessorInformation")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool ProcessorInformation(byte* buffer, uint* bytes);

    [LibraryImport("kernel32", EntryPoint = "GlobalMemoryStatusEx")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool MemoryStatusOf(MemoryStatus* status);

    /// <summary>SYSTEM_LOGICAL_PROCESSOR_INFORMATION of a 64-bit process, seen as a cache.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 32)]
    private struct ProcessorRecord
    {
        [FieldOffset(8)]
        public uint Relationship;

        [FieldOffset(16)]
        public byte CacheLevel;

        [FieldOffset(20)]
        public uint CacheBytes;

        [FieldOffset(24)]
        public uint CacheType;
    }

    /// <summary>MEMORYSTATUSEX.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct MemoryStatus
    {
        [FieldOffset(0)]
        public uint Length;

        [FieldOffset(8)]
        public ulong TotalPhysical;
    }
}
