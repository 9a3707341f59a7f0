using System.Globalization;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Persistent;

/// <summary>What the file said when it was opened.</summary>
internal readonly record struct PoolOpening(long Seed, PoolState State, long Tail, long Head, bool Fresh, string Details);

/// <content>Opening: the file is judged before it is mapped, and begun anew when it cannot be used.</content>
public sealed unsafe partial class PersistentPool
{
    private const string FileName = "pool.dat";

    /// <summary>Opens the pool of a folder, or begins one.</summary>
    /// <param name="options">Where, how large, whose.</param>
    /// <param name="clock">The store's clock.</param>
    /// <returns>
    /// The pool. A file that is damaged in its headers, of another format, store or capacity is begun anew, and
    /// <see cref="Description"/> says why; the copies in it are gone, the objects are not.
    /// </returns>
    /// <remarks>Reads the directory of a resumed file once (8 bytes a slot), never the records.</remarks>
    /// <exception cref="PoolOpenException">The file is in use, access is denied, or there is no space for the directory.</exception>
    public static PersistentPool Open(PersistentPoolOptions options, StoreClock clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        options.Validate();
        string path = Path.Combine(options.Folder, FileName);
        try
        {
            Directory.CreateDirectory(options.Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PoolOpenException($"The folder '{options.Folder}' cannot be made: {e.Message}", e);
        }

        PoolFile file = PoolFile.Open(path, options.Faults);
        try
        {
            return Open(options, clock, path, file);
        }
        catch (PoolOpenException)
        {
            file.Dispose();
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw new PoolOpenException($"The persistent pool '{path}' cannot be opened: {e.Message}", e);
        }
    }

    private static PersistentPool Open(PersistentPoolOptions options, StoreClock clock, string path, PoolFile file)
    {
        PoolLayout layout = PoolLayout.For(options.CapacityBytes, options.ExpectedObjectBytes);
        string? why = WhyNotResumed(options, layout, file, out PoolOpening opening);
        if (why is not null)
        {
            opening = Begin(options, layout, clock, file, why);
        }

        file.Map(layout.FileBytes);
        file.Advise(PoolLayout.DirectoryOffset, layout.DataOffset, directoryWanted: !opening.Fresh);
        var writer = DurableWriter.Create(file.IsDax, options.Writer);
        PoolState state = opening.State with { Sequence = opening.State.Sequence + 1 };

        // Until the next clean close the file says that it is open, also to whoever reads it after a power loss.
        WriteState(file, writer, state with { Clean = false }, opening.Seed);
        if (!file.Flush(0, PoolLayout.LogWordsOffset))
        {
            throw new PoolOpenException($"The persistent pool '{path}' cannot be flushed.");
        }

        return new PersistentPool(
            options, file, layout, writer, opening with { State = state, Details = Describe(path, file, writer, opening.Details) },
            clock);
    }

    private static string? WhyNotResumed(
        PersistentPoolOptions options, in PoolLayout layout, PoolFile file, out PoolOpening opening)
    {
        opening = default;
        long fileBytes = file.Length;
        if (fileBytes == 0)
        {
            return "there was none";
        }

        byte[] pages = new byte[PoolLayout.DirectoryOffset];
        file.ReadUnmapped(pages, 0);
        string? why = layout.WhyUnusable(pages, fileBytes, options.StoreId, out long seed, out long createdSeconds);
        if (why is not null)
        {
            return why;
        }

        if (!PoolState.TryRead(pages.AsSpan((int)PoolLayout.StateOffset), seed, out PoolState state))
        {
            return "both of its state pages are damaged";
        }

        if (state.Failed)
        {
            return "its medium had failed to flush";
        }

        if (!PoolLog.TryReadWord(pages.AsSpan((int)PoolLayout.LogWordsOffset), seed, out long tail)
            || !PoolLog.TryReadWord(pages.AsSpan((int)PoolLayout.LogWordsOffset + sizeof(ulong)), seed, out long head)
            || tail > head
            || head - tail > layout.DataBytes)
        {
            return "its log positions are damaged";
        }

        // Normally there are blocks already; a sparse copy of a pool has holes, which must not be met as SIGBUS.
        if (!file.Allocate(0, layout.DataOffset + PoolLog.AllocatedFor(layout, head), fresh: false))
        {
            return "there was no space for all of its blocks";
        }

        string since = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(createdSeconds, 0, uint.MaxValue))
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        opening = new PoolOpening(
            seed, state, tail, head, Fresh: false, $"resumed, begun {since}, {(state.Clean ? "closed cleanly" : "not closed cleanly")}");
        return null;
    }

    private static PoolOpening Begin(
        PersistentPoolOptions options, in PoolLayout layout, StoreClock clock, PoolFile file, string why)
    {
        file.Reset(layout.FileBytes);
        if (!file.Allocate(0, layout.DataOffset, fresh: true))
        {
            file.Reset(0);
            throw new PoolOpenException($"There is no space for the {layout.DataOffset} bytes of the pool's directory.");
        }

        // The identity page goes last: a file whose making was interrupted has none, and is begun anew.
        byte[] pages = new byte[PoolLayout.DirectoryOffset];
        var state = new PoolState(1, 0, Clean: false, Failed: false);
        state.Encode(pages.AsSpan((int)state.Offset, PoolState.Bytes), options.HashSeed);
        PoolLog.WriteEmpty(pages.AsSpan((int)PoolLayout.LogWordsOffset), options.HashSeed);
        file.WriteUnmapped(pages, 0);
        layout.WriteIdentity(pages.AsSpan(0, PoolLayout.PageBytes), options.StoreId, options.HashSeed, clock.NowSeconds);
        file.WriteUnmapped(pages.AsSpan(0, PoolLayout.PageBytes), 0);
        return new PoolOpening(options.HashSeed, state, 0, 0, Fresh: true, $"begun anew: {why}");
    }

    private static string Describe(string path, PoolFile file, DurableWriter writer, string state)
    {
        string how = writer.Kind switch
        {
            DurableWriterKind.Libpmem => "libpmem",
            DurableWriterKind.NonTemporal => "non-temporal stores",
            _ => "flushed on demand",
        };
        return $"{path}, {(file.IsDax ? "DAX mapping" : "page-cache mapping, emulated")}, {how}; {state}";
    }

    private static void WriteState(PoolFile file, DurableWriter writer, in PoolState state, long seed)
    {
        Span<byte> slot = stackalloc byte[PoolState.Bytes];
        state.Encode(slot, seed);
        writer.Write(file.Base + state.Offset, slot, [], [], []);
    }
}
