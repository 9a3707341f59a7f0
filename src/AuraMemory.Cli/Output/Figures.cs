using System.Globalization;

namespace AuraMemory.Cli.Output;

/// <summary>Figures with their units, three significant digits, the same on every machine.</summary>
internal static class Figures
{
    private static readonly string[] ByteUnits = ["B", "kB", "MB", "GB", "TB", "PB"];

    /// <summary>Bytes in powers of 1000.</summary>
    public static string Bytes(double bytes) => Scale(bytes, ByteUnits);

    /// <summary>Nanoseconds in the unit that suits them.</summary>
    public static string Nanoseconds(double? ns) => ns is { } value ? Scale(value, ["ns", "us", "ms", "s"]) : "-";

    /// <summary>10^9 bytes per second.</summary>
    public static string Bandwidth(double? gbps) => gbps is { } value ? Scale(value * 1e9, ["B/s", "kB/s", "MB/s", "GB/s", "TB/s"]) : "-";

    /// <summary>A whole number in groups of three.</summary>
    public static string Count(long value) => value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ' ');

    /// <summary>A share of one as percent.</summary>
    public static string Share(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);

    /// <summary>Any figure, three significant digits.</summary>
    public static string Plain(double value) => value switch
    {
        _ when !double.IsFinite(value) => "-",
        0 => "0",
        _ when Math.Abs(value) >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ' '),
        _ => value.ToString("G3", CultureInfo.InvariantCulture),
    };

    /// <summary>Hours, minutes and seconds.</summary>
    public static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}"
        : $"{time.Minutes:00}:{time.Seconds:00}";

    private static string Scale(double value, string[] units)
    {
        int unit = 0;
        while (Math.Abs(value) >= 1000 && unit < units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        string digits = Math.Abs(value) >= 100 || value == Math.Floor(value) ? "0" : Math.Abs(value) >= 10 ? "0.0" : "0.00";
        return value.ToString(digits, CultureInfo.InvariantCulture) + " " + units[unit];
    }
}
