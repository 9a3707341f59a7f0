namespace AuraMemory.Crash.Tests;

/// <summary>A folder that is deleted at the end of a test.</summary>
internal sealed class DataFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("aura-crash-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
