using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>Data made to hurt whoever looks for a shape in it: every answer is defined, in bounded time, and the store goes on.</summary>
public class HostileShapeTests(RunningService service) : IClassFixture<RunningService>
{
    private static readonly TimeSpan MostForAnAnswer = TimeSpan.FromSeconds(40);

    private static readonly Dictionary<string, Func<string>> Texts = new()
    {
        ["a million points"] = () => Many(1_000_000, i => $"[{i % 10},{i / 100_000}]"),
        ["a million numbers"] = () => Many(1_000_000, i => (i * 7919 % 1000).ToString()),
        ["ten thousand points that are one"] = () => Many(10_000, _ => "[1,1,1]"),
        ["a constant series"] = () => Many(100_000, _ => "0"),
        ["a zigzag: as many bars as half its length"] = () => Many(200_000, i => (i % 2 * (1 + (i * 31 % 977))).ToString()),
        ["the largest numbers"] = () => Many(500, i => i % 2 == 0 ? "[1e308,-1e308]" : "[-1.7e308,1.7e308]"),
        ["the largest series"] = () => Many(500, i => i % 2 == 0 ? "1.7e308" : "-1.7e308"),
        ["the smallest numbers"] = () => Many(500, i => $"[{i % 3}e-320,{i % 5}e-322]"),
        ["ragged rows"] = () => Many(2_000, i => "[" + string.Join(',', Enumerable.Range(0, 1 + (i % 17))) + "]"),
        ["64 levels"] = () => new string('[', 64) + "1" + new string(']', 64),
        ["names in place of numbers"] = () => Many(5_000, i => i % 2 == 0 ? "\"NaN\"" : "\"Infinity\""),
        ["a thousand arrays"] = () => "{" + string.Join(',', Enumerable.Range(0, 1_000).Select(i => $"\"a{i}\":[1,2,{i}]")) + "}",
        ["a complete graph of 300"] = () => "{\"edges\":[" + string.Join(',', from i in Enumerable.Range(0, 300) from j in Enumerable.Range(0, i) select $"[{i},{j}]") + "]}",
        ["a noisy grid of 500 x 500"] = () => "{\"image\":" + Many(500, i => Many(500, j => (((i * 7919) + (j * 104_729)) % 1009).ToString())) + "}",
        ["an edge to nowhere"] = () => "{\"edges\":[[0,2147483647],[-1,3],[1e9,2]]}",
    };

    public static TheoryData<string> Hostile => new(Texts.Keys);

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Every_door_answers_hostile_data_in_bounded_time(string what)
    {
        string data = Texts[what]();
        long started = Stopwatch.GetTimestamp();
        IEnumerable<int> analyzed = [200, 422];
        Assert.Contains(await StatusAsync("/shape/analyze", $"{{\"data\":{data}}}", what), analyzed);
        Assert.Contains(await StatusAsync("/query/shape", $"{{\"query_data\":{data},\"mode\":\"exact\",\"distance_metric\":\"bottleneck\"}}", what), analyzed);
        Assert.Contains(await StatusAsync("/shape/distance", $"{{\"a\":{data},\"b\":[1,3,1]}}", what), (IEnumerable<int>)[200, 400, 422]);
        string key = "hostile:" + what.Replace(' ', '-').Replace(":", "", StringComparison.Ordinal);
        JsonElement stored = await service.PostOkAsync("/store?wait=true", $"{{\"key\":\"{key}\",\"data\":{data}}}");
        Assert.True(
            stored.GetProperty("shape_indexed").GetBoolean() || stored.GetProperty("shape_reason").GetString()!.Length > 0, stored.GetRawText());
        Assert.True(Stopwatch.GetElapsedTime(started) < MostForAnAnswer, $"{what}: {Stopwatch.GetElapsedTime(started)}");
        Assert.Equal(data, await service.Client.GetStringAsync("/api/v1/objects/" + key));
        using HttpResponseMessage picture = await service.Client.GetAsync($"/api/v1/objects/{key}/shape?format=svg");
        Assert.True((int)picture.StatusCode is 200 or 404, $"{what}: {(int)picture.StatusCode}");
        Assert.True((await picture.Content.ReadAsByteArrayAsync()).Length < 2 << 20, "A picture is bounded whatever the number of bars.");
        Assert.Equal("healthy", (await service.GetOkAsync("/api/v1/health")).GetProperty("status").GetString());
        using HttpResponseMessage deleted = await service.Client.DeleteAsync("/api/v1/objects/" + key);
        Assert.True(deleted.IsSuccessStatusCode);
    }

    private async Task<int> StatusAsync(string path, string body, string what)
    {
        using HttpResponseMessage answer = await service.PostAsync(path, body);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode < 500, $"{what}: {path} {(int)answer.StatusCode} {text[..Math.Min(300, text.Length)]}");
        return (int)answer.StatusCode;
    }

    private static string Many(int count, Func<int, string> element)
    {
        var text = new StringBuilder("[");
        for (int i = 0; i < count; i++)
        {
            text.Append(i > 0 ? "," : "").Append(element(i));
        }

        return text.Append(']').ToString();
    }
}
