using System.Diagnostics;
using System.Globalization;
using System.Text;
using AuraMemory.Bench.Load;
using AuraMemory.Bench.Processes;

namespace AuraMemory.Bench.Rest;

/// <summary>The client of <c>rest</c>, a process of its own: a fixed number of connections, one request in flight on each.</summary>
internal static class RestLoad
{
    public const string Command = "rest-load";
    private const int Prepared = 4096;

    public static string Key(long number) => string.Create(CultureInfo.InvariantCulture, $"reading:{number:D12}");

    /// <summary>A real JSON document of about the given length: a sensor's reading with its samples.</summary>
    public static byte[] Document(long number, int bytes)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{{\"sensor\":\"s-{number % 977}\",\"unit\":\"degC\",\"number\":{number},\"samples\":[");
        for (long i = 0; text.Length < bytes - 8; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}{15 + ((number * 7 + i * 13) % 200 / 10.0):F1}");
        }

        return Encoding.ASCII.GetBytes(text.Append("]}").ToString());
    }

    public static Task<int> RunAsync(BenchArguments arguments)
    {
        int port = (int)arguments.Number("port", 0);
        string load = arguments.Text("load", "single");
        long objects = arguments.Number("n", 100_000);
        int bytes = (int)arguments.Number("size", 1000);
        int connections = (int)arguments.Number("connections", 32);
        int group = (int)arguments.Number("group", 100);
        double seconds = arguments.Seconds("seconds", 3);
        if (load == "fill")
        {
            Fill(port, objects, bytes);
            Console.WriteLine("filled");
            return Task.FromResult(0);
        }

        (byte[] Request, int Operations, int LeastAnswer)[] requests = Prepare(load, objects, bytes, group);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        long began = Stopwatch.GetTimestamp();
        var operations = new long[connections];
        var times = new List<double>[connections];
        var threads = new Thread[connections];
        long bad = 0;
        for (int i = 0; i < connections; i++)
        {
            int me = i;
            times[me] = [];
            threads[me] = new Thread(() =>
            {
                using var connection = new HttpConnection(port);
                for (int at = me * (requests.Length / connections); !stop.IsCancellationRequested; at++)
                {
                    (byte[] request, int count, int least) = requests[at % requests.Length];
                    long sent = Stopwatch.GetTimestamp();
                    if (connection.Send(request) != 200 || connection.Body.Length < least)
                    {
                        Interlocked.Increment(ref bad);
                    }

                    times[me].Add(Stopwatch.GetElapsedTime(sent).TotalMicroseconds);
                    operations[me] += count;
                }
            });
            threads[me].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        double elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
        double[] sorted = [.. times.SelectMany(t => t).Order()];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{operations.Sum() / elapsed:F0} {sorted[sorted.Length / 2]:F1} {sorted[(int)(sorted.Length * 0.99)]:F1} {bad}"));
        return Task.FromResult(0);
    }

    private static void Fill(int port, long objects, int bytes)
    {
        using var connection = new HttpConnection(port);
        for (long i = 0; i < objects; i += 1000)
        {
            byte[] body = Stores(Enumerable.Range(0, (int)Math.Min(1000, objects - i)).Select(j => i + j), bytes);
            if (connection.Send(HttpConnection.Post("/api/v1/bulk/store", body)) != 200)
            {
                throw new BenchException("The server refused the load: " + Encoding.UTF8.GetString(connection.Body.Span));
            }
        }
    }

    /// <summary>Requests, the operations in each, and the length of the documents an honest answer has to hold.</summary>
    private static (byte[] Request, int Operations, int LeastAnswer)[] Prepare(string load, long objects, int bytes, int group)
    {
        uint[] drawn = new ZipfKeys(objects).Draw(Prepared * 16, 7);
        var random = new Random(11);
        int count = load == "single" ? Prepared * 4 : 512;
        var requests = new (byte[], int, int)[count];
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            int size = load == "single" ? 1 : group;
            long[] numbers = [.. Enumerable.Range(0, size).Select(_ => (long)drawn[at++ % drawn.Length])];
            int documents = numbers.Sum(n => Document(n, bytes).Length);
            requests[i] = load switch
            {
                "single" => (HttpConnection.Post("/api/v1/retrieve", Encoding.ASCII.GetBytes($"{{\"key\":\"{Key(numbers[0])}\"}}")), 1, documents),
                "mixed" when random.Next(100) < 5 => (HttpConnection.Post("/api/v1/bulk/store", Stores(numbers, bytes)), size, 0),
                _ => (HttpConnection.Post("/api/v1/bulk/retrieve", Encoding.ASCII.GetBytes($"{{\"keys\":[{string.Join(',', numbers.Select(n => $"\"{Key(n)}\""))}]}}")), size, documents),
            };
        }

        return requests;
    }

    private static byte[] Stores(IEnumerable<long> numbers, int bytes) => Encoding.ASCII.GetBytes(
        "{\"items\":[" + string.Join(',', numbers.Select(n => $"{{\"key\":\"{Key(n)}\",\"data\":{Encoding.ASCII.GetString(Document(n, bytes))}}}")) + "]}");
}
