using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AuraMemory.Engine;
using AuraMemory.Graph.Neo4j.Client;

namespace AuraMemory.Server.Configuration;

/// <summary>What was read from all sources.</summary>
/// <param name="Server">Settings of the door.</param>
/// <param name="Store">Settings of the store.</param>
/// <param name="Errors">One message a bad setting; the start stops when there is any.</param>
/// <param name="Warnings">Settings that are understood and have no effect in this version.</param>
/// <param name="Shown">Settings in force by name; secrets are not among them.</param>
internal sealed record ReadSettings(
    ServerSettings Server, StoreOptions Store, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings,
    IReadOnlyDictionary<string, string> Shown);

/// <summary>Gathers settings from the section <c>AuraMemory</c>, the environment and the command line, later ones winning.</summary>
internal static class SettingsReader
{
    public const string Section = "AuraMemory";

    /// <summary>Settings that are the server's own.</summary>
    internal static readonly string[] ServerNames =
    [
        "max_body_bytes", "max_json_depth", "max_bulk_items", "max_body_bytes_in_flight", "body_wait_seconds", "benchmark_seconds",
        "shape_inline_microseconds", "shape_analysis_seconds", "shape_wait_seconds", "shape_max_numbers", "shape_max_points", "shape_max_points_asked",
        "shape_request_seconds", "shape_request_threads",
        "graph_query_seconds", "graph_query_rows", "graph_query_memory_bytes", "graph_query_threads", "graph_scores_seconds", "graph_signatures_seconds",
        "bolt_port", "bolt_connections",
        "shutdown_seconds", "api_keys", "allow_anonymous_network", "urls", "redis_url",
        "neo4j_uri", "neo4j_user", "neo4j_password", "neo4j_database", "neo4j_trust", "neo4j_adopt", "neo4j_refresh_seconds", "neo4j_connections",
    ];

    /// <summary>Options of the framework's own that may stand on the command line.</summary>
    private static readonly string[] FrameworkNames = ["environment", "contentRoot", "applicationName", "webroot"];

    public static ReadSettings Read(IConfiguration configuration, string[] args)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var errors = new List<string>();
        var keys = new List<string>();
        foreach ((string path, string? value) in configuration.GetSection(Section).AsEnumerable(makePathsRelative: true))
        {
            if (value is null || path.Length == 0)
            {
                continue;
            }

            if (path.StartsWith("api_keys:", StringComparison.OrdinalIgnoreCase))
            {
                keys.Add(value);
            }
            else
            {
                values[path] = value;
            }
        }

        FromEnvironment(values);
        FromArguments(args, values, errors);
        if (configuration["ASPNETCORE_URLS"] is { Length: > 0 } urls && !values.ContainsKey("urls"))
        {
            values["urls"] = urls;
        }

