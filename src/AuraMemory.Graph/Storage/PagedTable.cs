using System.Runtime.CompilerServices;

namespace AuraMemory.Graph.Storage;

/// <summary>A table as it was when a snapshot was taken. Rows beyond what was ever written read as the default.</summary>
/// <typeparam name="T">Row.</typeparam>
/// <param name="pages">Pages; a missing one reads as the default.</param>
internal readonly struct PagedSnapshot<T>(T[]?[] pages)
{
    private readonly T[]?[] _pages = pages;

    /// <summary>Pages.</summary>
    public ReadOnlySpan<T[]?> Pages => _pages;

    /// <summary>A row.</summary>
    public T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            T[]?[] pages = _pages;
            int page = row >>> PagedTable<T>.Shift;
            return page < pages.Length && pages[page] is { } rows ? rows[row & PagedTable<T>.Mask] : default!;
        }
    }
}

/// <summary>Rows by number, in pages that are copied before the first write after a snapshot.</summary>
/// <remarks>
/// <para>One writer. A page carries the epoch in which it was made; the writer may write to it in place only in that epoch, because no snapshot can hold
/// it then. A snapshot is the directory of pages as it is; the directory itself is copied on the first change after it was given away. So a snapshot
/// costs nothing, and the first write to a page after one costs the copy of one page and, once, of the directory.</para>
/// <para>Readers reach pages through the snapshot object only, which is published under the graph's lock: what was written before is visible to them.</para>
/// </remarks>
/// <typeparam name="T">Row.</typeparam>
internal sealed class PagedTable<T>
{
    /// <summary>Binary logarithm of the rows of a page.</summary>
    public const int Shift = 9;

    /// <summary>Rows of a page, less one.</summary>
    public const int Mask = (1 << Shift) - 1;

    private T[]?[] _pages = [];
    private long[] _epochs = [];
    private long _epoch;
    private bool _directoryShared;
    private int _present;

    /// <summary>A row as the writer sees it.</summary>
    public T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            int page = row >>> Shift;
            return page < _pages.Length && _pages[page] is { } rows ? rows[row & Mask] : default!;
        }
    }

    /// <summary>Bytes of pages and directory, without what rows refer to.</summary>
    public long Bytes => ((long)_present * ((Unsafe.SizeOf<T>() << Shift) + 24)) + (16L * _pages.Length);

    /// <summary>A row to write to, as long as no snapshot is taken.</summary>
    public ref T Write(int row)
    {
        int page = row >>> Shift;
        if (page >= _pages.Length || _pages[page] is not { } rows || _epochs[page] != _epoch)
        {
            rows = OwnPage(page);
        }

        return ref rows[row & Mask];
    }

    /// <summary>The table as it is now; later writes do not show in it.</summary>
    public PagedSnapshot<T> Snapshot()
    {
        _epoch++;
        _directoryShared = true;
        return new PagedSnapshot<T>(_pages);
    }

    /// <summary>Forgets all rows; snapshots keep theirs.</summary>
    public void Clear()
    {
        _pages = [];
        _epochs = [];
        _present = 0;
        _directoryShared = false;
    }

    private T[] OwnPage(int page)
    {
        if (page >= _pages.Length)
        {
            int length = Math.Max(page + 1, Math.Min(2 * _pages.Length, _pages.Length + 4096));
            Array.Resize(ref _pages, length);
            Array.Resize(ref _epochs, length);
            _directoryShared = false;
        }
        else if (_directoryShared)
        {
            _pages = [.. _pages];
            _directoryShared = false;
        }

        var rows = new T[1 << Shift];
        if (_pages[page] is { } old)
        {
            old.CopyTo(rows, 0);
        }
        else
        {
            _present++;
        }

        _pages[page] = rows;
        _epochs[page] = _epoch;
        return rows;
    }
}
