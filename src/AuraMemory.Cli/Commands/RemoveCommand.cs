using System.CommandLine;
using AuraMemory.Client;

namespace AuraMemory.Cli.Commands;

/// <summary><c>rm</c>: deletes one object.</summary>
internal sealed class RemoveCommand : ICliCommand
{
    private readonly CliEnvironment _environment;
    private readonly GlobalOptions _globals;
    private readonly Argument<string> _key = new("key") { Description = "Key of the object" };

    public RemoveCommand(CliEnvironment environment, GlobalOptions globals)
    {
        _environment = environment;
        _globals = globals;
        Definition = new Command(
            "rm",
            """
            Deletes an object and its relationships. Exit code 3 when there is no such object.

            Example: aura-memory rm sensor_123
            """)
        {
            _key,
        };
    }

    public Command Definition { get; }

    public async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string key = parse.GetRequiredValue(_key);
        using AuraMemoryClient client = _globals.Connect(parse);
        if (await client.DeleteObjectAsync(key, cancellation: cancellation).ConfigureAwait(false) is null)
        {
            _environment.Note($"There is no object {key}.");
            return ExitCodes.NotFound;
        }

        if (!parse.GetValue(_globals.Quiet))
        {
            _environment.Print($"{key} deleted.");
        }

        return ExitCodes.Ok;
    }
}
