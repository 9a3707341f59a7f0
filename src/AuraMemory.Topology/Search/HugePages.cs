using System.Runtime.InteropServices;

namespace AuraMemory.Topology.Search;

/// <summary>Asks for huge pages where the system leaves that to the program: a graph walk touches memory at random, page by page.</summary>
internal static unsafe partial class HugePages
{
    private const int MadvHugePage = 14;
    private const long PageBytes = 2 << 20;

    /// <summary>Asks for a range; without effect where it is small, refused or unknown to the system.</summary>
    public static void Advise(void* memory, long bytes)
    {
        if (OperatingSystem.IsLinux() && bytes >= PageBytes)
        {
            // A refusal costs nothing but the gain, so the answer is not looked at.
            _ = madvise(memory, (nuint)bytes, MadvHugePage);
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(void* memory, nuint bytes, int advice);
}
