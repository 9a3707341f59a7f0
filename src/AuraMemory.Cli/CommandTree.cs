using System.CommandLine;
using System.CommandLine.Invocation;
using AuraMemory.Cli.Commands;
using AuraMemory.Cli.Output;
using AuraMemory.Client;

namespace AuraMemory.Cli;

/// <summary>All commands, and the one place where their failures become sentences and exit codes.</summary>
internal sealed class CommandTree
{
    private readonly CliEnvironment _environment;
    private readonly RootCommand _root;

    public CommandTree(CliEnvironment environment)
    {
        _environment = environment;
        var globals = new GlobalOptions(environment);
        _root = new RootCommand(
            """
            Runs and talks to an AURA Memory Tiers service.

            First steps:
              aura-memory serve                            (in another terminal)
              aura-memory put greeting --data '{"hello":"world"}'
              aura-memory get greeting
              aura-memory import samples/data/activities.ndjson
              aura-memory tiers

            Exit codes: 0 done, 1 failed, 2 command line not understood, 3 no such object,
            4 service unreachable, 130 interrupted.
            """)
        {
            globals.Url, globals.ApiKey, globals.Json, globals.Quiet,
        };
        ICliCommand[] commands =
        [
            new ImportCommand(environment, globals), new ExportCommand(environment, globals),
            new GetCommand(environment, globals), new PutCommand(environment, globals),
            new RemoveCommand(environment, globals), new ListCommand(environment, globals),
            new TiersCommand(environment, globals), new StatsCommand(environment, globals),
            new BenchCommand(environment, globals), new DoctorCommand(environment, globals),
        ];
        if (environment.Serve is not null)
        {
            _root.Add(Wire(new ServeCommand(environment.Serve)));
        }

        foreach (ICliCommand command in commands)
        {
            _root.Add(Wire(command));
        }

        var shape = new Command("shape", "Shapes of data: persistence diagrams and their distances. Computed here; needs no service.");
        foreach (ICliCommand command in new ICliCommand[]
        {
            new ShapeAnalyzeCommand(environment, globals), new ShapeDistanceCommand(environment, globals), new ShapeVerifyCommand(environment, globals),
        })
        {
            shape.Add(Wire(command));
        }

        _root.Add(shape);
    }

    /// <summary>Parses and runs a command line.</summary>
    public async Task<int> RunAsync(string[] arguments, CancellationToken cancellation = default)
    {
        ParseResult parse = _root.Parse(arguments);
        using var output = new ConsoleText(_environment.Console);
        using var errors = new ConsoleText(_environment.Notes);
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = errors,
            EnableDefaultExceptionHandler = false,
            // The server stops itself, in the time its settings give it. Every other command only has a checkpoint to write.
            ProcessTerminationTimeout = parse.CommandResult.Command.Name == ServeCommand.Name ? null : TimeSpan.FromSeconds(15),
        };
        int code = await parse.InvokeAsync(configuration, cancellation).ConfigureAwait(false);
        return parse.Action is ParseErrorAction ? ExitCodes.Usage : code;
    }

    private Command Wire(ICliCommand command)
    {
        Command definition = command.Definition;
        definition.SetAction(async (parse, cancellation) =>
        {
            try
            {
                return await command.RunAsync(parse, cancellation).ConfigureAwait(false);
            }
            catch (AuraMemoryException failure)
            {
                foreach (string line in ErrorSentences.Of(failure))
                {
                    _environment.Note(line);
                }

                return ErrorSentences.ExitCode(failure);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                _environment.Note("Interrupted.");
                return ExitCodes.Interrupted;
            }
            catch (UsageException wrong)
            {
                _environment.Note(wrong.Message);
                return ExitCodes.Usage;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                _environment.Note(failure.Message);
                return ExitCodes.Failure;
            }
        });
        return definition;
    }
}

/// <summary>One command: its definition and what it does.</summary>
internal interface ICliCommand
{
    /// <summary>Name, description with an example, arguments and options.</summary>
    Command Definition { get; }

    /// <summary>Does it; the exit code is the result.</summary>
    Task<int> RunAsync(ParseResult parse, CancellationToken cancellation);
}

/// <summary>The command line parses but asks for something that makes no sense.</summary>
internal sealed class UsageException(string message) : Exception(message);
