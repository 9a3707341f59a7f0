using System.Collections.Concurrent;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Configuration;
using AuraMemory.Server.Http.Json;

namespace AuraMemory.Server.Http;

/// <summary>What every endpoint needs: the store once it is open, the settings in force, clocks and reusable buffers.</summary>
internal sealed class ServerContext(ServerSettings settings, TimeProvider time)
{
    private const int KeptScratches = 256;

    private readonly ConcurrentQueue<RequestScratch> _idle = new();
    private readonly StoreClock _clock = new(time);

    public ServerSettings Settings { get; } = settings;

    public TimeProvider Time { get; } = time;

    public StoreGate Gate { get; } = new();

    public BodyGate Bodies { get; } = new(settings.MaxBodyBytesInFlight, TimeSpan.FromSeconds(settings.BodyWaitSeconds), time);

    public KeyGenerator Keys { get; } = new(new StoreClock(time));

    public long StartedMs { get; } = time.GetUtcNow().ToUnixTimeMilliseconds();

    public long NowMs => _clock.NowMs;

    /// <summary>Notes for operators that stand in <c>/features</c>: settings that have no effect in this version.</summary>
    public IReadOnlyList<string> Warnings { get; set; } = [];

    public IReadOnlyDictionary<string, string> ShownSettings { get; set; } = new Dictionary<string, string>();

    /// <summary>The open store; the middleware lets no API request through before it is open.</summary>
    public IObjectStore Store => Gate.Store!;

    public RequestScratch Rent() => _idle.TryDequeue(out RequestScratch? scratch) ? scratch : new RequestScratch();

    public void Return(RequestScratch scratch)
    {
        scratch.Clear();
        if (_idle.Count < KeptScratches)
        {
            _idle.Enqueue(scratch);
        }
        else
        {
            scratch.Dispose();
        }
    }
}

/// <summary>Buffers of one request, reused by later ones.</summary>
internal sealed class RequestScratch : IDisposable
{
    public ObjectBuffer Buffer { get; } = new();

    public JsonOut Out { get; } = new();

    public ReadBatch Batch { get; set; } = new();

    public List<string> Related { get; } = [];

    public void Clear()
    {
        Buffer.Release();
        Out.Clear();
        Batch.Clear();
        Related.Clear();
    }

    public void Dispose() => Buffer.Dispose();
}
