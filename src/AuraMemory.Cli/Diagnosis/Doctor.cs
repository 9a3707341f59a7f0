using System.Globalization;
using System.Text.Json;
using AuraMemory.Cli.Output;
using AuraMemory.Client;
using AuraMemory.Client.Wire;

namespace AuraMemory.Cli.Diagnosis;

/// <summary>Checks a service from the outside, and this machine where the service is on it.</summary>
internal sealed class Doctor(AuraMemoryClient client, TimeProvider time)
{
    private const double LargestClockGapSeconds = 5;
    private const long LittleDiskBytes = 1_000_000_000;
    private const double FullShare = 0.95;

    /// <summary>All findings, in the order they were checked. Stops early when the service is not there.</summary>
    public async Task<List<Finding>> ExamineAsync(string clientVersion, CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        bool ready;
        try
        {
            ready = await client.IsReadyAsync(cancellation).ConfigureAwait(false);
        }
        catch (AuraMemoryException failure)
        {
            findings.Add(new Finding(
                Severity.Problem, "reachable", failure.Message,
                "Start it with \"aura-memory serve\", or name its address with --url or AURA_MEMORY_URL."));
            return findings;
        }

        findings.Add(new Finding(Severity.Ok, "reachable", $"{client.Options.BaseAddress} answers."));
        findings.Add(ready
            ? new Finding(Severity.Ok, "ready", "The service is ready.")
            : new Finding(Severity.Problem, "ready", "The service is not ready.", "It may be starting or recovering: wait, then look at its log."));
        if (!ready)
        {
            return findings;
        }

        HealthReport health = await client.HealthAsync(cancellation).ConfigureAwait(false);
        Health(health, findings);
        Tiers(await client.TiersAsync(cancellation).ConfigureAwait(false), findings);
        JsonElement features = await client.FeaturesAsync(cancellation).ConfigureAwait(false);
        Memory(features, findings);
        Version(features, clientVersion, findings);
        await ClockAsync(findings, cancellation).ConfigureAwait(false);
        Disk(features, findings);
        return findings;
    }

    private static void Health(HealthReport health, List<Finding> findings)
    {
        if (health.Status == "healthy")
        {
            findings.Add(new Finding(Severity.Ok, "healthy", "Every component is healthy."));
            return;
        }

        findings.Add(new Finding(
            Severity.Problem, "healthy", $"The service says it is {health.Status}: {Unhealthy(health.Checks)}.",
            "A component that failed is out of service and comes back by itself; the service's log says why it failed."));
    }

    private static string Unhealthy(JsonElement? checks)
    {
        if (checks is not { ValueKind: JsonValueKind.Object } byName)
        {
            return "it does not say which component";
        }

        var names = new List<string>();
        foreach (JsonProperty check in byName.EnumerateObject())
        {
            string text = check.Value.GetRawText();
            if (check.Value.ValueKind != JsonValueKind.Object
                || !check.Value.TryGetProperty("status", out JsonElement status) || status.GetString() != "healthy")
            {
                names.Add($"{check.Name} {text}");
            }
        }

        return names.Count == 0 ? "no component says why" : string.Join("; ", names);
    }

    private static void Tiers(TiersResponse tiers, List<Finding> findings)
    {
        var emulated = new List<string>();
        foreach ((string id, TierInfo tier) in tiers.Tiers)
        {
            if (!tier.Hardware)
            {
                emulated.Add($"{id} ({tier.Backend})");
            }

            if (!tier.InService)
            {
                findings.Add(new Finding(
                    Severity.Problem, id, "It is out of service; its objects are served from their home.",
                    "Look for its device or path; it comes back by itself when that works again."));
            }

            if (tier.Warning is { } warning)
            {
                findings.Add(new Finding(Severity.Note, id, warning, "See docs/configuration.md for the budgets and paths of tiers."));
            }

            if (tier.Measured is null && !tiers.Calibrating)
            {
                findings.Add(new Finding(Severity.Note, id, "It has no measured figures yet.", "Wait for the first calibration to end."));
            }
        }

        findings.Add(emulated.Count == 0
            ? new Finding(Severity.Ok, "hardware", "Every tier is served by the hardware it is named after.")
            : new Finding(
                Severity.Note, "hardware", $"Emulated: {string.Join(", ", emulated)}.",
                "They work, with the latency of what really serves them; \"aura-memory tiers\" shows it. Name a device or node in the tier's path to use hardware."));
    }

