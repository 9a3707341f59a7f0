using System.Text.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Topology;

namespace AuraMemory.Server.Http.Requests;

/// <summary>Reads diagrams that a caller sends in place of data.</summary>
/// <remarks>
/// <c>{"diagrams": {"0": [[birth, death], …], "1": …, "2": …}}</c>, a death of null being that of a class which never dies: the
/// form in which the service itself answers, so an answer may be sent back as it is; its other members are passed over.
/// </remarks>
internal static class DiagramsReader
{
    /// <summary>Most bars of a dimension: an exact matching takes cubic time.</summary>
    public const int MostBars = 2048;

    private const int DeepestJson = 1024;

    /// <summary>Reads diagrams, where a value has them.</summary>
    /// <param name="json">A validated JSON value.</param>
    /// <param name="member">Its name in the request.</param>
    /// <param name="barcode">The diagrams; null when the value is data, or has a fault.</param>
    /// <returns>What is wrong with the diagrams; null when nothing is, or the value is data.</returns>
    public static Problem? Read(ReadOnlySpan<byte> json, string member, out Barcode? barcode)
    {
        barcode = null;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DeepestJson });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals("diagrams"u8);
            reader.Read();
            if (found)
            {
                return ReadDiagrams(ref reader, member + ".diagrams", out barcode);
            }

            reader.Skip();
        }

        return null;
    }

    private static Problem? ReadDiagrams(ref Utf8JsonReader reader, string path, out Barcode? barcode)
    {
        barcode = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Problem.Invalid(path, $"{path} must be an object with the dimensions \"0\", \"1\", \"2\".");
        }

        var diagrams = new Diagram[Barcode.HighestDimension + 1];
        int dimensions = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            int dimension = name is ['0' or '1' or '2'] ? name[0] - '0' : -1;
            if (dimension < 0)
            {
                return new Problem(
                    ProblemType.UnknownMember, $"{path}.{name} is not known here; {path} has the dimensions \"0\", \"1\", \"2\".", $"{path}.{name}");
            }

            if (ReadBars(ref reader, $"{path}.{name}", out diagrams[dimension]) is { } problem)
            {
                return problem;
            }

            dimensions = Math.Max(dimensions, dimension + 1);
        }

        if (dimensions == 0)
        {
            return Problem.Invalid(path, $"{path} is empty; it must have one of the dimensions \"0\", \"1\", \"2\".");
        }

        for (int i = 0; i < dimensions; i++)
        {
            diagrams[i] ??= Diagram.Empty;
        }

        barcode = new Barcode(diagrams.AsSpan(0, dimensions));
        return null;
    }

    private static Problem? ReadBars(ref Utf8JsonReader reader, string path, out Diagram diagram)
    {
        diagram = Diagram.Empty;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return Problem.Invalid(path, $"{path} must be an array of bars, each [birth, death].");
        }

        var bars = new List<Bar>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (bars.Count == MostBars)
            {
                return new Problem(ProblemType.TooMuchWork, $"{path} has more than {MostBars} bars.", path);
            }

            if (!TryBar(ref reader, out Bar bar))
            {
                string element = $"{path}[{bars.Count}]";
                return Problem.Invalid(
                    element, $"{element} must be [birth, death]: a number, and a number that is not smaller or null for a class that never dies.");
            }

            bars.Add(bar);
        }

        diagram = new Diagram(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bars));
        return null;
    }

    private static bool TryBar(ref Utf8JsonReader reader, out Bar bar)
    {
        bar = default;
        if (reader.TokenType != JsonTokenType.StartArray || !reader.Read() || !TryFinite(ref reader, out double birth) || !reader.Read())
        {
            return false;
        }

        double death = double.PositiveInfinity;
        if (reader.TokenType != JsonTokenType.Null && (!TryFinite(ref reader, out death) || death < birth))
        {
            return false;
        }

        bar = new Bar(birth, death);
        return reader.Read() && reader.TokenType == JsonTokenType.EndArray;
    }

    private static bool TryFinite(ref Utf8JsonReader reader, out double value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out value) && double.IsFinite(value);
    }
}
