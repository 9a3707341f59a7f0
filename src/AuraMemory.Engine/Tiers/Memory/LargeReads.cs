using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Memory;

/// <summary>Bounds what large objects from below memory cost while they are read and while their readers hold them.</summary>
/// <remarks>
/// <para>Large objects in memory are leased, not copied; those that come from the pool or a disk have to be copied. The
/// copies lie outside the managed heap, in memory mapped for each, so that they go back to the system at once and their sum is
/// known. A reader that finds no room is throttled. One object always fits, however large.</para>
/// <para>The storage engine makes a copy of its own while it reads, of a size nobody knows before: so at most as many reads
/// run at a time as the budget holds objects of the largest size met so far. With small objects that is no limit.</para>
/// </remarks>
/// <param name="budgetBytes">Bytes that copies may take, and again those under way.</param>
/// <param name="largest">Largest object known to be stored, bytes; 0 = none is known.</param>
internal sealed class LargeReads(long budgetBytes, int largest) : ILargeCopies
{
    private const int MostReads = 256;

    private readonly Lock _gate = new();
    private readonly Queue<ManualResetEventSlim> _waiting = new();
    private long _held;
    private int _reading;
    private int _largest = Math.Max(largest, 4096);

    /// <summary>Bytes held now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Size of the largest object met so far, bytes.</summary>
    public int Largest => Volatile.Read(ref _largest);

    /// <inheritdoc/>
    public LargeCopy? TryRent(int bytes)
    {
        long held = Interlocked.Add(ref _held, bytes);
        if (held <= budgetBytes || held == bytes)
        {
            try
            {
                return new Mapped(this, bytes, MemoryRegion.Reserve(bytes, new RegionPlacement.Anonymous(HugePages: false)));
            }
            catch (MemoryRegionException)
            {
                // The system refuses another mapping now: the reader is throttled, as it is when the budget is used up.
            }
            catch (OutOfMemoryException)
            {
                Interlocked.Add(ref _held, -bytes);
                throw;
            }
        }

        Interlocked.Add(ref _held, -bytes);
        return null;
    }

    /// <summary>Notes the size of an object that was stored or read.</summary>
    public void Met(int bytes)
    {
        if (bytes > Volatile.Read(ref _largest))
        {
            lock (_gate)
            {
                _largest = Math.Max(_largest, bytes);
            }
        }
    }

    /// <summary>Waits for a turn to read from below memory.</summary>
    public void Enter()
    {
        ManualResetEventSlim turn;
        lock (_gate)
        {
            if (_waiting.Count == 0 && _reading < Turns)
            {
                _reading++;
                return;
            }

            turn = new ManualResetEventSlim();
            _waiting.Enqueue(turn);
        }

        turn.Wait();
        turn.Dispose();
    }

    /// <summary>Ends a turn.</summary>
    public void Exit()
    {
        lock (_gate)
        {
            _reading--;
            while (_reading < Turns && _waiting.TryDequeue(out ManualResetEventSlim? next))
            {
                _reading++;
                next.Set();
            }
        }
    }

    private int Turns => (int)Math.Clamp(budgetBytes / _largest, 1, MostReads);

    private sealed unsafe class Mapped : LargeCopy
    {
        private readonly LargeReads _owner;
        private readonly MemoryRegion _region;
        private readonly int _bytes;
        private int _ended;

        public Mapped(LargeReads owner, int bytes, MemoryRegion region)
        {
            _owner = owner;
            _bytes = bytes;
            _region = region;
            _region.Commit(0, bytes);
        }

        ~Mapped() => Dispose(false);

        public override Span<byte> Memory => new(_region.Base, _bytes);

        protected override void Dispose(bool disposing)
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                if (disposing)
                {
                    _region.Dispose();
                }

                Interlocked.Add(ref _owner._held, -_bytes);
            }
        }
    }
}
