using AuraMemory.Topology.Rips;
using CsCheck;

namespace AuraMemory.Topology.Tests.Rips;

public sealed unsafe class RipsPartsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(70)]
    [InlineData(300_000)]
    public void A_ladder_is_a_sorted_set(int capacity) => Gen.Select(Gen.Int[0, 3], Gen.Int[0, capacity - 1]).Array[0, 200].Sample(
        operations =>
        {
            using var ladder = new BitLadder(capacity);
            var model = new SortedSet<int>();
            foreach ((int operation, int member) in operations)
            {
                switch (operation)
                {
                    case 0:
                        Assert.Equal(model.Add(member), ladder.TryAdd(member));
                        break;
                    case 1 when model.Remove(member):
                        ladder.Remove(member);
                        break;
                    case 2:
                        ladder.Toggle(member);
                        model.SymmetricExceptWith([member]);
                        break;
                    default:
                        int[] after = [.. model.GetViewBetween(member, int.MaxValue).Take(1)];
                        Assert.Equal(after.Length == 0 ? -1 : after[0], ladder.Next(member));
                        break;
                }
            }

            Assert.Equal(model, Members(ladder));
            ladder.Clear();
            Assert.Empty(Members(ladder));
        },
        iter: 200);

    [Fact]
    public void Edges_are_sorted_by_length_and_equal_ones_stay_in_place() => Gen.OneOf(
        Gen.Double[0, 1], Gen.Int[0, 3].Select(i => (double)i), Gen.Double.Select(Math.Abs).Where(double.IsFinite)).Array[0, 300].Sample(
        lengths =>
        {
            var bits = new NativeBlock<ulong>(lengths.Length);
            var ends = new NativeBlock<uint>(lengths.Length);
            for (int i = 0; i < lengths.Length; i++)
            {
                bits.Pointer[i] = BitConverter.DoubleToUInt64Bits(lengths[i]);
                ends.Pointer[i] = (uint)i;
            }

            EdgeSort.Sort(ref bits, ref ends, lengths.Length);
            int[] expected = [.. Enumerable.Range(0, lengths.Length).OrderBy(i => lengths[i])];
            for (int i = 0; i < lengths.Length; i++)
            {
                Assert.Equal((uint)expected[i], ends.Pointer[i]);
                Assert.Equal(lengths[expected[i]], BitConverter.UInt64BitsToDouble(bits.Pointer[i]));
            }

            bits.Dispose();
            ends.Dispose();
        },
        iter: 300);

    [Fact]
    public void Vector_scans_of_lunes_agree_with_plain_loops() => Gen.Select(Gen.Int[1, 3], Gen.Int[0, 40], Gen.Int[0, int.MaxValue - 1]).Sample(
        (words, limit, seed) =>
        {
            int count = words * 64;
            using var rows = new NativeBlock<int>(3L * count);
            var random = new Random(seed);
            for (int i = 0; i < 3 * count; i++)
            {
                rows.Pointer[i] = random.Next(4) == 0 ? EdgeFiltration.NoEdge : random.Next(60);
            }

            int* a = rows.Pointer;
            int* b = a + count;
            int* c = b + count;
            Assert.Equal(Smallest(count, v => a[v] < limit && b[v] < limit), LuneScan.First(a, b, limit, count));
            Assert.Equal(Smallest(count, v => a[v] < limit && b[v] < limit && c[v] < limit), LuneScan.First(a, b, c, limit, count));
            ulong one = 0;
            ulong both = 0;
            for (int v = 0; v < 64; v++)
            {
                one |= a[v] < limit ? 1UL << v : 0;
                both |= a[v] < limit && b[v] < limit ? 1UL << v : 0;
            }

            Assert.Equal(one, LuneScan.Below(a, limit));
            Assert.Equal(both, LuneScan.Below(a, b, limit));
        },
        iter: 300);

    [Fact]
    public void A_pivot_table_finds_what_was_put_in() => Gen.ULong[0, ulong.MaxValue - 1].Array[0, 2000].Sample(
        keys =>
        {
            using var table = new PivotTable();
            ulong[] distinct = [.. keys.Distinct()];
            for (int i = 0; i < distinct.Length; i++)
            {
                Assert.Equal(-1, table.Find(distinct[i]));
                table.Add(distinct[i], i);
            }

            Assert.Equal(Enumerable.Range(0, distinct.Length), distinct.Select(table.Find));
        },
        iter: 20);

    [Fact]
    public void A_slot_table_keeps_its_slots_until_it_is_cleared()
    {
        using var table = new SlotTable();
        for (int round = 1; round <= 3; round++)
        {
            for (ulong t = 0; t < 1000; t++)
            {
                int* slot = table.At(t * 977);
                Assert.Equal(0, *slot);
                *slot = (int)t + round;
            }

            Assert.All(Enumerable.Range(0, 1000), t => Assert.Equal(t + round, *table.At((ulong)t * 977)));
            table.Clear();
        }
    }

    private static int Smallest(int count, Func<int, bool> holds) => Enumerable.Range(0, count).Where(holds).DefaultIfEmpty(-1).First();

    private static List<int> Members(BitLadder ladder)
    {
        var members = new List<int>();
        for (int member = ladder.Next(0); member >= 0; member = ladder.Next(member + 1))
        {
            members.Add(member);
        }

        return members;
    }
}
