using System.Runtime.InteropServices;

namespace AuraMemory.Topology.Rips;

/// <summary>A block of memory outside the managed heap, aligned to a cache line: given back at once, never scanned, not zeroed unless asked for.</summary>
/// <remarks>
/// Whoever uses <see cref="Pointer"/> keeps the block reachable meanwhile. The finalizer is for blocks of a constructor that failed
/// half-way; all others are disposed of.
/// </remarks>
internal sealed unsafe class NativeBlock<T> : IDisposable
    where T : unmanaged
{
    private const nuint Alignment = 64;

    public NativeBlock(long length, bool zeroed = false)
    {
        Length = Math.Max(1, length);
        Pointer = (T*)NativeMemory.AlignedAlloc(checked((nuint)Length * (nuint)sizeof(T)), Alignment);
        if (zeroed)
        {
            NativeMemory.Clear(Pointer, (nuint)Length * (nuint)sizeof(T));
        }
    }

    ~NativeBlock() => Free();

    /// <summary>First element; changes when the block grows.</summary>
    public T* Pointer { get; private set; }

    /// <summary>Number of elements there is room for.</summary>
    public long Length { get; private set; }

    /// <summary>Makes room for at least <paramref name="length"/> elements, doubling; what was written stays. New elements are not zeroed.</summary>
    public void Ensure(long length)
    {
        if (length > Length)
        {
            Length = Math.Max(length, Length * 2);
            Pointer = (T*)NativeMemory.AlignedRealloc(Pointer, checked((nuint)Length * (nuint)sizeof(T)), Alignment);
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}
