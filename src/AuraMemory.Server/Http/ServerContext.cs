using System.Collections.Concurrent;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Configuration;
using AuraMemory.Server.Graph;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Shapes;

namespace AuraMemory.Server.Http;

/// <summary>What every endpoint needs: the store once it is open, the settings in force, clocks and reusable buffers.</summary>
internal sealed class ServerContext(ServerSettings settings, TimeProvider time)
{
    private const int KeptScratches = 64;
    private const int HeapShareOfBodies = 4;

    private readonly ConcurrentQueue<RequestScratch> _idle = new();

    public ServerSettings Settings { get; } = settings;

    public TimeProvider Time { get; } = time;

    public StoreGate Gate { get; } = new();

    public BodyGate Bodies { get; } = new(settings.MaxBodyBytesInFlight, TimeSpan.FromSeconds(settings.BodyWaitSeconds), time);

    /// <summary>Largest body accepted: the setting, or what the managed heap can hold.</summary>
    public int MaxBodyBytes { get; private set; } = settings.MaxBodyBytes;

    /// <summary>The shapes of what is stored; set before the store is shown as open.</summary>
    public IShapeService Shapes { get; set; } = DisabledShapes.Instance;

    /// <summary>The graph of what is stored; set before the store is shown as open.</summary>
    public IGraphService Graph { get; set; } = DisabledGraph.Instance;

    /// <summary>What computes shapes.</summary>
    public IShapeMathematics Mathematics { get; set; } = TopologyMathematics.Instance;

    /// <summary>Where the computations of shapes for requests run.</summary>
    public ShapeWork ShapeWork { get; } = new(
        settings.ShapeRequestThreads, TimeSpan.FromSeconds(settings.ShapeRequestSeconds), TimeSpan.FromSeconds(settings.BodyWaitSeconds), time);

    public KeyGenerator Keys { get; } = new(new StoreClock(time));

    /// <summary>Notes for operators that stand in <c>/features</c>: settings that have no effect in this version.</summary>
    public IReadOnlyList<string> Warnings { get; set; } = [];

    public IReadOnlyDictionary<string, string> ShownSettings { get; set; } = new Dictionary<string, string>();

    /// <summary>The open store; the middleware lets no API request through before it is open.</summary>
    public IObjectStore Store => Gate.Store!;

    /// <summary>Fits the limits on bodies to the managed heap: settings made for a large machine must not end a small one.</summary>
    public void FitTo(long managedHeapBytes)
    {
        long most = managedHeapBytes / HeapShareOfBodies;
        MaxBodyBytes = (int)Math.Min(Settings.MaxBodyBytes, most);
        Bodies.Lower(most);
    }

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
    private const int KeptBytes = 256 * 1024;

    public ObjectBuffer Buffer { get; } = new();

    public JsonOut Out { get; } = new();

    public ReadBatch Batch { get; private set; } = new();

    public List<string> Related { get; } = [];

    public void Clear()
    {
        // What a rare large object has grown must not be multiplied by the number of idle scratches.
        if (Buffer.DataBytes > KeptBytes)
        {
            Buffer.Dispose();
        }
        else
        {
            Buffer.Release();
        }

        if (Out.Count > KeptBytes)
        {
            Batch = new ReadBatch();
        }
        else
        {
            Batch.Clear();
        }

        Out.Clear();
        Related.Clear();
    }

    public void Dispose() => Buffer.Dispose();
}
