using System.Text.Json;
using System.Text.Json.Serialization;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Calibration;

/// <summary>The measured figures of the last run, so that a start need not wait for new ones.</summary>
/// <remarks>
/// Saved to a new file that is synced and then takes the old one's name: a reader finds the old or the new, whole. A file
/// that is torn, of another format, or of another machine counts as no file; an unsound figure as not measured.
/// </remarks>
public static class CalibrationFile
{
    private const int Format = 1;

    /// <summary>Saves the figures.</summary>
    /// <returns>False when the disk refused; the old file is then still there.</returns>
    public static bool Save(string path, string fingerprint, IReadOnlyDictionary<TierId, MeasuredFigures> figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        Dictionary<string, MeasuredFigures> byName = [];
        foreach ((TierId tier, MeasuredFigures measured) in figures)
        {
            if (measured.IsSound)
            {
                byName[tier.Name()] = measured;
            }
        }

        string fresh = path + ".new";
        try
        {
            using (FileStream file = new(fresh, FileMode.Create, FileAccess.Write))
            {
                JsonSerializer.Serialize(file, new CalibrationDocument(Format, fingerprint, byName), CalibrationJson.Default.CalibrationDocument);
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Loads the figures that were measured on a machine of this fingerprint; none when there are none to believe.</summary>
    public static IReadOnlyDictionary<TierId, MeasuredFigures> Load(string path, string fingerprint)
    {
        Dictionary<TierId, MeasuredFigures> figures = [];
        foreach ((string name, MeasuredFigures? measured) in Read(path, fingerprint))
        {
            if (measured is { IsSound: true } && TierIds.TryParse(name, out TierId tier))
            {
                figures[tier] = measured;
            }
        }

        return figures;
    }

    private static Dictionary<string, MeasuredFigures> Read(string path, string fingerprint)
    {
        try
        {
            byte[] text = File.ReadAllBytes(path);
            CalibrationDocument? document = JsonSerializer.Deserialize(text, CalibrationJson.Default.CalibrationDocument);
            return document is { Format: Format, Tiers: not null } && document.Fingerprint == fingerprint ? document.Tiers : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }
}

/// <summary>The file's contents.</summary>
internal sealed record CalibrationDocument(int Format, string Fingerprint, Dictionary<string, MeasuredFigures> Tiers);

/// <summary>Generated reader and writer of <see cref="CalibrationDocument"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(CalibrationDocument))]
internal sealed partial class CalibrationJson : JsonSerializerContext;
