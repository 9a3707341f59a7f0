using System.Text;
using Spectre.Console.Testing;

namespace AuraMemory.Cli.Tests;

/// <summary>Runs command lines in this process against a fake service, in a folder of its own.</summary>
internal sealed class CommandLine : IDisposable
{
    private readonly Dictionary<string, string> _variables = [];

    public FakeService Service { get; } = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("aura-cli-").FullName;

    public string Input { get; set; } = "";

    /// <summary>Tables and text.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Progress, notes, errors.</summary>
    public string Notes { get; private set; } = "";

    /// <summary>Bytes on standard output.</summary>
    public string Output { get; private set; } = "";

    public string[]? Served { get; private set; }

    public string PathOf(string name) => Path.Combine(Folder, name);

    public string Write(string name, params string[] lines)
    {
        File.WriteAllText(PathOf(name), string.Concat(lines.Select(l => l + "\n")));
        return PathOf(name);
    }

    public void Set(string variable, string value) => _variables[variable] = value;

    public Task<int> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    public async Task<int> RunAsync(CancellationToken cancellation, params string[] arguments)
    {
        using var text = new TestConsole();
        text.Profile.Width = 200;
        using var notes = new TestConsole();
        notes.Profile.Width = 400;
        using var output = new UnclosedStream();
        var environment = new CliEnvironment
        {
            Serve = (args, _) =>
            {
                Served = args;
                return Task.FromResult(0);
            },
            Console = text,
            Notes = notes,
            OpenOutput = () => output,
            OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(Input)),
            Variable = name => _variables.GetValueOrDefault(name),
            Transport = Service,
        };
        int code = await new CommandTree(environment).RunAsync(arguments, cancellation);
        Text = text.Output;
        Notes = notes.Output;
        Output = Encoding.UTF8.GetString(output.ToArray());
        return code;
    }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        Service.Dispose();
    }

    private sealed class UnclosedStream : MemoryStream
    {
        protected override void Dispose(bool disposing)
        {
            // Commands close what they open; the test reads it afterwards.
        }
    }
}
