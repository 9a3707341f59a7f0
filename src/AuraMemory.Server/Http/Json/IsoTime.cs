using System.Globalization;

namespace AuraMemory.Server.Http.Json;

/// <summary>Points in time as the wire writes them: RFC 3339 in UTC.</summary>
internal static class IsoTime
{
    /// <summary>To the second, for times that are kept in seconds.</summary>
    public static string OfSeconds(long unixSeconds) =>
        DateTimeOffset.FromUnixTimeSeconds(unixSeconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>To the millisecond.</summary>
    public static string OfMilliseconds(long unixMilliseconds) => Of(DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds));

    /// <summary>To the millisecond.</summary>
    public static string Of(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
