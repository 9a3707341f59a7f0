using System.Reflection;
using System.Xml.Linq;

namespace AuraMemory.Architecture.Tests;

public class ReferenceTests
{
    /// <summary>What each project of <c>src/</c> may know of the others.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["AuraMemory.Engine"] = [],
        ["AuraMemory.Client"] = [],
        ["AuraMemory.Topology"] = [],
        ["AuraMemory.Graph"] = ["AuraMemory.Topology"],
        ["AuraMemory.Server"] = ["AuraMemory.Engine", "AuraMemory.Graph", "AuraMemory.Topology"],
        ["AuraMemory.Cli"] = ["AuraMemory.Client", "AuraMemory.Server", "AuraMemory.Topology"],
    };

    private static readonly Assembly Engine = typeof(AuraMemory.Engine.MemoryStore).Assembly;
    private static readonly Assembly Server = typeof(AuraMemory.Server.ServerHost).Assembly;

    public static TheoryData<string> SourceProjects =>
        [.. Repository.Files.Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.EndsWith(".csproj", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void A_project_references_only_the_projects_below_it(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        IEnumerable<string> references = XDocument.Parse(Repository.Read(file)).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!));
        Assert.Equal(Allowed[name].Order(), references.Order());
    }

    [Fact]
    public void The_compiled_assemblies_reference_no_more_than_the_projects_say()
    {
        foreach (Assembly assembly in new[]
        {
            Engine, Server, typeof(AuraMemory.Client.AuraMemoryClient).Assembly, typeof(AuraMemory.Topology.Diagram).Assembly,
            Assembly.Load("aura-memory"),
        })
        {
            string name = assembly.GetName().Name == "aura-memory" ? "AuraMemory.Cli" : assembly.GetName().Name!;
            IEnumerable<string> own = assembly.GetReferencedAssemblies().Select(r => r.Name!).Where(n => n.StartsWith("AuraMemory", StringComparison.Ordinal));

            // The server's projects come along with it; the command line touches the engine only through what the server offers.
            string[] reachable = [.. Allowed[name], .. Allowed[name].SelectMany(p => Allowed[p])];
            Assert.All(own, reference => Assert.Contains(reference, reachable));
        }
    }

    [Fact]
    public void Only_the_program_sees_the_concrete_store()
    {
        IEnumerable<Type> users = CompiledTypes.Uses(Server).Where(u => u.To == typeof(AuraMemory.Engine.MemoryStore)).Select(u => u.From);
        Assert.Equal(["ServerProgram"], users.Select(u => u.Name).Distinct());
    }

    [Fact]
    public void The_server_knows_the_contracts_of_the_engine_and_none_of_its_parts()
    {
        string[] contracts = ["AuraMemory.Engine", "AuraMemory.Engine.Objects", "AuraMemory.Engine.Objects.Json", "AuraMemory.Engine.Tiers"];
        IEnumerable<TypeUse> beyond = CompiledTypes.Uses(Server).Where(u => u.To.Assembly == Engine && !contracts.Contains(u.To.Namespace) && u.To.Name != "HomeOpenException");
        Assert.Empty(beyond.Select(u => $"{u.From.FullName} uses {u.To.FullName}"));
    }

    [Fact]
    public void Only_the_store_opens_the_concrete_backends()
    {
        string[] backends = ["Home", "PersistentPool", "MemoryLadder", "Arena", "ObjectCatalog"];
        IReadOnlySet<Type> callers = CompiledTypes.CallersOf(Engine, called =>
            backends.Contains(called.DeclaringType!.Name) && (called.IsConstructor || (called.IsStatic && called.Name == "Open")));
        Assert.Equal(
            ["Home", "MemoryStore", "PersistentPool"],
            callers.Select(c => c.Name).Order()); // two of them end their own Open with their own constructor
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var inSolution = XDocument.Parse(Repository.Read("AuraMemory.slnx")).Descendants("Project")
            .Select(p => (string)p.Attribute("Path")!).ToHashSet();
        IEnumerable<string> missing = Repository.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal) && !inSolution.Contains(f));
        Assert.Empty(missing);
    }

    [Fact]
    public void Versions_of_packages_stand_in_one_file()
    {
        foreach (string file in Repository.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal) || f == "Directory.Build.props"))
        {
            IEnumerable<XElement> versioned = XDocument.Parse(Repository.Read(file)).Descendants("PackageReference")
                .Where(r => r.Attribute("Version") is not null || r.Attribute("VersionOverride") is not null || r.Element("Version") is not null);
            Assert.Empty(versioned.Select(r => $"{file}: {r}"));
        }
    }
}
