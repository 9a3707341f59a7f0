namespace AuraMemory.Graph.Neo4j.Client;

/// <summary>When something that failed is tried again: after 1 s, 2 s, 4 s and so on, a fifth more or less by chance, for a limited time.</summary>
internal sealed class RetrySchedule(TimeSpan limit, TimeProvider time, Func<double> chance)
{
    private const double Jitter = 0.2;
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _delay = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait before the next try; null when the time is over.</summary>
    public TimeSpan? Next()
    {
        if (time.GetElapsedTime(_start) >= limit)
        {
            return null;
        }

        TimeSpan delay = _delay * (1 + (Jitter * ((2 * chance()) - 1)));
        _delay *= 2;
        return delay;
    }
}
