using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace AuraMemory.Engine.Durability;

/// <summary>A page beside the databases that remembers how far their logs went, so that a log that lost its end is recognised.</summary>
/// <remarks>
/// <para>A log that ends early looks the same whether a crash tore its last record or a medium lost what was acknowledged. So
/// every successful write leaves the sequence of its newest entry here, after the log and before the acknowledgement. At the
/// next open the log must reach what was synced; and what was merely written too, if the system was not booted since: then only
/// a process ended, and the page cache, which holds log and witness, lived on. After a boot the witness may be newer on the
/// medium than the log, so the figure of what was written says nothing. A figure of what was synced is put down after the
/// sync, and never is.</para>
/// <para>Sequences are the storage engine's, one an entry of a batch: they cover objects, notes and moves alike. Batches
/// without log take sequences too, but are put down only once they are in tables.</para>
/// <para>Format, 4 KiB: 8 bytes of magic; from 1024 and 2048 one section a database: two equal heads (store, boot, checksum), and
/// each figure in two slots of value and check word. A figure goes to the slot that does not hold the newest one, so an end
/// between the two words leaves the one before, which is the newest that was acknowledged. A slot or head that fails its check
/// counts as absent: a damaged witness demands less, or (a figure cannot be damaged into a valid one) nothing.</para>
/// <para>Order at <see cref="LogTail.Begin"/>: figures that no longer hold are taken back before the head says that they do, so
/// that an end in between demands less, never what is not there.</para>
/// <para>The page is mapped where a store to an allocated block cannot fail for lack of space; elsewhere (copy-on-write and
/// network file systems) it is written by a system call, whose failure is an answer and not the end of the process.</para>
/// </remarks>
internal sealed unsafe class TailWitness : IDisposable
{
    private const int PageBytes = 4096;
    private const int SectionBytes = 1024;
    private const long Magic = 0x314C494154415241; // "ARATAIL1"
    private static readonly string[] MappedFormats = ["ext2", "ext3", "ext4", "xfs", "tmpfs", "overlay", "overlayfs"];
    private readonly SafeFileHandle _file;
    private readonly MemoryMappedFile? _mapping;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _page;

    private TailWitness(SafeFileHandle file, bool mapped, Guid? boot)
    {
        _file = file;
        Boot = boot ?? Guid.Empty;
        if (mapped)
        {
            _mapping = MemoryMappedFile.CreateFromFile(
                file, null, PageBytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
            _view = _mapping.CreateViewAccessor(0, PageBytes);
            byte* at = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref at);
            _page = at + _view.PointerOffset;
        }

        Ssd = new LogTail(this, SectionBytes);
        Archive = new LogTail(this, 2 * SectionBytes);
    }

    /// <summary>The SSD database's.</summary>
    public LogTail Ssd { get; }

    /// <summary>The archive database's.</summary>
    public LogTail Archive { get; }

    /// <summary>This run of the system; empty when it is not known.</summary>
    public Guid Boot { get; }

    /// <summary>Opens the page, creating it when it is missing or not a witness.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="boot">This run of the system; null when it is not known.</param>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for permissions.</exception>
    public static TailWitness Open(string path, Guid? boot)
    {
        // Shared: who may write is decided by the databases' locks, and who may not only reads.
        SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            Span<byte> head = stackalloc byte[sizeof(long)];
            if (RandomAccess.GetLength(file) < PageBytes
                || RandomAccess.Read(file, head, 0) < head.Length || BinaryPrimitives.ReadInt64LittleEndian(head) != Magic)
            {
                // Written whole, so that every block of the page is allocated before it is mapped.
                byte[] page = new byte[PageBytes];
                BinaryPrimitives.WriteInt64LittleEndian(page, Magic);
                RandomAccess.Write(file, page, 0);
            }

            return new TailWitness(file, MayMap(path), boot);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush();
        if (_view is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _mapping!.Dispose();
        }

        _file.Dispose();
    }

    /// <summary>Brings the page to the medium; a failure makes the witness older than it could be, no more.</summary>
    internal void Flush()
    {
        try
        {
            _view?.Flush();
            RandomAccess.FlushToDisk(_file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is demanded of the log was true when it was put down: older figures are right ones.
        }
    }

    internal void Read(int at, Span<byte> into)
    {
        into.Clear();
        if (_page is not null)
        {
            new ReadOnlySpan<byte>(_page + at, into.Length).CopyTo(into);
        }
        else
        {
            RandomAccess.Read(_file, into, at);
        }
    }

    internal void Write(int at, ReadOnlySpan<byte> from)
    {
        if (_page is not null)
        {
            from.CopyTo(new Span<byte>(_page + at, from.Length));
            return;
        }

        try
        {
            RandomAccess.Write(_file, from, at);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As for Flush.
        }
    }

    /// <summary>Puts a figure and its check word down, in this order.</summary>
    internal void WritePair(int at, long value, long check)
    {
        if (_page is not null)
        {
            Volatile.Write(ref *(long*)(_page + at), value);
            Volatile.Write(ref *(long*)(_page + at + sizeof(long)), check);
            return;
        }

        Span<byte> pair = stackalloc byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(pair, value);
        BinaryPrimitives.WriteInt64LittleEndian(pair[sizeof(long)..], check);
        Write(at, pair);
    }

    private static bool MayMap(string path)
    {
        if (!OperatingSystem.IsLinux() || !BitConverter.IsLittleEndian)
        {
            return false;
        }

        try
        {
            return Array.IndexOf(MappedFormats, new DriveInfo(Path.GetFullPath(path)).DriveFormat) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
