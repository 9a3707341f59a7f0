using System.Diagnostics;

namespace AuraMemory.Bench.Processes;

/// <summary>A process of this same program that obeys one line after another and answers each with one line.</summary>
internal sealed class SelfProcess : IDisposable
{
    private readonly Process _process;

    public SelfProcess(params string[] arguments)
    {
        _process = Start(arguments, redirectInput: true);
        First = Answer();
    }

    /// <summary>The line the process printed when it was ready.</summary>
    public string First { get; }

    public int Id => _process.Id;

    /// <summary>Starts this program again, however it was started itself.</summary>
    public static Process Start(string[] arguments, bool redirectInput)
    {
        string program = Environment.ProcessPath ?? throw new BenchException("The path of this program is not known.");
        var start = new ProcessStartInfo(program) { RedirectStandardInput = redirectInput, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "AuraMemory.Bench.dll"));
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new BenchException("A process could not be started.");
    }

    public string Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return Answer();
    }

    public void Dispose()
    {
        // An empty standard input is the sign to leave; who does not is made to.
        _process.StandardInput.Dispose();
        if (!_process.WaitForExit(30_000))
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private string Answer() =>
        _process.StandardOutput.ReadLine() ?? throw new BenchException("A process of the benchmark ended unexpectedly.");
}
