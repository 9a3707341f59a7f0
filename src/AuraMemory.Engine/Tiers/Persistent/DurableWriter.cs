using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace AuraMemory.Engine.Tiers.Persistent;

/// <summary>How stores reach the medium.</summary>
internal enum DurableWriterKind : byte
{
    /// <summary>Ordinary stores into the page cache; durable against power loss when flushed.</summary>
    PageCache,

    /// <summary>Stores, then <c>pmem_persist</c> of libpmem.</summary>
    Libpmem,

    /// <summary>Non-temporal stores, which leave no dirty cache line, then a store fence.</summary>
    NonTemporal,
}

/// <summary>Stores bytes and 8-byte words into the mapping; on DAX each call is durable when it returns.</summary>
/// <remarks>
/// Invariant: every call is ordered after all earlier ones, for other threads, for a process that is killed in between, and
/// (the two DAX kinds) for a machine that loses power in between. <see cref="WriteWord"/> is one 8-byte store and so is
/// never seen half done. Destinations are aligned to 64 (<see cref="Write"/>) or 8 bytes, and <see cref="Write"/> may zero the
/// rest of the last 64-byte unit.
/// </remarks>
internal sealed unsafe class DurableWriter
{
    private const string LibpmemName = "libpmem.so.1";

    private readonly delegate* unmanaged<void*, nuint, void> _persist;

    private DurableWriter(DurableWriterKind kind, delegate* unmanaged<void*, nuint, void> persist)
    {
        Kind = kind;
        _persist = persist;
    }

    public DurableWriterKind Kind { get; }

    /// <summary>
    /// The best writer for a mapping, or the one asked for. DAX without libpmem and without x64 stores through the caches and
    /// relies on the flush, which the kernel turns into a cache write-back there.
    /// </summary>
    public static DurableWriter Create(bool dax, DurableWriterKind? forced)
    {
        if (forced is { } kind ? kind == DurableWriterKind.Libpmem : dax)
        {
            // The library stays loaded for the life of the process, as the function pointer needs it.
            if (NativeLibrary.TryLoad(LibpmemName, out nint library)
                && NativeLibrary.TryGetExport(library, "pmem_persist", out nint persist))
            {
                return new DurableWriter(DurableWriterKind.Libpmem, (delegate* unmanaged<void*, nuint, void>)persist);
            }
        }

        bool nonTemporal = Sse2.X64.IsSupported && (forced is { } wanted ? wanted != DurableWriterKind.PageCache : dax);
        return new DurableWriter(nonTemporal ? DurableWriterKind.NonTemporal : DurableWriterKind.PageCache, null);
    }

    /// <summary>Writes four spans one after another.</summary>
    public void Write(
        byte* to, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, ReadOnlySpan<byte> fourth)
    {
        if (Kind == DurableWriterKind.NonTemporal)
        {
            WriteNonTemporal(to, first, second, third, fourth);
            return;
        }

        byte* end = to;
        Append(ref end, first);
        Append(ref end, second);
        Append(ref end, third);
        Append(ref end, fourth);
        if (_persist != null)
        {
            _persist(to, (nuint)(end - to));
        }
    }

    /// <summary>Writes one word with one store that no earlier store can pass.</summary>
    public void WriteWord(ulong* to, ulong value)
    {
        if (Kind == DurableWriterKind.NonTemporal)
        {
            Sse.StoreFence();
            Sse2.X64.StoreNonTemporal(to, value);
            Sse.StoreFence();
            return;
        }

        Volatile.Write(ref *to, value);
        if (_persist != null)
        {
            _persist(to, sizeof(ulong));
        }
    }

    private static void Append(ref byte* end, ReadOnlySpan<byte> part)
    {
        part.CopyTo(new Span<byte>(end, part.Length));
        end += part.Length;
    }

    // The parts do not end on word borders, so they are gathered into whole cache lines on the stack first.
    [SkipLocalsInit]
    private static void WriteNonTemporal(
        byte* to, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, ReadOnlySpan<byte> fourth)
    {
        ulong* line = stackalloc ulong[8];
        int filled = 0;
        Gather(ref to, line, ref filled, first);
        Gather(ref to, line, ref filled, second);
        Gather(ref to, line, ref filled, third);
        Gather(ref to, line, ref filled, fourth);
        if (filled > 0)
        {
            new Span<byte>((byte*)line + filled, PoolLayout.UnitBytes - filled).Clear();
            StoreLine(to, line);
        }

        Sse.StoreFence();
    }

    private static void Gather(ref byte* to, ulong* line, ref int filled, ReadOnlySpan<byte> part)
    {
        while (part.Length > 0)
        {
            int n = Math.Min(PoolLayout.UnitBytes - filled, part.Length);
            part[..n].CopyTo(new Span<byte>((byte*)line + filled, n));
            part = part[n..];
            filled += n;
            if (filled == PoolLayout.UnitBytes)
            {
                StoreLine(to, line);
                to += PoolLayout.UnitBytes;
                filled = 0;
            }
        }
    }

    private static void StoreLine(byte* to, ulong* line)
    {
        for (int i = 0; i < 8; i++)
        {
            Sse2.X64.StoreNonTemporal((ulong*)to + i, line[i]);
        }
    }
}
