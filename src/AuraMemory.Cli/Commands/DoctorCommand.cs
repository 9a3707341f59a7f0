using System.CommandLine;
using System.Reflection;
using AuraMemory.Cli.Diagnosis;
using AuraMemory.Cli.Output;
using AuraMemory.Client;

namespace AuraMemory.Cli.Commands;

/// <summary><c>doctor</c>: what is wrong and what to do about it.</summary>
internal sealed class DoctorCommand : ICliCommand
{
    private readonly CliEnvironment _environment;
    private readonly GlobalOptions _globals;

    public DoctorCommand(CliEnvironment environment, GlobalOptions globals)
    {
        _environment = environment;
        _globals = globals;
        Definition = new Command(
            "doctor",
            """
            Checks that the service is reachable, ready and healthy, which tiers are emulated, its memory limit, disk
            space, clock and version. Every finding says what to do. Exit code 1 when there is a problem, 4 when the
            service is not reachable; notes are not problems.

            Example: aura-memory doctor --url http://localhost:8001
            """);
    }

    public Command Definition { get; }

    public async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string version = typeof(DoctorCommand).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
        using AuraMemoryClient client = _globals.Connect(parse, attemptTimeout: TimeSpan.FromSeconds(10));
        List<Finding> findings = await new Doctor(client, _environment.Time).ExamineAsync(version, cancellation).ConfigureAwait(false);
        if (parse.GetValue(_globals.Json))
        {
            JsonOutput.Write(_environment, writer =>
            {
                writer.WriteStartArray("findings");
                foreach (Finding finding in findings)
                {
                    writer.WriteStartObject();
                    writer.WriteString("severity", Word(finding.Severity));
                    writer.WriteString("check", finding.Check);
                    writer.WriteString("what", finding.What);
                    writer.WriteString("do", finding.Do);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
        }
        else
        {
            foreach (Finding finding in findings)
            {
                TextWriter output = _environment.Console.Profile.Out.Writer;
                output.WriteLine($"{Word(finding.Severity),-8} {finding.Check}: {finding.What}");
                if (finding.Do is { } advice)
                {
                    output.WriteLine($"         -> {advice}");
                }
            }
        }

        return findings.Exists(finding => finding is { Severity: Severity.Problem, Check: "reachable" }) ? ExitCodes.Unreachable
            : findings.Exists(finding => finding.Severity == Severity.Problem) ? ExitCodes.Failure
            : ExitCodes.Ok;
    }

    private static string Word(Severity severity) => severity switch
    {
        Severity.Ok => "ok",
        Severity.Note => "note",
        _ => "PROBLEM",
    };
}
