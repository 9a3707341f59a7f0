using System.Buffers;
using System.Globalization;
using System.Text.Json;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Values.Temporal;
using CsCheck;

namespace AuraMemory.Graph.Tests.Neo4j;

public class PackStreamTests
{
    private static readonly Gen<object?> Scalars = Gen.OneOf<object?>(
        Gen.Bool.Select(_ => (object?)null), Gen.Bool.Select(b => (object?)b), Gen.Long.Select(l => (object?)l), Gen.Double.Select(d => (object?)d),
        Gen.String.Select(s => (object?)s), Gen.Byte.Array[0, 300].Select(b => (object?)b),
        Gen.Long[-1_000_000, 1_000_000].Select(d => (object?)new DateValue(d)),
        Gen.Select(Gen.Long[-5_000_000_000, 5_000_000_000], Gen.Int[0, 999_999_999], Gen.Int[-64_800, 64_800]).Select(
            t => (object?)DateTimeValue.FromInstant(t.Item1, t.Item2, TemporalZone.OfOffset(t.Item3))),
        Gen.Select(Gen.Long[-9999, 9999], Gen.Long[-9999, 9999], Gen.Long[-9999, 9999], Gen.Int[0, 999_999_999]).Select(
            t => (object?)new DurationValue(t.Item1, t.Item2, t.Item3, t.Item4)));

    private static readonly Gen<object?> Values = Gen.Recursive<object?>((depth, inner) => depth > 4 ? Scalars : Gen.OneOf(
        Scalars, Scalars, inner.List[0, 20].Select(l => (object?)l),
        Gen.Dictionary(Gen.String[0, 20], inner)[0, 20].Select(d => (object?)new Dictionary<string, object?>(d, StringComparer.Ordinal)),
        Gen.Dictionary(Gen.String[0, 5], Scalars)[0, 5].Select(p => (object?)new BoltNode(1, ["A", "B"], new Dictionary<string, object?>(p), "e")),
        inner.Array[0, 15].Select(f => (object?)new BoltStructure(0x01, f))));

    [Fact]
    public void What_is_written_is_read() => Values.Sample(
        value =>
        {
            byte[] bytes = Write(value);
            Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Write(PackStreamReader.ReadAll(bytes))));
            Assert.Equal(Show(value), Show(PackStreamReader.ReadAll(bytes)));
        },
        iter: 500);

    [Fact]
    public void Bytes_of_the_official_driver_are_read_and_written_alike()
    {
        string file = Path.Combine(Find(), "packstream.json");
        int known = 0;
        foreach (JsonElement vector in JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(file)).EnumerateArray())
        {
            byte[] bytes = Convert.FromHexString(vector.GetProperty("hex").GetString()!);
            object? read = PackStreamReader.ReadAll(bytes);
            Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Write(read)));
            if (Expected(vector.GetProperty("value")) is { } expected)
            {
                Assert.Equal(expected, Show(read));
                known++;
            }
        }

        Assert.True(known > 20);
    }

    [Fact]
    public void Bytes_that_nobody_wrote_give_a_value_or_the_one_exception()
    {
        var random = new Random(20261124);
        byte[] seed = Write(new Dictionary<string, object?> { ["a"] = new List<object?> { 1L, "text", 2.5, null, new DateValue(1) }, ["b"] = new BoltNode(1, ["L"], [], "e") });
        for (int i = 0; i < 50_000; i++)
        {
            byte[] bytes = random.Next(2) == 0 ? new byte[random.Next(1, 40)] : [.. seed];
            if (bytes.Length != seed.Length)
            {
                random.NextBytes(bytes);
            }

            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                PackStreamReader.ReadAll(bytes);
            }
            catch (PackStreamException)
            {
                // The way in which bytes may be wrong.
            }
        }
    }

    [Theory]
    [InlineData("D6FFFFFFFF")]
    [InlineData("DAFFFFFFF0")]
    [InlineData("D27FFFFFFF")]
    [InlineData("CE7FFFFFFF00")]
    [InlineData("D47F01")]
    [InlineData("C4")]
    [InlineData("B1")]
    [InlineData("82FF00")]
    [InlineData("A10101")]
    [InlineData("B144C0")]
    [InlineData("B36901008E4575726F70652F4E6F7768657265")]
    [InlineData("0101")]
    public void Sizes_and_structures_that_cannot_be_are_refused(string hex)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        if (hex != "B144C0")
        {
            Assert.Throws<PackStreamException>(() => PackStreamReader.ReadAll(Convert.FromHexString(hex)));
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void Deep_nesting_is_refused() =>
        Assert.Throws<PackStreamException>(() => PackStreamReader.ReadAll([.. Enumerable.Repeat((byte)0x91, 100_000), 0x01]));

    private static byte[] Write(object? value)
    {
        var to = new ArrayBufferWriter<byte>();
        new PackStreamWriter(to).Write(value);
        return to.WrittenSpan.ToArray();
    }

    private static string? Expected(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.String => $"'{value.GetString()}'",
        JsonValueKind.Object when value.TryGetProperty("int", out JsonElement integer) => integer.GetString(),
        JsonValueKind.Object when value.TryGetProperty("listOfInts", out JsonElement count) => "[" + string.Join(", ", Enumerable.Range(0, count.GetInt32())) + "]",
        JsonValueKind.Object when value.TryGetProperty("mapKi", out JsonElement count) => "{" + string.Join(", ", Enumerable.Range(0, count.GetInt32()).Select(i => $"k{i}: {i}")) + "}",
        JsonValueKind.Object when value.TryGetProperty("date", out JsonElement date) => date.GetString(),
        JsonValueKind.Object when value.TryGetProperty("localTime", out JsonElement time) => time.GetString(),
        JsonValueKind.Object when value.TryGetProperty("localDateTime", out JsonElement local) => local.GetString(),
        _ => null,
    };

    private static string Show(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        string text => $"'{text}'",
        byte[] bytes => Convert.ToHexString(bytes),
        IReadOnlyDictionary<string, object?> map => "{" + string.Join(", ", map.Select(e => $"{e.Key}: {Show(e.Value)}")) + "}",
        BoltNode node => $"({node.Id} {string.Join(",", node.Labels)} {Show(node.Properties)} {node.ElementId})",
        BoltStructure structure => $"<{structure.Tag} {Show(structure.Fields)}>",
        IReadOnlyCollection<object?> list => "[" + string.Join(", ", list.Select(Show)) + "]",
        double number => BitConverter.DoubleToInt64Bits(number).ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    internal static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "shared", "data", "bolt");
            if (Directory.Exists(path))
            {
                return path;
            }
        }

        Assert.Skip("The golden vectors of Bolt are not there.");
        return "";
    }
}
