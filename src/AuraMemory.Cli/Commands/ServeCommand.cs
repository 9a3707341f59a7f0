using System.CommandLine;

namespace AuraMemory.Cli.Commands;

/// <summary><c>serve</c>: the server in this process.</summary>
internal sealed class ServeCommand : ICliCommand
{
    /// <summary>Its name.</summary>
    public const string Name = "serve";

    private readonly Func<string[], CancellationToken, Task<int>> _serve;
    private readonly Argument<string[]> _options = new("options")
    {
        Description = "Options of the server, for example --urls http://localhost:9000 --data FOLDER",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public ServeCommand(Func<string[], CancellationToken, Task<int>> serve)
    {
        _serve = serve;
        Definition = new Command(
            Name,
            """
            Runs the service in this process until Ctrl-C. Everything after the command goes to the server as it is.

            Example: aura-memory serve --data ./memory --urls http://localhost:8001
            """)
        {
            _options,
        };
        Definition.TreatUnmatchedTokensAsErrors = false;
    }

    public Command Definition { get; }

    public Task<int> RunAsync(ParseResult parse, CancellationToken cancellation) =>
        _serve([.. parse.GetValue(_options) ?? [], .. parse.UnmatchedTokens], cancellation);
}
