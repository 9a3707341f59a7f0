using System.Security.Cryptography;

namespace AuraMemory.Server.Neo4j;

/// <summary>Which store this is, so that a Neo4j that mirrors another one is not overwritten.</summary>
/// <remarks>
/// A random name in a file of the data folder, made when it is first asked for. A copy of the folder is the same store. Where the file is lost, the
/// Neo4j has to be given over anew (setting <c>neo4j_adopt</c>).
/// </remarks>
internal static class MirrorIdentity
{
    private const string FileName = "neo4j-mirror.id";
    private const int Bytes = 16;

    /// <summary>The name of the store in a data folder.</summary>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static string Of(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: 2 * Bytes } known)
        {
            return known;
        }

        string name = RandomNumberGenerator.GetHexString(2 * Bytes, lowercase: true);
        File.WriteAllText(path + ".new", name);
        File.Move(path + ".new", path, overwrite: true);
        return name;
    }
}

/// <summary>The Neo4j holds what is not this store's, and is left as it is.</summary>
internal sealed class MirrorRefusedException(string message) : Exception(message);
