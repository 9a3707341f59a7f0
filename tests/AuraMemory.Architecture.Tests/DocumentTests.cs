using System.Text.RegularExpressions;

namespace AuraMemory.Architecture.Tests;

/// <summary>Documents name what exists.</summary>
public partial class DocumentTests
{
    private static readonly string[] TopFolders = ["src", "tests", "bench", "samples", "docs", "eng"];

    private static readonly string[] Bases = ["", "src/AuraMemory.Engine/", "src/AuraMemory.Server/"];

    public static TheoryData<string> Documents =>
        [.. Repository.Files.Where(f => f.EndsWith(".md", StringComparison.Ordinal) && f != "CHANGELOG.md")];

    [Fact]
    public void The_folder_table_is_the_tree()
    {
        IEnumerable<string> there = TopFolders.SelectMany(Repository.FoldersUnder);
        IEnumerable<string> told = FolderRow().Matches(Repository.Read("ARCHITECTURE.md")).Select(m => m.Groups[1].Value)
            .Where(f => TopFolders.Contains(f.Split('/')[0]));
        Assert.Equal(there.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Files_and_folders_that_a_document_names_exist(string document)
    {
        var files = Repository.Files.ToHashSet();
        var folders = Repository.Files.Select(f => Path.GetDirectoryName(f)!.Replace('\\', '/')).ToHashSet();
        IEnumerable<string> missing = CodePath().Matches(Repository.Read(document)).Select(m => m.Groups[1].Value)
            .Where(IsOurs)
            .Where(name => !Bases.Append(Path.GetDirectoryName(document) + "/").Any(b =>
                name.EndsWith('/')
                    ? folders.Any(f => (f + "/").StartsWith(b + name, StringComparison.Ordinal))
                    : files.Contains(b + name) || folders.Contains(b + name) || (!name.Contains('/', StringComparison.Ordinal) && files.Any(f => f.EndsWith("/" + name, StringComparison.Ordinal)))));
        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_between_documents_lead_somewhere(string document)
    {
        string folder = Path.Combine(Repository.Root, Path.GetDirectoryName(document)!);
        IEnumerable<string> broken = Link().Matches(Repository.Read(document)).Select(m => m.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
            .Where(target => !Path.Exists(Path.Combine(folder, target.Split('#')[0])));
        Assert.Empty(broken);
    }

    /// <summary>True for what looks like a source file or one of our folders, not for files of users and of the data folder.</summary>
    private static bool IsOurs(string name) =>
        name.EndsWith(".cs", StringComparison.Ordinal) || name.EndsWith(".csproj", StringComparison.Ordinal)
        || (name.EndsWith('/') && (TopFolders.Contains(name.Split('/')[0]) || char.IsUpper(name[0])))
        || (TopFolders.Contains(name.Split('/')[0]) && name.Contains('/', StringComparison.Ordinal));

    [GeneratedRegex(@"^\| `([^`]+)/` \|", RegexOptions.Multiline)]
    private static partial Regex FolderRow();

    [GeneratedRegex(@"`([A-Za-z0-9_.\-/]+)`")]
    private static partial Regex CodePath();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
