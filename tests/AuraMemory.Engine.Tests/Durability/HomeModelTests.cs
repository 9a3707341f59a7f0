using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using CsCheck;

namespace AuraMemory.Engine.Tests.Durability;

public class HomeModelTests
{
    private enum Act
    {
        Put,
        Delete,
        ToArchive,
        ToSsd,
        CleanUp,
        Flush,
        Reopen,
        Crash,
    }

    private static readonly Gen<(Act, int, int)[]> Sequences = Gen.Select(
        Gen.Frequency(
            (8, Gen.Const(Act.Put)), (3, Gen.Const(Act.Delete)), (4, Gen.Const(Act.ToArchive)), (2, Gen.Const(Act.ToSsd)),
            (1, Gen.Const(Act.CleanUp)), (1, Gen.Const(Act.Flush)), (1, Gen.Const(Act.Reopen))),
        Gen.Int[0, 9],
        Gen.Int[1, 60_000]).Array[20, 60];

    [Fact]
    public void Any_sequence_of_operations_leaves_what_a_dictionary_holds_and_exact_totals() =>
        Sequences.Sample(Run, iter: 25, threads: 1);

    [Fact]
    public void A_crash_after_logged_operations_loses_none_of_them() =>
        Sequences.Sample(sequence => Run([.. sequence, (Act.Crash, 0, 0)]), iter: 12, threads: 1);

    private static void Run((Act, int, int)[] sequence)
    {
        using var folder = new HomeFolder();
        var model = new Dictionary<string, string>();
        foreach ((Act act, int k, int size) in sequence)
        {
            string key = "k" + k;
            switch (act)
            {
                case Act.Put:
                    model[key] = new string((char)('a' + (size % 26)), size);
                    folder.Put(key, model[key], size % 2 == 0 ? "{}" : "", expiresAtMs: size % 3 == 0 ? size : 0);
                    break;
                case Act.Delete:
                    model.Remove(key);
                    folder.Delete(key);
                    break;
                case Act.ToArchive:
                case Act.ToSsd:
                    TierId target = act == Act.ToArchive ? TierId.HddArchive : TierId.NvmeCold;
                    PlaceStatus moved = folder.Move(key, target);
                    Assert.True(model.ContainsKey(key) ? moved is PlaceStatus.Placed or PlaceStatus.AlreadyThere : moved == PlaceStatus.Stale, moved.ToString());
                    break;
                case Act.CleanUp:
                    folder.Home.CleanUpArchive(3);
                    break;
                case Act.Flush:
                    Assert.Equal(CommitStatus.Done, folder.Home.Flush());
                    break;
                case Act.Reopen:
                    folder.Reopen();
                    break;
                case Act.Crash:
                    using (HomeFolder copy = folder.Crash())
                    {
                        Check(copy, model);
                    }

                    break;
            }
        }

        Check(folder, model);
        folder.Home.CleanUpArchive(int.MaxValue);
        Check(folder, model);
    }

    private static void Check(HomeFolder folder, Dictionary<string, string> model)
    {
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(model.GetValueOrDefault("k" + i), folder.Get("k" + i));
        }

        Assert.Equal(model.Keys.Order(StringComparer.Ordinal), folder.Keys());
        folder.Audit();
    }
}
