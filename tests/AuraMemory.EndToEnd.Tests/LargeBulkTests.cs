using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>Bulk answers that are larger than the memory the service may have.</summary>
public class LargeBulkTests
{
    private const int Objects = 60;
    private const int ObjectBytes = 5 << 20;

    [Fact]
    public async Task Several_clients_get_far_more_than_the_memory_limit_in_one_answer_each()
    {
        // A later setting wins over those of RunningService: 300 MiB an answer, three at a time, under 256 MiB of memory.
        await using var service = new RunningService(null, "--memory_limit_bytes", "256MiB");
        await service.InitializeAsync();
        for (int i = 0; i < Objects; i++)
        {
            await service.PostOkAsync("/store", $"{{\"key\":\"large:{i}\",\"data\":{TierPairTests.Document(ObjectBytes, i)}}}");
        }

        string keys = string.Join(",", Enumerable.Range(0, Objects).Select(i => $"\"large:{i}\"").Append("\"absent\""));
        string[] expected = [.. Enumerable.Range(0, Objects).Select(i => Digest(Encoding.UTF8.GetBytes(TierPairTests.Document(ObjectBytes, i))))];
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            using HttpResponseMessage response = await service.PostAsync("/bulk/retrieve", $"{{\"keys\":[{keys}]}}");
            byte[] body = await response.Content.ReadAsByteArrayAsync();
            using JsonDocument answer = JsonDocument.Parse(body);
            JsonElement items = answer.RootElement.GetProperty("items");
            Assert.Equal(Objects + 1, items.GetArrayLength());
            int at = 0;
            foreach (JsonElement item in items.EnumerateArray())
            {
                Assert.Equal(at < Objects ? $"large:{at}" : "absent", item.GetProperty("key").GetString());
                Assert.Equal(at < Objects, item.GetProperty("found").GetBoolean());
                if (at < Objects)
                {
                    Assert.Equal(expected[at], Digest(JsonMarshal.GetRawUtf8Value(item.GetProperty("data"))));
                    Assert.True(item.GetProperty("version").GetInt64() > 0);
                }

                at++;
            }

            Assert.Equal(Objects, answer.RootElement.GetProperty("found").GetInt32());
        })));
    }

    private static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes));
}
