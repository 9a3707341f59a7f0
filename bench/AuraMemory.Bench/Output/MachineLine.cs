using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AuraMemory.Bench.Output;

/// <summary>Where and of what a figure was measured.</summary>
internal static class MachineLine
{
    public static string Read()
    {
        string model = "";
        if (OperatingSystem.IsLinux())
        {
            foreach (string line in File.ReadLines("/proc/cpuinfo"))
            {
                if (line.StartsWith("model name", StringComparison.Ordinal))
                {
                    model = line[(line.IndexOf(':') + 1)..].Trim() + ", ";
                    break;
                }
            }
        }

        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;
        return $"{model}{Environment.ProcessorCount} cores, {memory} GiB, {RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}, {RuntimeInformation.FrameworkDescription}";
    }

    /// <summary>Commit of the working folder, with a mark when it has changes.</summary>
    public static string Commit()
    {
        string commit = Git("rev-parse", "--short=12", "HEAD");
        return commit.Length == 0 ? "unknown" : Git("status", "--porcelain", "--untracked-files=no").Length == 0 ? commit : commit + "+changes";
    }

    private static string Git(params string[] arguments)
    {
        try
        {
            using Process git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string text = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? text.Trim() : "";
        }
        catch (Win32Exception)
        {
            return ""; // no git here
        }
    }
}
