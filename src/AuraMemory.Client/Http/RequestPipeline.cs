using System.Globalization;
using System.Net;
using System.Text.Json;
using AuraMemory.Client.Wire;

namespace AuraMemory.Client.Http;

/// <summary>Sends a request, again where that is safe and asked for, and turns every failure into an <see cref="AuraMemoryException"/>.</summary>
/// <remarks>
/// Protocol: (1) send; (2) an answer below 400, or one the caller expects, is returned; (3) 429 and 503 of a repeatable
/// request are followed by a pause of <c>Retry-After</c>, or of 100 ms doubled each time, and by step 1, while attempts
/// are left and the pause is within the bound; (4) a repeatable request whose connection broke after it was made is sent
/// again after such a pause, because doing it twice is doing it once; (5) everything else throws, a service that cannot
/// be connected to at once.
/// </remarks>
internal sealed class RequestPipeline(HttpClient http, AuraMemoryClientOptions options)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    public async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> request, bool repeatable, Func<HttpStatusCode, bool>? expected, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            HttpResponseMessage response;
            try
            {
                response = await SendOnceAsync(request, cancellation).ConfigureAwait(false);
            }
            catch (AuraMemoryException broken) when (repeatable && attempt < options.MaxAttempts && BrokeMidway(broken))
            {
                await Task.Delay(Backoff(attempt), options.Time, cancellation).ConfigureAwait(false);
                continue;
            }

            if ((int)response.StatusCode < 400 || expected?.Invoke(response.StatusCode) == true)
            {
                return response;
            }

            using (response)
            {
                if (repeatable && attempt < options.MaxAttempts
                    && response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
                    && Pause(response, attempt) is var pause && pause <= options.MaxRetryPause)
                {
                    await Task.Delay(pause, options.Time, cancellation).ConfigureAwait(false);
                    continue;
                }

                throw await FailureAsync(response, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(Func<HttpRequestMessage> request, CancellationToken cancellation)
    {
        using HttpRequestMessage message = request();
        if (options.ApiKey is { } key)
        {
            message.Headers.TryAddWithoutValidation("X-API-Key", key);
        }

        using var timeout = new CancellationTokenSource(options.AttemptTimeout, options.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await http.SendAsync(message, HttpCompletionOption.ResponseContentRead, both.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException cause)
        {
            throw new AuraMemoryException($"The service at {options.BaseAddress} cannot be reached: {cause.Message}", cause);
        }
        catch (OperationCanceledException cause) when (!cancellation.IsCancellationRequested)
        {
            string seconds = options.AttemptTimeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
            throw new AuraMemoryException($"The service at {options.BaseAddress} did not answer within {seconds} s.", cause);
        }
    }

    private TimeSpan Pause(HttpResponseMessage response, int attempt)
    {
        if (response.Headers.RetryAfter is { } after)
        {
            TimeSpan asked = after.Delta ?? (after.Date is { } date ? date - options.Time.GetUtcNow() : TimeSpan.Zero);
            return asked > TimeSpan.Zero ? asked : TimeSpan.Zero;
        }

        return Backoff(attempt);
    }

    private static TimeSpan Backoff(int attempt) => FirstPause * (1 << (attempt - 1));

    private static bool BrokeMidway(AuraMemoryException failure) => failure.InnerException is HttpRequestException
    {
        HttpRequestError: HttpRequestError.Unknown or HttpRequestError.ResponseEnded,
    };

    private static async Task<AuraMemoryException> FailureAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        ProblemDocument? problem = null;
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json")
        {
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            try
            {
                problem = JsonSerializer.Deserialize(body, WireJson.Instance.ProblemDocument);
            }
            catch (JsonException)
            {
                // Something between us and the service answered; the status is all there is to report.
            }
        }

        problem ??= new ProblemDocument
        {
            Title = response.ReasonPhrase is { Length: > 0 } phrase
                ? $"The service answered {(int)response.StatusCode} {phrase}."
                : $"The service answered {(int)response.StatusCode}.",
        };
        return new AuraMemoryException(response.StatusCode, problem);
    }
}
