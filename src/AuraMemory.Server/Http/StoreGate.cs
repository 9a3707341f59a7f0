using AuraMemory.Engine;

namespace AuraMemory.Server.Http;

/// <summary>Whether the store behind the doors can be used.</summary>
/// <remarks>
/// States: opening -> open -> draining, or opening -> failed, which ends the service. They only move forward.
/// </remarks>
internal sealed class StoreGate
{
    private volatile IObjectStore? _store;
    private volatile string _reason = "The store is being opened and recovered.";
    private volatile string? _openFailure;
    private volatile bool _draining;

    public IObjectStore? Store => _store;

    /// <summary>True when requests may be served and new ones are welcome.</summary>
    public bool IsReady => _store is not null && !_draining;

    /// <summary>Why it is not ready, for people.</summary>
    public string Reason => _draining ? "The service is shutting down." : _reason;

    public void Opened(IObjectStore store) => _store = store;

    /// <summary>Why the store could not be opened, for the person who started the service; null when it could or may yet.</summary>
    public string? OpenFailure => _openFailure;

    public void GaveUp(string reason) => _reason = reason;

    public void Failed(string failure)
    {
        _openFailure = failure;
        _reason = "The store could not be opened; the log says why.";
    }

    public void Drain() => _draining = true;
}
