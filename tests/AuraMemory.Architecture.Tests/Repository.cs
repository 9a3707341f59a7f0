using System.Diagnostics;

namespace AuraMemory.Architecture.Tests;

/// <summary>The files of the working copy that this assembly was built from.</summary>
internal static class Repository
{
    private static readonly Lazy<string[]> Listed = new(List);

    /// <summary>Its folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Files under version control, or about to be, by path from the root with <c>/</c>; without build output.</summary>
    public static IReadOnlyList<string> Files => Listed.Value;

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>Folders under <paramref name="top"/> that hold a file or a folder that does, the top one included.</summary>
    public static SortedSet<string> FoldersUnder(string top)
    {
        var folders = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string file in Files)
        {
            for (string? folder = Parent(file); folder is not null; folder = Parent(folder))
            {
                if (folder == top || folder.StartsWith(top + "/", StringComparison.Ordinal))
                {
                    folders.Add(folder);
                }
            }
        }

        return folders;
    }

    private static string? Parent(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? null : path[..slash];
    }

    private static string[] List()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        using Process git = Process.Start(start)!;
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);

        // A file that was deleted and not yet committed is still listed.
        return [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(f => File.Exists(Path.Combine(Root, f)))];
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "AuraMemory.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The solution is not above the tests.");
    }
}
