using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Shapes;
using AuraMemory.Topology;

namespace AuraMemory.Server.Http.Responses;

/// <summary>Writes shapes in the form that callers get, and may send back.</summary>
internal static class ShapeJson
{
    private static readonly byte[][] Dimensions = ["0"u8.ToArray(), "1"u8.ToArray(), "2"u8.ToArray()];

    /// <summary>Writes what a shape was computed from and how exact it is, into an object that is open.</summary>
    public static void Describe(JsonOut to, ShapeAnalysis shape)
    {
        to.Member("kind"u8, ShapeOptionsText.NameOf(shape.Kind)).Member("filtration"u8, ShapeOptionsText.NameOf(shape.Filtration));
        if (shape.Kind == ShapeKind.Grid)
        {
            to.Member("cells"u8, ShapeOptionsText.NameOf(shape.Cells));
        }

        to.Member("path"u8, shape.Path).Member("points"u8, shape.Points).Member("used_points"u8, shape.UsedPoints)
            .Member("scale"u8, shape.Scale).Member("error_bound"u8, shape.ErrorBound)
            .Member("dropped_half_persistence"u8, shape.DroppedHalfPersistence).OpenMember("notes"u8, '[');
        foreach (string note in shape.Notes)
        {
            to.Value(note);
        }

        to.Close(']');
    }

    /// <summary>Writes <c>betti_numbers</c>: b0, b1, b2.</summary>
    public static void Betti(JsonOut to, ShapeAnalysis shape, double threshold)
    {
        (int b0, int b1, int b2) = shape.BettiNumbers(threshold);
        to.OpenMember("betti_numbers"u8, '[').Value(b0).Value(b1).Value(b2).Close(']');
    }

    /// <summary>Writes the bars by dimension; a class that never dies has the death null.</summary>
    public static void Diagrams(JsonOut to, ReadOnlySpan<byte> name, Barcode barcode)
    {
        to.OpenMember(name);
        for (int dimension = 0; dimension < barcode.Dimensions; dimension++)
        {
            to.OpenMember(Dimensions[dimension], '[');
            foreach (Bar bar in barcode[dimension].Bars)
            {
                Point(to, bar);
            }

            to.Close(']');
        }

        to.Close();
    }

    /// <summary>Writes the signature.</summary>
    public static void Signature(JsonOut to, ReadOnlySpan<float> signature)
    {
        to.OpenMember("signature"u8, '[');
        foreach (float value in signature)
        {
            to.Value(value);
        }

        to.Close(']');
    }

    /// <summary>Writes a bar as an element, [birth, death].</summary>
    public static void Point(JsonOut to, Bar bar)
    {
        to.Open('[').Value(bar.Birth);
        if (bar.IsEssential)
        {
            to.Null();
        }
        else
        {
            to.Value(bar.Death);
        }

        to.Close(']');
    }

    /// <summary>Writes the state of an object's shape as a store answers it.</summary>
    public static void State(JsonOut to, ShapeState state)
    {
        to.Member("shape_indexed"u8, state.Status == ShapeStatus.Indexed).PlainMember("shape_status"u8, StatusName(state.Status));
        if (state.Reason is not null)
        {
            to.Member("shape_reason"u8, state.Reason);
        }
    }

    private static ReadOnlySpan<byte> StatusName(ShapeStatus status) => status switch
    {
        ShapeStatus.Indexed => "indexed"u8,
        ShapeStatus.Pending => "pending"u8,
        ShapeStatus.Disabled => "disabled"u8,
        _ => "none"u8,
    };
}
