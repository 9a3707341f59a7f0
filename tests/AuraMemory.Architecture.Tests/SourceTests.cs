using System.Reflection;
using System.Text.RegularExpressions;

namespace AuraMemory.Architecture.Tests;

/// <summary>Rules that hold for every file.</summary>
public partial class SourceTests
{
    private const int MostLines = 450;

    private static IEnumerable<string> Sources => Repository.Files.Where(f =>
        f.StartsWith("src/", StringComparison.Ordinal) && f.EndsWith(".cs", StringComparison.Ordinal));

    [Fact]
    public void No_source_file_is_longer_than_one_can_keep_in_mind() =>
        Assert.DoesNotContain(Sources, f => File.ReadLines(Path.Combine(Repository.Root, f)).Count() > MostLines);

    [Fact]
    public void Nothing_is_left_to_be_done_later() =>
        Assert.DoesNotContain(Sources, f => Unfinished().IsMatch(Repository.Read(f)));

    [Fact]
    public void Names_of_files_and_types_say_what_they_are()
    {
        Assert.DoesNotContain(Repository.Files, f => Vague().IsMatch(Path.GetFileNameWithoutExtension(f)));
        Assembly[] ours =
        [
            typeof(AuraMemory.Engine.MemoryStore).Assembly, typeof(AuraMemory.Server.ServerHost).Assembly,
            typeof(AuraMemory.Client.AuraMemoryClient).Assembly, typeof(AuraMemory.Topology.Diagram).Assembly,
            Assembly.Load("aura-memory"),
        ];
        IEnumerable<string> vague = ours.SelectMany(a => a.GetTypes())
            .Where(t => t.Namespace?.StartsWith("AuraMemory", StringComparison.Ordinal) == true && Vague().IsMatch(t.Name.Split('`')[0]))
            .Select(t => t.FullName!);
        Assert.Empty(vague);
    }

    [Fact]
    public void No_file_names_a_folder_or_a_registry_of_somebodys_machine()
    {
        var found = new List<string>();
        foreach (string file in Repository.Files.Where(f => !f.StartsWith("samples/data/", StringComparison.Ordinal)))
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(Repository.Root, file));
            if (!bytes.Contains((byte)0) && MachinePath().Match(System.Text.Encoding.UTF8.GetString(bytes)) is { Success: true } match)
            {
                found.Add($"{file}: {match.Value}");
            }
        }

        Assert.Empty(found);
    }

    [Fact]
    public void No_restore_source_is_fixed() =>
        Assert.DoesNotContain(Repository.Files, f => Path.GetFileName(f).Equals("nuget.config", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void The_banned_symbols_are_in_force_for_everything_shipped()
    {
        string props = Repository.Read("Directory.Build.props");
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", props, StringComparison.Ordinal);
        Assert.Contains("eng/BannedSymbols.txt", props, StringComparison.Ordinal);
        string banned = Repository.Read("eng/BannedSymbols.txt");
        foreach (string symbol in new[] { "System.DateTime.UtcNow", "System.DateTime.Now", "System.Random.Shared", "System.Threading.Thread.Sleep" })
        {
            Assert.Contains(symbol, banned, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Sources, f => Repository.Read(f).Contains("pragma warning disable RS0030", StringComparison.Ordinal));
    }

    // The words are put together so that this file does not find itself.
    [GeneratedRegex("\\b(TO" + "DO|FIX" + "ME|XXX|HACK)\\b|NotImplemented" + "Exception")]
    private static partial Regex Unfinished();

    [GeneratedRegex("(Util|Utils|Utilities|Helper|Helpers|Manager)$")]
    private static partial Regex Vague();

    [GeneratedRegex("(?<![\\w.])/(work|root|home/[a-z]+)/[a-z]|[A-Z]:\\\\\\\\?Users\\\\|(artifactory|nexus|registry|mirror|proxy)\\.[a-z0-9.-]+\\.[a-z]{2,}", RegexOptions.None)]
    private static partial Regex MachinePath();
}
