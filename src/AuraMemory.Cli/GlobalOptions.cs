using System.CommandLine;
using System.CommandLine.Parsing;
using AuraMemory.Client;

namespace AuraMemory.Cli;

/// <summary>Options every command understands.</summary>
internal sealed class GlobalOptions
{
    private readonly CliEnvironment _environment;

    public GlobalOptions(CliEnvironment environment)
    {
        _environment = environment;
        Url = new Option<Uri>("--url")
        {
            Description = "Address of the service, also AURA_MEMORY_URL",
            Recursive = true,
            HelpName = "address",
            CustomParser = ParseUrl,
            DefaultValueFactory = _ => new Uri(environment.Variable("AURA_MEMORY_URL") is { Length: > 0 } set
                && Uri.TryCreate(set, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
                    ? set
                    : "http://localhost:8001"),
        };
        ApiKey = new Option<string?>("--api-key")
        {
            Description = "API key of the service, also AURA_MEMORY_API_KEY",
            Recursive = true,
            HelpName = "key",
        };
        Json = new Option<bool>("--json") { Description = "Write results as JSON for machines", Recursive = true };
        Quiet = new Option<bool>("--quiet", "-q") { Description = "Write no progress and no notes", Recursive = true };
    }

    public Option<Uri> Url { get; }

    public Option<string?> ApiKey { get; }

    public Option<bool> Json { get; }

    public Option<bool> Quiet { get; }

    /// <summary>A client for what the command line says.</summary>
    public AuraMemoryClient Connect(ParseResult parse, TimeSpan? attemptTimeout = null) => _environment.Connect(
        parse.GetRequiredValue(Url),
        parse.GetValue(ApiKey) ?? (_environment.Variable("AURA_MEMORY_API_KEY") is { Length: > 0 } key ? key : null),
        attemptTimeout);

    private static Uri? ParseUrl(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https")
        {
            return uri;
        }

        result.AddError($"--url: \"{text}\" is not an http or https address, for example http://localhost:8001.");
        return null;
    }
}
