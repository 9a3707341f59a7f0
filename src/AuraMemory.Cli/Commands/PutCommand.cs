using System.CommandLine;
using System.Text;
using System.Text.Json;
using AuraMemory.Cli.Output;
using AuraMemory.Client;
using AuraMemory.Client.Wire;

namespace AuraMemory.Cli.Commands;

/// <summary><c>put</c>: stores one object.</summary>
internal sealed class PutCommand : ICliCommand
{
    private readonly CliEnvironment _environment;
    private readonly GlobalOptions _globals;
    private readonly Argument<string> _key = new("key") { Description = "Key: 1 to 512 of A-Z a-z 0-9 _ . : -" };
    private readonly Argument<string?> _file = new("file")
    {
        Description = "File with the JSON, or - for standard input",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _data = new("--data") { Description = "The JSON itself", HelpName = "json" };
    private readonly Option<string?> _metadata = new("--metadata") { Description = "A JSON object kept beside it", HelpName = "json" };
    private readonly Option<string[]> _related = new("--related") { Description = "Key it is related to; may be repeated", HelpName = "key" };
    private readonly Option<string?> _tier = new("--tier") { Description = "Tier in which a copy is wanted" };
    private readonly Option<double?> _ttl = new("--ttl") { Description = "Seconds until it expires" };
    private readonly Option<string?> _durability = new("--durability") { Description = "volatile, process or fsync" };

    public PutCommand(CliEnvironment environment, GlobalOptions globals)
    {
        _environment = environment;
        _globals = globals;
        Definition = new Command(
            "put",
            """
            Stores one object from a file, standard input or the command line.

            Example: aura-memory put sensor_123 --data '{"readings":[1,2,3,2,1]}' --related sensor_122
            """)
        {
            _key, _file, _data, _metadata, _related, _tier, _ttl, _durability,
        };
    }

    public Command Definition { get; }

    public async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string? file = parse.GetValue(_file);
        string? data = parse.GetValue(_data);
        if (file is null == data is null)
        {
            throw new UsageException("Give either a file (or -) or --data, for example: aura-memory put k --data '{\"a\":1}'");
        }

        byte[] json = data is not null ? Encoding.UTF8.GetBytes(data)
            : file == "-" ? await ReadInputAsync(cancellation).ConfigureAwait(false)
            : await File.ReadAllBytesAsync(file!, cancellation).ConfigureAwait(false);
        string[] related = parse.GetValue(_related) ?? [];
        var request = new StoreRequest
        {
            Key = parse.GetRequiredValue(_key),
            Data = Parse(json, data is not null ? "--data" : file!),
            Metadata = parse.GetValue(_metadata) is { } metadata ? Parse(Encoding.UTF8.GetBytes(metadata), "--metadata") : null,
            Relationships = related.Length == 0 ? null : Array.ConvertAll(related, key => new RelationshipTo(key)),
            PreferredTier = parse.GetValue(_tier),
            TtlSeconds = parse.GetValue(_ttl),
            Durability = parse.GetValue(_durability),
        };
        using AuraMemoryClient client = _globals.Connect(parse);
        StoreResponse stored = await client.StoreAsync(request, cancellation).ConfigureAwait(false);
        if (parse.GetValue(_globals.Json))
        {
            JsonOutput.Write(_environment, writer =>
            {
                writer.WriteString("key", stored.Key);
                writer.WriteString("tier", stored.Tier);
                writer.WriteNumber("size_bytes", stored.SizeBytes);
                writer.WriteNumber("version", stored.Version);
                writer.WriteNumber("latency_ns", stored.LatencyNs);
            });
        }
        else if (!parse.GetValue(_globals.Quiet))
        {
            _environment.Print(
                $"{stored.Key}: {Figures.Bytes(stored.SizeBytes)} in {stored.Tier}, version {stored.Version}.");
        }

        return ExitCodes.Ok;
    }

    private async Task<byte[]> ReadInputAsync(CancellationToken cancellation)
    {
        var all = new MemoryStream();
        await using Stream input = _environment.OpenInput();
        await input.CopyToAsync(all, cancellation).ConfigureAwait(false);
        return all.ToArray();
    }

    private static JsonElement Parse(byte[] json, string source)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException wrong)
        {
            throw new UsageException($"{source} is not JSON: {wrong.Message}");
        }
    }
}
