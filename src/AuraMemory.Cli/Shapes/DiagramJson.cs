using System.Text.Json;
using AuraMemory.Topology;

namespace AuraMemory.Cli.Shapes;

/// <summary>Diagrams as JSON: lists of [birth, death], null = the class never dies.</summary>
internal static class DiagramJson
{
    /// <summary>Reads a list of bars.</summary>
    /// <exception cref="FormatException">It is no such list.</exception>
    public static Diagram Read(JsonElement bars)
    {
        if (bars.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException($"a diagram is a list of [birth, death], not {bars.ValueKind}");
        }

        var all = new List<Bar>(bars.GetArrayLength());
        foreach (JsonElement bar in bars.EnumerateArray())
        {
            if (bar.ValueKind != JsonValueKind.Array || bar.GetArrayLength() != 2)
            {
                throw new FormatException($"{bar.GetRawText()} is not [birth, death]");
            }

            all.Add(new Bar(Number(bar[0]), bar[1].ValueKind == JsonValueKind.Null ? double.PositiveInfinity : Number(bar[1])));
        }

        return new Diagram(all.ToArray());
    }

    /// <summary>Reads diagrams by dimension: {"0": […], "1": […]}. Dimensions left out are empty.</summary>
    /// <exception cref="FormatException">They are not such diagrams.</exception>
    public static Barcode ReadBarcode(JsonElement diagrams)
    {
        var all = new Diagram[Barcode.HighestDimension + 1];
        Array.Fill(all, Diagram.Empty);
        int used = 0;
        foreach (JsonProperty member in diagrams.EnumerateObject())
        {
            int dimension = Dimension(member.Name);
            all[dimension] = Read(member.Value);
            used = Math.Max(used, dimension + 1);
        }

        return used == 0 ? throw new FormatException("there is no diagram") : new Barcode(all.AsSpan(0, used));
    }

    /// <summary>A member name that is a homology dimension.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static int Dimension(string name) => name is ['0'] or ['1'] or ['2']
        ? name[0] - '0'
        : throw new FormatException($"\"{name}\" is no homology dimension; there are 0, 1 and 2");

    /// <summary>Writes diagrams by dimension.</summary>
    public static void Write(Utf8JsonWriter writer, Barcode barcode)
    {
        writer.WriteStartObject();
        for (int dimension = 0; dimension < barcode.Dimensions; dimension++)
        {
            writer.WriteStartArray(dimension.ToString(System.Globalization.CultureInfo.InvariantCulture));
            foreach (Bar bar in barcode[dimension].Bars)
            {
                writer.WriteStartArray();
                writer.WriteNumberValue(bar.Birth);
                if (bar.IsEssential)
                {
                    writer.WriteNullValue();
                }
                else
                {
                    writer.WriteNumberValue(bar.Death);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>A number.</summary>
    /// <exception cref="FormatException">It is none, or too large.</exception>
    public static double Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw new FormatException($"{value.GetRawText()} is not a finite number");
}
