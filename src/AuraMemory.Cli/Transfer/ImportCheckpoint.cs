using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AuraMemory.Cli.Transfer;

/// <summary>How far an import of a file is acknowledged, kept beside the file as <c>FILE.aura-import</c>.</summary>
/// <remarks>
/// It is replaced by renaming, so a reader finds the old one or the new one. <see cref="Fingerprint"/> covers up to 4 KiB
/// before the offset: a file that was changed there is not continued.
/// </remarks>
internal sealed record ImportCheckpoint(long Offset, long Lines, long Stored, long Rejected, string Fingerprint)
{
    private const int FingerprintBytes = 4096;

    /// <summary>Where the checkpoint of an input is.</summary>
    public static string PathFor(string input) => input + ".aura-import";

    /// <summary>Reads a checkpoint; null when there is none.</summary>
    /// <exception cref="IOException">There is one and it is not a checkpoint.</exception>
    public static ImportCheckpoint? Load(string input)
    {
        string path = PathFor(input);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), TransferJson.Default.ImportCheckpoint);
        }
        catch (JsonException cause)
        {
            throw new IOException($"{path} is not a checkpoint: delete it and import from the start.", cause);
        }
    }

    /// <summary>Makes a checkpoint for a position in a file.</summary>
    public static ImportCheckpoint At(Stream file, InputPosition position) =>
        new(position.Offset, position.Lines, position.Stored, position.Rejected, FingerprintOf(file, position.Offset));

    /// <summary>The position it stands for.</summary>
    [JsonIgnore]
    public InputPosition Position => new(Offset, Lines, Stored, Rejected);

    /// <summary>True when the file is, before the offset, still the one it was.</summary>
    public bool Matches(Stream file) => file.Length >= Offset && FingerprintOf(file, Offset) == Fingerprint;

    /// <summary>Writes it.</summary>
    public void Save(string input)
    {
        string path = PathFor(input);
        string fresh = path + ".new";
        File.WriteAllBytes(fresh, JsonSerializer.SerializeToUtf8Bytes(this, TransferJson.Default.ImportCheckpoint));
        File.Move(fresh, path, overwrite: true);
    }

    private static string FingerprintOf(Stream file, long offset)
    {
        byte[] tail = new byte[(int)Math.Min(FingerprintBytes, offset)];
        file.Position = offset - tail.Length;
        file.ReadExactly(tail);
        return Convert.ToHexStringLower(SHA256.HashData(tail));
    }
}

/// <summary>One entry of a rejects file.</summary>
internal sealed record RejectedLine(long Line, string Reason, string? Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ImportCheckpoint))]
[JsonSerializable(typeof(RejectedLine))]
internal sealed partial class TransferJson : JsonSerializerContext;
