using System.Text;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Shapes;
using AuraMemory.Topology;

namespace AuraMemory.Server.Tests.Shapes;

/// <summary>A real store in a folder of its own with the shape service over it; may be closed and opened again.</summary>
internal sealed class ShapeBed : IAsyncDisposable
{
    private MemoryStore? _store;
    private ShapeService? _shapes;

    public string Folder { get; } = Directory.CreateTempSubdirectory("aura-shapes-").FullName;

    public StagedMathematics Mathematics { get; } = new();

    public Func<ShapeSettings, ShapeSettings> Settings { get; set; } = settings => settings;

    public MemoryStore Store => _store!;

    public ShapeService Shapes => _shapes!;

    public IShapePartitions Partitions { get; set; } = new ShapeIndexPartitions(32);

    public static async Task<ShapeBed> OpenedAsync(Func<ShapeSettings, ShapeSettings>? settings = null)
    {
        var bed = new ShapeBed();
        bed.Settings = settings ?? bed.Settings;
        await bed.OpenAsync();
        return bed;
    }

    public async Task OpenAsync(bool follow = true)
    {
        _store = await MemoryStore.OpenAsync(new StoreOptions
        {
            DataFolder = Folder,
            MemoryLimitBytes = 192 << 20,
            KeepsShapes = true,
            CalibrateAtStart = false,
            ExpiryScanSeconds = 0.01,
        });
        _shapes = new ShapeService(
            _store, _store.OpenDerived("shapes", 2 << 20), Mathematics, Partitions,
            Settings(new ShapeSettings { SnapshotFolder = Path.Combine(Folder, "shape-index"), SignatureLength = 32, MemoryBytes = 16 << 20 }),
            TimeProvider.System,
            (follower, from) =>
            {
                if (follow)
                {
                    _store.Follow("shapes", follower, from);
                }

                return () => follow ? _store.Followers[0].Behind : 0;
            });
        await _shapes.Loaded;
    }

    public async Task CloseAsync()
    {
        await _shapes!.DisposeAsync();
        await _store!.DisposeAsync();
    }

    /// <summary>Closes store and table without the service having saved its index: what a kill leaves.</summary>
    public async Task ReopenAsync(Action? between = null)
    {
        await CloseAsync();
        between?.Invoke();
        await OpenAsync();
    }

    public async Task<ShapeState> StoreAsync(
        string key, string json, bool analyze = true, bool wait = false, string? shape = null, string? metadata = null,
        DurabilityLevel? durability = null, TimeSpan? life = null)
    {
        var command = new StoreCommand
        {
            Key = Encoding.ASCII.GetBytes(key),
            Data = Encoding.UTF8.GetBytes(json),
            AnalyzeShape = analyze,
            ShapeOptions = shape is null ? default : Encoding.UTF8.GetBytes(shape),
            Metadata = metadata is null ? default : Encoding.UTF8.GetBytes(metadata),
            Durability = durability,
            TimeToLive = life,
        };
        StoreOutcome outcome = await Store.StoreAsync(command);
        Assert.Equal(WriteStatus.Done, outcome.Status);
        return await Shapes.SubmitAsync(command, outcome, wait);
    }

    /// <summary>Stores without telling the service: only the change sequence tells it.</summary>
    public async Task StoreSilentlyAsync(string key, string json, bool analyze = true) =>
        Assert.Equal(WriteStatus.Done, (await Store.StoreAsync(new StoreCommand
        {
            Key = Encoding.ASCII.GetBytes(key),
            Data = Encoding.UTF8.GetBytes(json),
            AnalyzeShape = analyze,
        })).Status);

    public async Task<DeleteOutcome> DeleteAsync(string key) => await Store.DeleteAsync(Encoding.ASCII.GetBytes(key));

    public async Task<string[]> FindAsync(string json, int k = 10, ShapeFilter? filter = null) =>
        [.. (await SearchAsync(json, k, filter)).Items.Select(item => ObjectKey.ToText(item.Key))];

    public async Task<ShapeMatches> SearchAsync(string json, int k = 10, ShapeFilter? filter = null, double minSimilarity = 0, ShapeMetric metric = default)
    {
        ShapeOutcome found = TopologyMathematics.Instance.Analyze(
            Encoding.UTF8.GetBytes(json), ShapeOptions.Default, ShapeLimits.Default, CancellationToken.None);
        return await Shapes.SearchAsync(new ShapeQuery
        {
            Analysis = found.Analysis!,
            K = k,
            Filter = filter ?? ShapeFilter.None,
            MinSimilarity = minSimilarity,
            Metric = metric,
            Mode = ShapeMode.Exact,
        });
    }

    /// <summary>Returns when a condition holds; fails after half a minute.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, "It did not come about.");
            await Task.Delay(5, CancellationToken.None);
        }
    }

    /// <summary>Returns when the change sequence has been followed to its end, whatever waits for an analysis.</summary>
    public Task UntilFollowedAsync() => UntilAsync(() => Store.Followers is [{ Behind: 0, Failure: null }, ..]);

    public Task CaughtUpAsync() => UntilAsync(() => Store.Followers is [{ Behind: 0, Failure: null }, ..] && Shapes.Report().Pending == 0);

    /// <summary>A zigzag with so many teeth of a height: a series with a known diagram.</summary>
    public static string Zigzag(int teeth, double height)
    {
        var text = new StringBuilder("[");
        for (int i = 0; i < teeth; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}{i * 0.001},{height + (i * 0.0001)}");
        }

        return text.Append(",0]").ToString();
    }

    public async ValueTask DisposeAsync()
    {
        if (_shapes is not null)
        {
            await CloseAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>The real mathematics, counted, with faults and delays on demand.</summary>
internal sealed class StagedMathematics : IShapeMathematics
{
    private int _analyses;

    public int Analyses => Volatile.Read(ref _analyses);

    /// <summary>When set, is what every estimate says, nanoseconds.</summary>
    public long? Cost { get; set; }

    /// <summary>Called before each analysis.</summary>
    public Action<CancellationToken>? Before { get; set; }

    public ShapeOutcome Analyze(ReadOnlySpan<byte> json, ShapeOptions options, ShapeLimits limits, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _analyses);
        Before?.Invoke(cancellation);
        return TopologyMathematics.Instance.Analyze(json, options, limits, cancellation);
    }

    public long EstimateCost(ReadOnlySpan<byte> json, ShapeOptions options, ShapeLimits limits) =>
        Cost ?? Math.Min(100_000, TopologyMathematics.Instance.EstimateCost(json, options, limits));

    public void Signature(Barcode barcode, Span<float> into) => TopologyMathematics.Instance.Signature(barcode, into);
}
