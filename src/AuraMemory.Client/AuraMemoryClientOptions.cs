namespace AuraMemory.Client;

/// <summary>How a client reaches the service and how patient it is.</summary>
public sealed record AuraMemoryClientOptions
{
    /// <summary>Where the service listens, without the base path; <c>http://localhost:8001</c> unless said otherwise.</summary>
    public Uri BaseAddress { get; init; } = new("http://localhost:8001");

    /// <summary>Sent as <c>X-API-Key</c>; null = none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Longest wait for one attempt, 100 s unless said otherwise.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Attempts in all of a call that may be repeated, 1 to 10; 4 unless said otherwise.</summary>
    public int MaxAttempts { get; init; } = 4;

    /// <summary>
    /// Longest pause between two attempts, 10 s unless said otherwise. A <c>Retry-After</c> above it is not waited for:
    /// the error is reported at once.
    /// </summary>
    public TimeSpan MaxRetryPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Clock and timers of the pauses.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        if (!BaseAddress.IsAbsoluteUri || BaseAddress.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException("The base address is an absolute http or https address.", nameof(BaseAddress));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAttempts, 1, nameof(MaxAttempts));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxAttempts, 10, nameof(MaxAttempts));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryPause, TimeSpan.Zero, nameof(MaxRetryPause));
    }
}
