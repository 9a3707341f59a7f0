namespace AuraMemory.Bench;

/// <summary>Data and peers that lie beside the project, in a folder <c>shared</c> next to any folder above the program: what a command takes when it is not told another.</summary>
internal static class SharedFolder
{
    /// <summary>A folder in it; empty when it is not there.</summary>
    /// <param name="part">Path below <c>shared</c>.</param>
    public static string Find(string part)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "shared", part);
            if (Directory.Exists(path))
            {
                return path;
            }
        }

        return "";
    }
}
