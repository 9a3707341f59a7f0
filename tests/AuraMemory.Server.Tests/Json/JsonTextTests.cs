using System.Text;
using System.Text.Json;
using AuraMemory.Engine.Objects.Json;
using CsCheck;

namespace AuraMemory.Server.Tests.Json;

/// <summary>The fast validator against System.Text.Json in its strictest settings plus the checks it lacks.</summary>
public class JsonTextTests
{
    private static readonly Gen<string> Texts = Gen.Frequency(
        (6, Any("a", "b", "ab", "\\u0061", "\\n", "é", "😀", "\\ud83d\\ude00", "long member name", "x\\\\y", "")),
        (1, Any("\\ud800", "\\udc00", "\\ud800\\ud800", "\\u12", "\\x", "\t")));

    private static readonly Gen<string> Scalars = Gen.OneOf(
        Any("null", "true", "false", "0", "-0", "1.5", "1e5", "1E-400", "1e999", "-1e400", "01", "1.", ".5", "+1", "NaN", "1e", "tru", "1e308", "1.8e308"),
        Gen.Double.Select(d => double.IsFinite(d) ? d.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : "7"),
        Texts.Select(t => $"\"{t}\""));

    private static readonly Gen<string> Documents = Gen.Recursive<string>((depth, inner) => depth >= 4
        ? Scalars
        : Gen.Frequency(
            (2, Scalars),
            (2, inner.Array[0, 4].Select(v => "[ " + string.Join(" ,", v) + "]")),
            (3, Gen.Select(Texts, inner).Array[0, 5].Select(m => "{" + string.Join(",\n", m.Select(p => $"\"{p.Item1}\": {p.Item2}")) + "}"))));

    [Fact]
    public void Generated_documents_get_the_verdict_of_the_slow_reference() =>
        Documents.Sample(text => Agrees(Encoding.UTF8.GetBytes(text)), iter: 20_000);

    [Fact]
    public void Mutated_documents_get_the_verdict_of_the_slow_reference() =>
        Gen.Select(Documents, Gen.Int[0, 10_000], Gen.Byte, Gen.Int[0, 3]).Sample(
            (text, at, b, kind) =>
            {
                List<byte> bytes = [.. Encoding.UTF8.GetBytes(text)];
                int index = at % bytes.Count;
                switch (kind)
                {
                    case 0: bytes[index] = b; break;
                    case 1: bytes.Insert(index, (byte)"{}[],:\"\\0e-"[b % 11]); break;
                    case 2: bytes.RemoveAt(index); break;
                    default: bytes.RemoveRange(index, bytes.Count - index); break;
                }

                return Agrees([.. bytes]);
            },
            iter: 40_000);

    [Fact]
    public void Duplicates_are_found_in_objects_of_every_size() =>
        Gen.Select(Gen.Int[2, 200], Gen.Int[0, 199], Gen.Int[0, 199], Gen.Bool).Sample(
            (count, first, second, escaped) =>
            {
                (first, second) = (first % count, second % count);
                string[] names = [.. Enumerable.Range(0, count).Select(i => "member_number_" + i)];
                names[second] = escaped ? names[first].Replace("m", "\\u006d") : names[first];
                byte[] text = Encoding.UTF8.GetBytes("{" + string.Join(',', names.Select(n => $"\"{n}\":0")) + "}");
                bool valid = JsonText.TryValidate(text, out JsonFault fault);
                return valid == (first == second) && (valid || fault.Kind == JsonFaultKind.DuplicateMember);
            },
            iter: 2_000);

    [Theory]
    [InlineData("{\"a\":{\"b\":[0,1,}}", 15, "a.b[2]")]
    [InlineData("[1,{\"x\":tru}]", 8, "[1].x")]
    [InlineData("{\"a\":1,\"a\":2}", 7, "a")]
    [InlineData("{\"a\":[1e999]}", 6, "a[0]")]
    public void A_fault_says_where(string text, int position, string path)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Assert.False(JsonText.TryValidate(bytes, out JsonFault fault));
        Assert.Equal(position, fault.Position);
        Assert.Equal(path, JsonPath.Of(bytes, fault.Position));
        Assert.Contains($"byte {position}", fault.Describe(bytes));
    }

    [Fact]
    public void A_byte_order_mark_and_broken_UTF8_are_refused()
    {
        Assert.False(JsonText.TryValidate([0xEF, 0xBB, 0xBF, (byte)'1'], out JsonFault fault));
        Assert.Equal(JsonFaultKind.Syntax, fault.Kind);
        Assert.False(JsonText.TryValidate([(byte)'"', 0xC3, (byte)'"'], out fault));
        Assert.Equal(new JsonFault(JsonFaultKind.InvalidUtf8, 1, "valid UTF-8"), fault);
    }

    [Fact]
    public void An_accepted_document_allocates_nothing()
    {
        byte[] text = Encoding.UTF8.GetBytes(
            "{" + string.Join(',', Enumerable.Range(0, 50).Select(i => $"\"m\\u0061{i}\":[1.5,{{\"a\":\"text\",\"b\":1e3}}]")) + "}");
        Assert.True(JsonText.TryValidate(text, out _));

        // A collection that another test causes counts the rest of this thread's allocation buffer as allocated: only what every round allocates is ours.
        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                JsonText.TryValidate(text, out _);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static Gen<string> Any(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static bool Agrees(byte[] text)
    {
        bool fast = JsonText.TryValidate(text, out JsonFault fault);
        bool slow = Reference(text);
        Assert.True(fast == slow, $"fast {fast} ({fault}), slow {slow}: {Encoding.UTF8.GetString(text)}");
        return true;
    }

    private static bool Reference(byte[] text)
    {
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text);
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 64 });
            return Check(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool Check(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().All(p => p.Name is not null && Check(p.Value))
            && element.EnumerateObject().Select(p => p.Name).Distinct(StringComparer.Ordinal).Count() == element.EnumerateObject().Count(),
        JsonValueKind.Array => element.EnumerateArray().All(Check),
        JsonValueKind.String => element.GetString() is not null,
        JsonValueKind.Number => double.IsFinite(element.GetDouble()),
        _ => true,
    };
}
