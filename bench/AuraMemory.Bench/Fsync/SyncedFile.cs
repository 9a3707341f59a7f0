using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AuraMemory.Bench.Fsync;

/// <summary>The peer of a synced store: one writer that appends a record to a file and syncs it.</summary>
internal sealed partial class SyncedFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly byte[] _record;
    private long _at;

    public SyncedFile(string path, int recordBytes)
    {
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        _record = new byte[recordBytes];
    }

    /// <summary>Appends and syncs for the given time; records a second.</summary>
    public double Run(double seconds)
    {
        long start = Stopwatch.GetTimestamp();
        long records = 0;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            RandomAccess.Write(_file, _record, _at);
            _at += _record.Length;
            Sync();
            records++;
        }

        return records / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose() => _file.Dispose();

    private void Sync()
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(_file);
        }
        else if (DataSync(_file) != 0)
        {
            throw new BenchException("fdatasync failed: " + new Win32Exception(Marshal.GetLastPInvokeError()).Message);
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);
}