    private static void Memory(JsonElement features, List<Finding> findings)
    {
        long limit = Number(features, "memory_limit_bytes");
        long used = Number(features, "memory_used_bytes");
        if (limit <= 0)
        {
            findings.Add(new Finding(Severity.Note, "memory limit", "The service does not say its memory limit."));
            return;
        }

        // The service clamps to its own machine; the machine of this process says nothing unless both are the same.
        findings.Add(limit < 64_000_000
            ? new Finding(Severity.Note, "memory limit", $"It is only {Figures.Bytes(limit)}.", "Raise memory_limit_bytes: indexes and buffers alone want that.")
            : used > limit * FullShare
                ? new Finding(Severity.Note, "memory limit", $"{Figures.Bytes(used)} of {Figures.Bytes(limit)} are in use.", "The service evicts at the limit; raise memory_limit_bytes if the hit ratio is low.")
                : new Finding(Severity.Ok, "memory limit", $"{Figures.Bytes(limit)}, {Figures.Bytes(used)} in use."));
    }

    private static void Version(JsonElement features, string clientVersion, List<Finding> findings)
    {
        string? service = Find(features, "version") is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        findings.Add(service is null
            ? new Finding(Severity.Note, "version", $"This is aura-memory {clientVersion}; the service does not say its version.")
            : service == clientVersion
                ? new Finding(Severity.Ok, "version", $"Both are {service}.")
                : new Finding(Severity.Note, "version", $"The service is {service}, aura-memory is {clientVersion}.", "Use the same version of both."));
    }

    private async Task ClockAsync(List<Finding> findings, CancellationToken cancellation)
    {
        DateTimeOffset before = time.GetUtcNow();
        DateTimeOffset? there = await client.ServiceDateAsync(cancellation).ConfigureAwait(false);
        DateTimeOffset after = time.GetUtcNow();
        if (there is not { } date)
        {
            findings.Add(new Finding(Severity.Note, "clock", "The service does not say its time."));
            return;
        }

        // The Date header has whole seconds, hence the one second of grace.
        double gap = date < before ? (before - date).TotalSeconds - 1 : (date - after).TotalSeconds;
        string seconds = Math.Max(0, gap).ToString("0", CultureInfo.InvariantCulture);
        findings.Add(gap > LargestClockGapSeconds
            ? new Finding(Severity.Note, "clock", $"The clocks of this machine and the service differ by {seconds} s.", "Let both follow a time server: expiry and archiving use the service's clock.")
            : new Finding(Severity.Ok, "clock", "The service's clock agrees with this machine's."));
    }

    private void Disk(JsonElement features, List<Finding> findings)
    {
        string? folder = Find(features, "data_folder") is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        if (folder is null || !client.Options.BaseAddress.IsLoopback || !Directory.Exists(folder))
        {
            findings.Add(new Finding(
                Severity.Note, "disk space", "The data folder cannot be looked at from here.",
                "Watch the free space on the service's machine: with a full disk it becomes read-only."));
            return;
        }

        long free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        findings.Add(free < LittleDiskBytes
            ? new Finding(Severity.Problem, "disk space", $"Only {Figures.Bytes(free)} are free at {folder}.", "Free some: with a full disk the service becomes read-only (507).")
            : new Finding(Severity.Ok, "disk space", $"{Figures.Bytes(free)} are free at {folder}."));
    }

    /// <summary>A whole number; the service shows its settings as text.</summary>
    private static long Number(JsonElement features, string name) => Find(features, name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out long value) => value,
        { ValueKind: JsonValueKind.String } text when long.TryParse(text.GetString(), CultureInfo.InvariantCulture, out long value) => value,
        _ => 0,
    };

    /// <summary>A member by name, at any depth: where it stands among the features is the service's affair.</summary>
    private static JsonElement? Find(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (element.TryGetProperty(name, out JsonElement direct))
        {
            return direct;
        }

        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (Find(member.Value, name) is { } nested)
            {
                return nested;
            }
        }

        return null;
    }
}
