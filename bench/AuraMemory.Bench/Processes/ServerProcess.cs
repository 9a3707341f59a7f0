using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AuraMemory.Bench.Output;

namespace AuraMemory.Bench.Processes;

/// <summary>A server started for a measurement, on a free port of the loopback; killed at the end.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const int GiveUpSeconds = 120;

    private readonly Process _process;

    private ServerProcess(Process process, int port, double readyMilliseconds)
    {
        _process = process;
        Port = port;
        ReadyMilliseconds = readyMilliseconds;
    }

    public int Id => _process.Id;

    public int Port { get; }

    /// <summary>From the start of the process to its first good answer, milliseconds.</summary>
    public double ReadyMilliseconds { get; }

    /// <summary>Publishes our server and returns its assembly.</summary>
    public static string Publish(string folder)
    {
        BenchReport.Progress("publishing the server");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (string argument in (string[])["publish", "-c", "Release", "--nologo", "-v", "quiet", "-o", folder, Path.Combine(Root(), "src", "AuraMemory.Server")])
        {
            start.ArgumentList.Add(argument);
        }

        using Process publish = Process.Start(start)!;
        string output = publish.StandardOutput.ReadToEnd();
        publish.WaitForExit();
        return publish.ExitCode == 0
            ? Path.Combine(folder, "AuraMemory.Server.dll")
            : throw new BenchException("The server could not be published: " + output);
    }

    /// <summary>Starts our server and waits until it is ready.</summary>
    public static ServerProcess StartOurs(string assembly, string data)
    {
        int port = FreePort();
        return Start("dotnet", [assembly, "--urls", $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", "--data", data], port);
    }

    /// <summary>Starts the hand-written endpoint of this program.</summary>
    public static ServerProcess StartPeer(long objects, int bytes)
    {
        int port = FreePort();
        string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
        string[] arguments = ["rest-peer", "--port", Number(port), "--n", Number(objects), "--size", Number(bytes)];
        return Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "AuraMemory.Bench.dll"), .. arguments], port);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static ServerProcess Start(string program, string[] arguments, int port)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        long began = Stopwatch.GetTimestamp();
        Process process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        var errors = new System.Text.StringBuilder();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        using var pause = new ManualResetEventSlim();
        while (!IsReady(port))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began).TotalSeconds > GiveUpSeconds)
            {
                throw new BenchException("The server did not become ready: " + errors);
            }

            pause.Wait(2);
        }

        return new ServerProcess(process, port, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    private static bool IsReady(int port)
    {
        try
        {
            using var connection = new HttpConnection(port);
            return connection.Send(HttpConnection.Get("/health/ready")) == 200;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AuraMemory.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new BenchException("The solution's folder was not found above the program.");
    }
}
