using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AuraMemory.Engine.Tiers.Persistent;

/// <summary>One exclusively locked file and its mapping.</summary>
/// <remarks>
/// A store to a mapped page that the file system cannot back raises SIGBUS, which no .NET program can catch. It is avoided:
/// nothing is mapped beyond the end of the file; the lock keeps other pools from truncating it (an operator who truncates it
/// by hand is not stopped); and <see cref="Allocate"/> makes the file system promise blocks before a page is first touched.
/// Two causes remain and end the process: a read error of the medium on a page that is not in memory, and a copy-on-write
/// file system that breaks its promise; neither can lose an object, because the pool holds only copies.
/// </remarks>
internal sealed unsafe class PoolFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly PoolFaults? _faults;
    private MemoryMappedFile? _portable;
    private MemoryMappedViewAccessor? _view;
    private long _length;

    private PoolFile(SafeFileHandle handle, PoolFaults? faults)
    {
        _handle = handle;
        _faults = faults;
    }

    /// <summary>First mapped byte; null before <see cref="Map"/>.</summary>
    public byte* Base { get; private set; }

    /// <summary>True when the kernel granted <c>MAP_SYNC</c>: stores that left the CPU caches are durable.</summary>
    public bool IsDax { get; private set; }

    /// <summary>Present length of the file, bytes.</summary>
    public long Length => RandomAccess.GetLength(_handle);

    /// <summary>All mapped bytes, for copies of files below 2 GiB.</summary>
    public ReadOnlySpan<byte> Mapped => new(Base, checked((int)_length));

    /// <exception cref="PoolOpenException">The file is in use or cannot be opened.</exception>
    public static PoolFile Open(string path, PoolFaults? faults)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PoolOpenException($"The persistent pool '{path}' is in use by another process or cannot be opened: {e.Message}", e);
        }

        // .NET takes this lock too, unless an environment variable turned that off.
        if (OperatingSystem.IsLinux() && PoolNative.Lock(handle, PoolNative.LockExclusiveNow) != 0)
        {
            handle.Dispose();
            throw new PoolOpenException($"The persistent pool '{path}' is in use by another process.");
        }

        return new PoolFile(handle, faults);
    }

    /// <summary>Reads without the mapping, so that a file is judged before it is trusted.</summary>
    public void ReadUnmapped(Span<byte> into, long offset)
    {
        into.Clear();
        int done = 0;
        int read;
        while (done < into.Length && (read = RandomAccess.Read(_handle, into[done..], offset + done)) > 0)
        {
            done += read;
        }
    }

    /// <summary>Writes without the mapping.</summary>
    public void WriteUnmapped(ReadOnlySpan<byte> from, long offset) => RandomAccess.Write(_handle, from, offset);

    /// <summary>Empties the file and gives it its length, sparse.</summary>
    public void Reset(long length)
    {
        RandomAccess.SetLength(_handle, 0);
        RandomAccess.SetLength(_handle, length);
    }

    /// <summary>Makes the file system set blocks aside.</summary>
    /// <param name="offset">From here.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="fresh">True when the range was never written: only then may it be filled with zeroes.</param>
    /// <returns>False when there is no space.</returns>
    public bool Allocate(long offset, long length, bool fresh)
    {
        if (_faults is not null && offset + length > _faults.AllocatableBytes)
        {
            return false;
        }

        if (length == 0 || OperatingSystem.IsWindows())
        {
            return true;
        }

        if (OperatingSystem.IsLinux())
        {
            int error;
            do
            {
                error = PoolNative.Allocate(_handle, 0, offset, length) == 0 ? 0 : Marshal.GetLastPInvokeError();
            }
            while (error == PoolNative.ErrorInterrupted);
            if (error != PoolNative.ErrorNotSupported)
            {
                return error == 0;
            }
        }

        return !fresh || TryFill(offset, length);
    }

    /// <summary>Maps the whole file, which must have its final length.</summary>
    /// <exception cref="PoolOpenException">The kernel refused.</exception>
    public void Map(long length)
    {
        _length = length;
        if (!OperatingSystem.IsLinux())
        {
            _portable = MemoryMappedFile.CreateFromFile(
                _handle, null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
            _view = _portable.CreateViewAccessor(0, length);
            byte* pointer = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            Base = pointer;
            return;
        }

        // EOPNOTSUPP or EINVAL here is how the kernel says that the file is not on DAX memory.
        nint address = PoolNative.Map(
            0, (nuint)length, PoolNative.ProtectReadWrite, PoolNative.MapSharedValidate | PoolNative.MapSync, _handle, 0);
        IsDax = address != PoolNative.MapFailed;
        if (!IsDax)
        {
            address = PoolNative.Map(0, (nuint)length, PoolNative.ProtectReadWrite, PoolNative.MapShared, _handle, 0);
        }

        if (address == PoolNative.MapFailed)
        {
            throw new PoolOpenException($"The persistent pool cannot be mapped (errno {Marshal.GetLastPInvokeError()}).");
        }

        Base = (byte*)address;
    }

    /// <summary>Tells the kernel whether the directory is wanted at once, and that the log is read at random.</summary>
    public void Advise(long directoryOffset, long dataOffset, bool directoryWanted)
    {
        if (OperatingSystem.IsLinux())
        {
            // Mapped in one call where the kernel can: a fault for every few pages costs more than reading the words.
            nint directory = (nint)(Base + directoryOffset);
            nuint length = (nuint)(dataOffset - directoryOffset);
            if (directoryWanted && PoolNative.Advise(directory, length, PoolNative.AdvisePopulateRead) != 0)
            {
                _ = PoolNative.Advise(directory, length, PoolNative.AdviseWillNeed);
            }

            _ = PoolNative.Advise((nint)(Base + dataOffset), (nuint)(_length - dataOffset), PoolNative.AdviseRandom);
        }
    }

    /// <summary>Writes changed pages of a page-aligned range to the medium and waits.</summary>
    /// <returns>False when the medium failed; what it holds is then unknown and a second try proves nothing.</returns>
    public bool Flush(long offset, long length)
    {
        if (_faults is not null && _faults.FlushesLeft-- <= 0)
        {
            return false;
        }

        if (OperatingSystem.IsLinux())
        {
            return PoolNative.Sync((nint)(Base + offset), (nuint)length, PoolNative.SyncNow) == 0;
        }

        try
        {
            _view!.Flush();
            RandomAccess.FlushToDisk(_handle);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        if (Base != null)
        {
            if (OperatingSystem.IsLinux())
            {
                _ = PoolNative.Unmap((nint)Base, (nuint)_length);
            }
            else
            {
                _view!.SafeMemoryMappedViewHandle.ReleasePointer();
                _view.Dispose();
                _portable!.Dispose();
            }

            Base = null;
        }

        _handle.Dispose();
    }

    private bool TryFill(long offset, long length)
    {
        byte[] zeroes = new byte[64 * 1024];
        try
        {
            for (long done = 0; done < length; done += zeroes.Length)
            {
                RandomAccess.Write(_handle, zeroes.AsSpan(0, (int)Math.Min(zeroes.Length, length - done)), offset + done);
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
