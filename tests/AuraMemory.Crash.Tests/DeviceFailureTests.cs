using AuraMemory.Crash.Workload;
using AuraMemory.Engine;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Crash.Tests;

/// <summary>The device fails at each point of the protocols in turn, while the store is in use.</summary>
public class DeviceFailureTests
{
    public static TheoryData<StagePoint, int> Points
    {
        get
        {
            var data = new TheoryData<StagePoint, int>();
            foreach (StagePoint point in Enum.GetValues<StagePoint>())
            {
                data.Add(point, 1);
                data.Add(point, 7);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_failing_device_ends_in_a_status_loses_nothing_and_heals(StagePoint point, int nth)
    {
        using var folder = new DataFolder();
        var faults = new StagedFaults();
        var held = new Dictionary<string, HashSet<long>>();
        await using (MemoryStore store = await MemoryStore.OpenAsync(Options(folder.Path, faults)))
        {
            await UseAsync(store, held, firstId: 1, mayFail: false);
            faults.FailAt(point, nth);
            await UseAsync(store, held, firstId: 1000, mayFail: true);
            Assert.True(faults.Failures > 0, $"{point} was not reached {nth} times.");
            Check(store, held);
            faults.Heal();
            Assert.True(store.Parts.Home.TryRecover());
            Assert.Equal(HomeHealth.Healthy, store.Parts.Home.Health);
            Settle(store, held);
            await UseAsync(store, held, firstId: 2000, mayFail: false);
            Check(store, held);
            Assert.Null(store.Mover.Failure);
        }

        await using MemoryStore reopened = await MemoryStore.OpenAsync(CrashStore.Options(folder.Path));
        Check(reopened, held);
    }

    private static StoreOptions Options(string folder, IStagePoints stages) =>
        CrashStore.Options(folder, stages) with { VolatileWriteBackSeconds = 0 };

    /// <summary>Every kind of operation; a failed one leaves a key with what it held or what was to be written.</summary>
    private static async Task UseAsync(MemoryStore store, Dictionary<string, HashSet<long>> held, long firstId, bool mayFail)
    {
        for (int i = 0; i < 40; i++)
        {
            string key = $"k{i % 20}";
            byte[] bytes = ObjectKey.Parse(key);
            long id = firstId + i;
            DurabilityLevel level = (i % 5) switch { 0 => DurabilityLevel.Volatile, 1 => DurabilityLevel.Fsync, _ => DurabilityLevel.Process };
            StoreOutcome stored = await store.StoreAsync(
                new StoreCommand { Key = bytes, Data = SelfCheckingValue.Make(key, id), Durability = level });
            Note(held, key, id, stored.Status, mayFail);
            MigrationOutcome moved = await store.MigrateAsync(bytes, (TierId)(5 + (i % 3)), force: true);
            Assert.True(mayFail || moved.Status is not MigrationStatus.DeviceFailed, $"{key}: {moved}");
            if (i % 8 == 7)
            {
                DeleteOutcome deleted = await store.DeleteAsync(bytes);
                if (deleted.Status != WriteStatus.NotFound)
                {
                    Note(held, key, 0, deleted.Status, mayFail);
                }
            }
            else if (i % 8 == 3)
            {
                MigrationOutcome back = await store.MigrateAsync(bytes, TierId.NvmeCold, force: true);
                Assert.True(mayFail || back.Status is not MigrationStatus.DeviceFailed, $"{key}: {back}");
            }
        }

        // What a round of the mover would do; failures must be answers here too.
        store.Mover.WriteBackAll();
        store.Mover.Expire();
        store.Mover.Archive();
        store.Mover.KeepRoom();
    }

    private static void Note(Dictionary<string, HashSet<long>> held, string key, long id, WriteStatus status, bool mayFail)
    {
        if (status == WriteStatus.Done)
        {
            held[key] = [id];
            return;
        }

        Assert.True(mayFail && status == WriteStatus.DeviceFailed, $"{key} id {id} ended {status}");
        if (!held.TryGetValue(key, out HashSet<long>? ids))
        {
            held[key] = ids = [0];
        }

        ids.Add(id);
    }

    private static void Check(MemoryStore store, Dictionary<string, HashSet<long>> held)
    {
        var wrong = new List<string>();
        foreach ((string key, HashSet<long> ids) in held)
        {
            (long id, _) = StoreAudit.Read(store, key, wrong);
            if (!ids.Contains(id))
            {
                wrong.Add($"{key} holds id {id}, not one of [{string.Join(' ', ids)}]");
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    /// <summary>After the recovery what is read is what counts, wherever it is read from, and it stays so.</summary>
    private static void Settle(MemoryStore store, Dictionary<string, HashSet<long>> held)
    {
        var wrong = new List<string>();
        Check(store, held);
        using var buffer = new ObjectBuffer();
        foreach ((string key, HashSet<long> ids) in held)
        {
            (long id, long version) = StoreAudit.Read(store, key, wrong);
            ids.IntersectWith([id]);
            bool dirty = store.Parts.Memory.TryDescribe(store.Parts.Memory.Catalog.Hash(ObjectKey.Parse(key)), ObjectKey.Parse(key), out var entry) && entry.IsDirty;
            ReadStatus home = store.Parts.Home.Read(ObjectKey.Parse(key), buffer);
            if (!dirty && (home == ReadStatus.Found ? buffer.Header.Version : 0) != version)
            {
                wrong.Add($"{key} is read as version {version}; its home has {(home == ReadStatus.Found ? buffer.Header.Version : 0)}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }
}
