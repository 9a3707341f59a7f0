using AuraMemory.Engine;

namespace AuraMemory.Server.Http;

/// <summary>Whether the store behind the doors can be used.</summary>
/// <remarks>States: opening -> open -> draining, or opening -> failed. They only move forward.</remarks>
internal sealed class StoreGate
{
    private volatile IObjectStore? _store;
    private volatile string _reason = "The store is being opened and recovered.";
    private volatile bool _draining;

    public IObjectStore? Store => _store;

    /// <summary>True when requests may be served and new ones are welcome.</summary>
    public bool IsReady => _store is not null && !_draining;

    /// <summary>Why it is not ready, for people.</summary>
    public string Reason => _draining ? "The service is shutting down." : _reason;

    public void Opened(IObjectStore store) => _store = store;

    public void Failed(string reason) => _reason = reason;

    public void Drain() => _draining = true;
}
