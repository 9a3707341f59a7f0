using AuraMemory.Topology.Search;

namespace AuraMemory.Topology.Tests.Search;

public sealed class ShapeIndexSaveTests
{
    private const int Entries = 3000;

    private static readonly ShapeIndexOptions Options = new() { SignatureLength = 0, Dimensions = 1, MemoryLimitBytes = 64 << 20, AlwaysExactUpTo = 100 };

    [Fact]
    public void Changes_do_not_wait_for_the_stream_and_the_file_holds_what_was_there_throughout()
    {
        using var index = new ShapeIndex(Options);
        for (int i = 0; i < Entries; i++)
        {
            index.Add((ulong)i, [], Shapes.Noisy(i));
        }

        Shapes.MaintainAll(index);
        using var stream = new ChangingStream(index);
        index.Save(stream);
        Assert.InRange(stream.Rounds, 10, int.MaxValue);

        stream.Position = 0;
        ShapeIndexLoad load = ShapeIndexFile.Load(stream, Options);
        Assert.Null(load.Refusal);
        using ShapeIndex loaded = load.Index!;
        Shapes.MaintainAll(loaded);
        for (int i = 1000; i < Entries; i++)
        {
            ShapeHit hit = Assert.Single(loaded.Search(new ShapeQuery { Barcode = Shapes.Noisy(i), K = 1, Mode = SearchMode.Exact, Filter = id => id == (ulong)i }).Hits);
            Assert.Equal(new ShapeHit((ulong)i, 0), hit);
        }

        int found = 0;
        for (int q = 0; q < 30; q++)
        {
            var query = new ShapeQuery { Barcode = Shapes.Noisy(-1 - q) };
            double last = loaded.Search(query with { Mode = SearchMode.Exact }).Hits[^1].Distance * (1 + 1e-9);
            found += loaded.Search(query).Hits.Count(h => h.Distance <= last);
        }

        Assert.InRange(found / 300.0, 0.95, 1);
    }

    [Fact]
    public void An_index_without_signatures_is_saved_and_loaded()
    {
        using var index = new ShapeIndex(Options);
        index.Add(7, [], Shapes.Noisy(7));
        using var stream = new MemoryStream();
        index.Save(stream);
        stream.Position = 0;
        using ShapeIndex loaded = ShapeIndexFile.Load(stream, Options).Index!;
        Assert.Equal([new ShapeHit(7, 0)], loaded.Search(new ShapeQuery { Barcode = Shapes.Noisy(7) }).Hits);
    }

    /// <summary>Has another thread remove, replace, add and link at each write, and waits for it: a save that holds a lock meanwhile ends in a failure.</summary>
    private sealed class ChangingStream(ShapeIndex index) : MemoryStream
    {
        public int Rounds { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            int round = Rounds++;
            var other = new Thread(() => Change(round));
            other.Start();
            if (!other.Join(TimeSpan.FromSeconds(20)))
            {
                throw new IOException("The save holds up changes.");
            }

            base.Write(buffer);
        }

        private void Change(int round)
        {
            for (int i = 0; i < 20; i++)
            {
                int id = (round * 20) + i;
                if (id < 1000)
                {
                    // Those from 1000 on are left alone.
                    index.Remove((ulong)id);
                    index.Add((ulong)(999 - id), [], Shapes.Noisy(20_000 + id));
                }

                index.Add((ulong)(10_000 + id), [], Shapes.Noisy(10_000 + id));
            }

            index.Maintain(50);
        }
    }
}
