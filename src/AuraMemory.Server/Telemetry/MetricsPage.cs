using System.Globalization;
using System.Text;

namespace AuraMemory.Server.Telemetry;

/// <summary>Writes the Prometheus text format (version 0.0.4).</summary>
internal sealed class MetricsPage
{
    private readonly StringBuilder _text = new(32 * 1024);
    private string _family = "";

    /// <summary>Begins a metric family.</summary>
    public MetricsPage Family(string name, string type, string help)
    {
        _family = name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    /// <summary>Adds a sample; <paramref name="rest"/> is what follows the family's name (suffix and labels).</summary>
    public MetricsPage Sample(string rest, double value)
    {
        _text.Append(_family).Append(rest).Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    /// <summary>A label value with its special characters escaped.</summary>
    public static string Label(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    public override string ToString() => _text.ToString();
}
