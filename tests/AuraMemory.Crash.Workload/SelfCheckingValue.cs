using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace AuraMemory.Crash.Workload;

/// <summary>JSON that proves itself: key, id, a checksum over both and the padding; all of it follows from key and id.</summary>
internal static class SelfCheckingValue
{
    private const int LeastBytes = 50;
    private const int MostBytes = 100 << 10;

    /// <summary>The one value that belongs to a key and an id. Sizes are spread evenly over the orders of magnitude.</summary>
    public static byte[] Make(string key, long id)
    {
        var random = new Random(unchecked((int)(id ^ (id >> 32)) * 397));
        int bytes = (int)Math.Exp(Math.Log(LeastBytes) + (random.NextDouble() * Math.Log((double)MostBytes / LeastBytes)));
        var padding = new char[Math.Max(0, bytes - 40 - key.Length)];
        for (int i = 0; i < padding.Length; i++)
        {
            padding[i] = (char)('a' + random.Next(26));
        }

        string text = new(padding);
        return Encoding.ASCII.GetBytes($$"""{"k":"{{key}}","i":{{id}},"c":"{{CheckSum(key, id, text):x16}}","p":"{{text}}"}""");
    }

    /// <summary>The id of a value that was read under a key.</summary>
    /// <returns>False when it is not, byte for byte, a value that was ever made for this key.</returns>
    public static bool TryGetId(string key, ReadOnlySpan<byte> value, out long id)
    {
        id = 0;
        try
        {
            var reader = new Utf8JsonReader(value);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            id = document.RootElement.GetProperty("i").GetInt64();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }

        return value.SequenceEqual(Make(key, id));
    }

    private static ulong CheckSum(string key, long id, string padding) =>
        XxHash3.HashToUInt64(Encoding.ASCII.GetBytes($"{key} {id} {padding}"));
}
