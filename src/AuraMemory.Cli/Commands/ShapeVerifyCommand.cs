using System.CommandLine;
using System.Globalization;
using AuraMemory.Cli.Output;
using AuraMemory.Cli.Shapes;

namespace AuraMemory.Cli.Commands;

/// <summary><c>shape verify</c>: reference records against this build's own answers.</summary>
internal sealed class ShapeVerifyCommand : ICliCommand
{
    private readonly CliEnvironment _environment;
    private readonly GlobalOptions _globals;
    private readonly Argument<string> _folder = new("folder") { Description = "Folder with diagrams.jsonl, distances.jsonl and knn.json" };

    public ShapeVerifyCommand(CliEnvironment environment, GlobalOptions globals)
    {
        _environment = environment;
        _globals = globals;
        Definition = new Command(
            "verify",
            """
            Computes every record of a reference folder and compares: diagrams of inputs, distances of diagrams, nearest
            neighbours. Numbers must agree to 1e-9 of the record's scale. Needs no service. Ends with 1 if anything fails,
            a missing file included; the last line is "N passed, N failed".

            Example: aura-memory shape verify reference
            """)
        {
            _folder,
        };
    }

    public Command Definition { get; }

    public Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        IReadOnlyList<ReferenceTally> tallies = new ReferenceVerification(parse.GetRequiredValue(_folder), cancellation).Run();
        int passed = 0;
        int failed = 0;
        foreach (ReferenceTally tally in tallies)
        {
            passed += tally.Passed;
            failed += tally.Failed;
            foreach (string reason in tally.Reasons)
            {
                _environment.Note(reason);
            }
        }

        if (parse.GetValue(_globals.Json))
        {
            JsonOutput.Write(_environment, writer =>
            {
                writer.WriteStartArray("kinds");
                foreach (ReferenceTally tally in tallies)
                {
                    writer.WriteStartObject();
                    writer.WriteString("kind", tally.Kind);
                    writer.WriteNumber("checked", tally.Checked);
                    writer.WriteNumber("passed", tally.Passed);
                    writer.WritePropertyName("worst_deviation");
                    if (double.IsFinite(tally.Worst))
                    {
                        writer.WriteNumberValue(tally.Worst);
                    }
                    else
                    {
                        writer.WriteNullValue();
                    }

                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteNumber("passed", passed);
                writer.WriteNumber("failed", failed);
            });
        }
        else
        {
            foreach (ReferenceTally tally in tallies)
            {
                _environment.Print(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{tally.Kind}: {tally.Checked} checked, {tally.Passed} passed, worst deviation {(double.IsFinite(tally.Worst) ? tally.Worst.ToString("0.0e+00", CultureInfo.InvariantCulture) : "without measure")}"));
            }

            _environment.Print($"{passed} passed, {failed} failed");
        }

        return Task.FromResult(failed == 0 ? ExitCodes.Ok : ExitCodes.Failure);
    }
}
