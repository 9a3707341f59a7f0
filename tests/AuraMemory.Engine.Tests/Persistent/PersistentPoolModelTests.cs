using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;
using AuraMemory.Engine.Tiers.Persistent;
using CsCheck;

namespace AuraMemory.Engine.Tests.Persistent;

/// <summary>The pool against a dictionary that remembers the newest version placed of each key.</summary>
public class PersistentPoolModelTests
{
    private enum Step : byte
    {
        Place,
        PlaceOld,
        PlaceInTwo,
        Drop,
        DropOld,
        Read,
        Reopen,
        Crash,
        Audit,
    }

    private static readonly Gen<(Step Step, int Key, int Length, int Metadata)[]> Histories = Gen.Select(
        Gen.Frequency(
            (12, Gen.Const(Step.Place)),
            (2, Gen.Const(Step.PlaceOld)),
            (3, Gen.Const(Step.PlaceInTwo)),
            (3, Gen.Const(Step.Drop)),
            (1, Gen.Const(Step.DropOld)),
            (8, Gen.Const(Step.Read)),
            (1, Gen.Const(Step.Reopen)),
            (1, Gen.Const(Step.Crash)),
            (1, Gen.Const(Step.Audit))),
        Gen.Int[0, 60],
        Gen.Frequency((8, Gen.Int[0, 3000]), (1, Gen.Int[3000, 110_000])),
        Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, 300]))).Array[1, 250];

    [Theory]
    [InlineData(DurableWriterKind.PageCache)]
    [InlineData(DurableWriterKind.NonTemporal)]
    [InlineData(DurableWriterKind.Libpmem)]
    internal void A_pool_is_a_dictionary_that_may_forget(DurableWriterKind writer) => Histories.Sample(
        history =>
        {
            using var bed = new PoolBed(writer: writer);
            var model = new Dictionary<int, (long Version, int Length, int Metadata)>();
            long version = 10;
            foreach ((Step step, int key, int length, int metadata) in history)
            {
                Apply(bed, model, step, key, length, metadata, ref version);
            }

            Check(bed, model);
        },
        iter: 40,
        threads: 1);

    private static void Apply(
        PoolBed bed,
        Dictionary<int, (long Version, int Length, int Metadata)> model,
        Step step,
        int key,
        int length,
        int metadata,
        ref long version)
    {
        switch (step)
        {
            case Step.Place:
                Assert.Equal(PlaceStatus.Placed, bed.Place(key, ++version, length, PlaceMode.Force, metadata));
                model[key] = (version, length, metadata);
                break;
            case Step.PlaceOld when model.TryGetValue(key, out var newer) && bed.Pool.Contains(PoolBed.Key(key), out _, out _):
                Assert.Equal(PlaceStatus.Stale, bed.Place(key, newer.Version - 1, length));
                Assert.Equal(PlaceStatus.AlreadyThere, bed.Place(key, newer.Version, newer.Length, PlaceMode.Force, newer.Metadata));
                break;
            case Step.PlaceInTwo:
                PlaceInTwo(bed, model, key, length, ref version);
                break;
            case Step.Drop:
                bool there = bed.Pool.Contains(PoolBed.Key(key), out _, out _);
                Assert.Equal(there, bed.Pool.Drop(PoolBed.Key(key), ObjectHeader.MaxVersion));
                model.Remove(key);
                break;
            case Step.DropOld when model.TryGetValue(key, out var kept):
                Assert.False(bed.Pool.Drop(PoolBed.Key(key), kept.Version - 1));
                break;
            case Step.Read:
                CheckOne(bed, model, key);
                break;
            case Step.Reopen:
                long entries = bed.Pool.Usage.Entries;
                bed.Reopen();
                Assert.True(bed.Pool.CleanlyClosed);
                Assert.Equal(entries, bed.Pool.Usage.Entries);
                break;
            case Step.Crash:
                TierUsage before = bed.Pool.Usage;
                bed.ReopenOver(bed.Snapshot());
                Assert.False(bed.Pool.CleanlyClosed);
                Assert.Equal(before, bed.Pool.Usage);
                break;
            case Step.Audit:
                Check(bed, model);
                break;
        }
    }

    private static void PlaceInTwo(
        PoolBed bed, Dictionary<int, (long Version, int Length, int Metadata)> model, int key, int length, ref long version)
    {
        long first = ++version;
        long second = ++version;
        var image = new ObjectImage(PoolBed.Key(key), PoolBed.Header(first), [], PoolBed.Data(key, first, length));
        Assert.True(bed.Pool.TryWrite(image, PlaceMode.Force, 0, out PoolTicket ticket, out _));
        CheckOne(bed, model, key);
        switch (length % 3)
        {
            case 0:
                bed.Pool.Abandon(ticket);
                break;
            case 1:
                Assert.Equal(PlaceStatus.Placed, bed.Pool.Publish(ticket));
                model[key] = (first, length, 0);
                break;
            default:
                Assert.Equal(PlaceStatus.Placed, bed.Place(key, second, length));
                Assert.Equal(PlaceStatus.Stale, bed.Pool.Publish(ticket));
                model[key] = (second, length, 0);
                break;
        }
    }

    private static void CheckOne(PoolBed bed, Dictionary<int, (long Version, int Length, int Metadata)> model, int key)
    {
        ReadStatus status = bed.Read(key);
        if (model.TryGetValue(key, out var expected))
        {
            Assert.True(status == ReadStatus.NotFound || status == ReadStatus.Found);
            Assert.True(status == ReadStatus.NotFound || bed.Holds(key, expected.Version, expected.Length, expected.Metadata));
        }
        else
        {
            Assert.Equal(ReadStatus.NotFound, status);
        }
    }

    private static void Check(PoolBed bed, Dictionary<int, (long Version, int Length, int Metadata)> model)
    {
        int found = bed.Audit().Count;
        for (int key = 0; key <= 60; key++)
        {
            CheckOne(bed, model, key);
            found -= bed.Pool.Contains(PoolBed.Key(key), out _, out _) ? 1 : 0;
        }

        Assert.Equal(0, found);
    }
}
