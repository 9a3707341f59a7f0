using System.Net;
using AuraMemory.Client.Wire;

namespace AuraMemory.Client;

/// <summary>The service refused a call, failed at it, or could not be reached.</summary>
public sealed class AuraMemoryException : Exception
{
    internal AuraMemoryException(HttpStatusCode status, ProblemDocument problem)
        : base(problem.Detail ?? problem.Title ?? $"The service answered {(int)status}.")
    {
        Status = status;
        Problem = problem;
    }

    internal AuraMemoryException(string message, Exception cause)
        : base(message, cause) => Problem = new ProblemDocument { Title = message };

    internal AuraMemoryException(string message)
        : base(message) => Problem = new ProblemDocument { Title = message };

    /// <summary>An error for an answer that breaks the contract.</summary>
    public static AuraMemoryException Unexpected(string message) => new(message);

    /// <summary>An error for one item of a bulk answer.</summary>
    public static AuraMemoryException Of(HttpStatusCode status, ProblemDocument problem) => new(status, problem);

    /// <summary>Status of the answer; null when there was no usable answer.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>The problem document (RFC 9457) as the service sent it.</summary>
    public ProblemDocument Problem { get; }

    /// <summary>True when the service could not be reached or did not answer in time.</summary>
    public bool IsUnreachable => Status is null && InnerException is not null;
}