        if (values.TryGetValue("api_keys", out string? list) && list is not null)
        {
            keys = [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        }

        ServerSettings server = ReadServer(values, keys, errors);
        string folder = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "aura-memory");
        (StoreOptions store, IReadOnlyList<string> storeErrors) = StoreSettings.Bind(values, folder, ServerNames);
        errors.AddRange(storeErrors);
        return new ReadSettings(server, store, errors, Warnings(values), Show(server, store));
    }

    private static void FromEnvironment(Dictionary<string, string?> values)
    {
        foreach (string name in StoreSettings.All.Select(s => s.Name).Concat(ServerNames))
        {
            string variable = name.ToUpperInvariant().Replace(":", "__", StringComparison.Ordinal);

            // The names of the mission stand alone; so short a name as URLS or DATA must not be taken from anybody's environment.
            string? value = Environment.GetEnvironmentVariable("AURA_MEMORY_" + variable)
                ?? (name == "urls" ? null : Environment.GetEnvironmentVariable(variable));
            if (!string.IsNullOrEmpty(value))
            {
                values[name] = value;
            }
        }
    }

    private static void FromArguments(string[] args, Dictionary<string, string?> values, List<string> errors)
    {
        for (int i = 0; i < args.Length; i++)
        {
            string argument = args[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                errors.Add($"'{argument}' is not understood; settings are given as --name value.");
                continue;
            }

            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? argument[2..] : argument[2..equals];
            string? value = equals >= 0 ? argument[(equals + 1)..] : i + 1 < args.Length ? args[++i] : null;
            if (value is null)
            {
                errors.Add($"--{name} needs a value.");
            }
            else if (!FrameworkNames.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                values[name == "data" ? "data_folder" : name] = value;
            }
        }
    }

    private static ServerSettings ReadServer(Dictionary<string, string?> values, List<string> keys, List<string> errors)
    {
        var normal = new ServerSettings();
        return normal with
        {
            MaxBodyBytes = (int)Bytes("max_body_bytes", 1024, 1 << 30, normal.MaxBodyBytes),
            MaxJsonDepth = (int)Number("max_json_depth", 1, 512, normal.MaxJsonDepth),
            MaxBulkItems = (int)Number("max_bulk_items", 1, 100_000, normal.MaxBulkItems),
            MaxBodyBytesInFlight = Bytes("max_body_bytes_in_flight", 1 << 20, 64L << 30, normal.MaxBodyBytesInFlight),
            BodyWaitSeconds = Number("body_wait_seconds", 0, 300, normal.BodyWaitSeconds),
            BenchmarkSeconds = Number("benchmark_seconds", 1, 3600, normal.BenchmarkSeconds),
            ShapeInlineMicroseconds = Number("shape_inline_microseconds", 0, 100_000, normal.ShapeInlineMicroseconds),
            ShapeAnalysisSeconds = Number("shape_analysis_seconds", 0.1, 3600, normal.ShapeAnalysisSeconds),
            ShapeWaitSeconds = Number("shape_wait_seconds", 0.1, 600, normal.ShapeWaitSeconds),
            ShapeMaxNumbers = (int)Number("shape_max_numbers", 1000, 100_000_000, normal.ShapeMaxNumbers),
            ShapeMaxPoints = (int)Number("shape_max_points", 4, 4096, normal.ShapeMaxPoints),
            ShapeMaxPointsAsked = (int)Number("shape_max_points_asked", 4, 4096, normal.ShapeMaxPointsAsked),
            ShapeRequestSeconds = Number("shape_request_seconds", 0.1, 600, normal.ShapeRequestSeconds),
            ShapeRequestThreads = (int)Number("shape_request_threads", 1, 256, normal.ShapeRequestThreads),
            GraphQuerySeconds = Number("graph_query_seconds", 0.1, 600, normal.GraphQuerySeconds),
            GraphQueryRows = (int)Number("graph_query_rows", 1, 10_000_000, normal.GraphQueryRows),
            GraphQueryMemoryBytes = Bytes("graph_query_memory_bytes", 1 << 20, 16L << 30, normal.GraphQueryMemoryBytes),
            GraphQueryThreads = (int)Number("graph_query_threads", 1, 256, normal.GraphQueryThreads),
            GraphScoresSeconds = Number("graph_scores_seconds", 0, 86_400, normal.GraphScoresSeconds),
            GraphSignaturesSeconds = Number("graph_signatures_seconds", 0, 86_400, normal.GraphSignaturesSeconds),
            BoltPort = (int)Number("bolt_port", 0, 65_535, normal.BoltPort),
            BoltConnections = (int)Number("bolt_connections", 1, 10_000, normal.BoltConnections),
            Neo4jUri = Address("neo4j_uri"),
            Neo4jUser = Text("neo4j_user") ?? normal.Neo4jUser,
            Neo4jPassword = Text("neo4j_password"),
            Neo4jDatabase = Text("neo4j_database"),
            Neo4jTrust = Certificates("neo4j_trust"),
            Neo4jAdopt = Flag("neo4j_adopt"),
            Neo4jRefreshSeconds = Number("neo4j_refresh_seconds", 0, 86_400, normal.Neo4jRefreshSeconds),
            Neo4jConnections = (int)Number("neo4j_connections", 2, 1000, normal.Neo4jConnections),
            ShutdownSeconds = Number("shutdown_seconds", 1, 600, normal.ShutdownSeconds),
            ApiKeys = keys,
            AllowAnonymousNetwork = Flag("allow_anonymous_network"),
            Urls = values.GetValueOrDefault("urls") ?? normal.Urls,
        };

        string? Text(string name) => values.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

        string? Address(string name)
        {
            if (Text(name) is not { } text)
            {
                return null;
            }

            try
            {
                Neo4jAddress.Parse(text);
                return text;
            }
            catch (FormatException e)
            {
                errors.Add($"{name} is '{text}'. {e.Message}");
                return null;
            }
        }

        string? Certificates(string name)
        {
            if (Text(name) is not { } file)
            {
                return null;
            }

            try
            {
                var found = new X509Certificate2Collection();
                found.ImportFromPemFile(file);
                if (found.Count == 0)
                {
                    errors.Add($"{name} is '{file}', which has no certificate in PEM form.");
                }
            }
            catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
            {
                errors.Add($"{name} is '{file}', which cannot be read: {e.Message}");
            }

            return file;
        }

        double Number(string name, double least, double most, double usual)
        {
            if (values.GetValueOrDefault(name) is not { Length: > 0 } text)
            {
                return usual;
            }

            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most)
            {
                return value;
            }

            errors.Add($"{name} is '{text}'; it must be a number from {least} to {most}.");
            return usual;
        }

        long Bytes(string name, long least, long most, long usual)
        {
            if (values.GetValueOrDefault(name) is not { Length: > 0 } text)
            {
                return usual;
            }

            if (StoreSettings.TryParseBytes(text, out long value) && value >= least && value <= most)
            {
                return value;
            }

            errors.Add($"{name} is '{text}'; it must be a number of bytes from {least} to {most}.");
            return usual;
        }

        bool Flag(string name)
        {
            if (values.GetValueOrDefault(name) is not { Length: > 0 } text)
            {
                return false;
            }

            if (!bool.TryParse(text, out bool value))
            {
                errors.Add($"{name} is '{text}'; it must be true or false.");
            }

            return value;
        }
    }

    private static List<string> Warnings(Dictionary<string, string?> values)
    {
        var warnings = new List<string>();
        if (!string.IsNullOrEmpty(values.GetValueOrDefault("redis_url")))
        {
            warnings.Add("REDIS_URL is set and not used: this version has no Redis pool; cxl_hot is served by local memory.");
        }

        return warnings;
    }

    private static Dictionary<string, string> Show(ServerSettings server, StoreOptions store)
    {
        var shown = new Dictionary<string, string>
        {
            ["max_body_bytes"] = server.MaxBodyBytes.ToString(CultureInfo.InvariantCulture),
            ["max_json_depth"] = server.MaxJsonDepth.ToString(CultureInfo.InvariantCulture),
            ["max_bulk_items"] = server.MaxBulkItems.ToString(CultureInfo.InvariantCulture),
            ["max_body_bytes_in_flight"] = server.MaxBodyBytesInFlight.ToString(CultureInfo.InvariantCulture),
            ["shape_inline_microseconds"] = server.ShapeInlineMicroseconds.ToString(CultureInfo.InvariantCulture),
            ["shape_analysis_seconds"] = server.ShapeAnalysisSeconds.ToString(CultureInfo.InvariantCulture),
            ["shape_wait_seconds"] = server.ShapeWaitSeconds.ToString(CultureInfo.InvariantCulture),
            ["shape_max_numbers"] = server.ShapeMaxNumbers.ToString(CultureInfo.InvariantCulture),
            ["shape_max_points"] = server.ShapeMaxPoints.ToString(CultureInfo.InvariantCulture),
            ["shape_max_points_asked"] = server.ShapeMaxPointsAsked.ToString(CultureInfo.InvariantCulture),
            ["shape_request_seconds"] = server.ShapeRequestSeconds.ToString(CultureInfo.InvariantCulture),
            ["shape_request_threads"] = server.ShapeRequestThreads.ToString(CultureInfo.InvariantCulture),
            ["graph_query_seconds"] = server.GraphQuerySeconds.ToString(CultureInfo.InvariantCulture),
            ["graph_query_rows"] = server.GraphQueryRows.ToString(CultureInfo.InvariantCulture),
            ["graph_query_memory_bytes"] = server.GraphQueryMemoryBytes.ToString(CultureInfo.InvariantCulture),
            ["graph_query_threads"] = server.GraphQueryThreads.ToString(CultureInfo.InvariantCulture),
            ["graph_scores_seconds"] = server.GraphScoresSeconds.ToString(CultureInfo.InvariantCulture),
            ["graph_signatures_seconds"] = server.GraphSignaturesSeconds.ToString(CultureInfo.InvariantCulture),
            ["bolt_port"] = server.BoltPort.ToString(CultureInfo.InvariantCulture),
            ["bolt_connections"] = server.BoltConnections.ToString(CultureInfo.InvariantCulture),
            ["neo4j_uri"] = server.Neo4jUri ?? "not set",
            ["neo4j_user"] = server.Neo4jUser,
            ["neo4j_password"] = server.Neo4jPassword is null ? "not set" : "set",
            ["neo4j_database"] = server.Neo4jDatabase ?? "the user's own",
            ["neo4j_trust"] = server.Neo4jTrust ?? "not set",
            ["neo4j_adopt"] = server.Neo4jAdopt ? "true" : "false",
            ["neo4j_refresh_seconds"] = server.Neo4jRefreshSeconds.ToString(CultureInfo.InvariantCulture),
            ["neo4j_connections"] = server.Neo4jConnections.ToString(CultureInfo.InvariantCulture),
            ["api_keys"] = server.ApiKeys.Count > 0 ? "set" : "not set",
            ["allow_anonymous_network"] = server.AllowAnonymousNetwork ? "true" : "false",
            ["urls"] = server.Urls,
        };
        foreach (StoreSetting setting in StoreSettings.All)
        {
            if (setting.Show(store) is { } value)
            {
                shown[setting.Name] = value;
            }
        }

        return shown;
    }
}
