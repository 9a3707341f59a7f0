using AuraMemory.Client;
using Spectre.Console;

namespace AuraMemory.Cli;

/// <summary>Everything a command may touch outside itself, so that tests can hand in their own.</summary>
internal sealed class CliEnvironment
{
    private const int RedirectedWidth = 240;

    /// <summary>Runs the server until it is told to stop; returns its exit code. Null = this build has no server.</summary>
    public Func<string[], CancellationToken, Task<int>>? Serve { get; init; }

    /// <summary>Results for people: tables, text.</summary>
    public required IAnsiConsole Console { get; init; }

    /// <summary>Progress, notes and errors; never mixed with results.</summary>
    public required IAnsiConsole Notes { get; init; }

    /// <summary>Results for machines, bytes as they are.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    /// <summary>Standard input.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Clock and timers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Transport; null = the network.</summary>
    public HttpMessageHandler? Transport { get; init; }

    /// <summary>The real thing.</summary>
    public static CliEnvironment OfProcess(Func<string[], CancellationToken, Task<int>>? serve)
    {
        if (System.Console.IsOutputRedirected)
        {
            // A pipe has no width: at the 80 columns assumed for it, names would be broken in the middle and grep find none.
            AnsiConsole.Console.Profile.Width = RedirectedWidth;
        }

        return new CliEnvironment
        {
            Serve = serve,
            Console = AnsiConsole.Console,
            Notes = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(System.Console.Error) }),
            OpenOutput = System.Console.OpenStandardOutput,
            OpenInput = System.Console.OpenStandardInput,
            Variable = Environment.GetEnvironmentVariable,
        };
    }

    /// <summary>Writes a sentence for people beside the results. Not wrapped: logs and scripts want whole lines.</summary>
    public void Note(string sentence) => Notes.Profile.Out.Writer.WriteLine(sentence);

    /// <summary>Writes a line of a result, not wrapped.</summary>
    public void Print(string line) => Console.Profile.Out.Writer.WriteLine(line);

    /// <summary>A client for the address and key of the command line.</summary>
    public AuraMemoryClient Connect(Uri url, string? apiKey, TimeSpan? attemptTimeout = null) => new(
        new AuraMemoryClientOptions
        {
            BaseAddress = url,
            ApiKey = apiKey,
            Time = Time,
            AttemptTimeout = attemptTimeout ?? TimeSpan.FromSeconds(100),
        },
        Transport);
}
