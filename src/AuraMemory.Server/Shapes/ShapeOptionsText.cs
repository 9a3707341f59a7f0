using System.Text.Json;
using AuraMemory.Engine;
using AuraMemory.Topology;

namespace AuraMemory.Server.Shapes;

/// <summary>The JSON form of what a caller may say about a shape: the object <c>shape</c> of a store, a query or an analysis.</summary>
/// <remarks>
/// <c>{"path": "/a/0", "kind": "points", "filtration": "rips", "cells": "top", "max_dimension": 1, "threshold": 2.5,
/// "max_points": 200, "embedding_dimension": 3, "delay": 4}</c>: every member may be absent or null, others are refused by name.
/// The text is stored with the object as it came, so reading it here is the one place that gives it a meaning.
/// </remarks>
internal static class ShapeOptionsText
{
    /// <summary>Longest text, bytes.</summary>
    public const int MaxBytes = StoreCommand.MaxShapeOptionsBytes;

    private const int LongestPath = 1024;

    private static readonly string[] Kinds = ["series", "delay", "points", "distances", "grid", "graph"];
    private static readonly string[] Filtrations = ["default", "sublevel", "superlevel", "rips", "degree", "hop"];
    private static readonly string[] CellNames = ["top", "vertices"];

    /// <summary>Wire name of a kind, for example <c>points</c>.</summary>
    public static string NameOf(ShapeKind kind) => Kinds[(int)kind];

    /// <summary>Wire name of a filtration, for example <c>rips</c>.</summary>
    public static string NameOf(Filtration filtration) => Filtrations[(int)filtration];

    /// <summary>Wire name of the cells of a grid: <c>top</c> or <c>vertices</c>.</summary>
    public static string NameOf(GridCells cells) => CellNames[(int)cells];

    /// <summary>The kind of a wire name.</summary>
    public static bool TryKind(string name, out ShapeKind kind) => (kind = (ShapeKind)Array.IndexOf(Kinds, name)) <= ShapeKind.Graph;

    /// <summary>The filtration of a wire name.</summary>
    public static bool TryFiltration(string name, out Filtration filtration) => (filtration = (Filtration)Array.IndexOf(Filtrations, name)) <= Filtration.Hop;

    /// <summary>The cells of a wire name.</summary>
    public static bool TryCells(string name, out GridCells cells) => (cells = (GridCells)Array.IndexOf(CellNames, name)) <= GridCells.Vertices;

    /// <summary>Reads the text.</summary>
    /// <param name="json">A validated JSON value; empty = nothing said.</param>
    /// <param name="options">What it says.</param>
    /// <param name="member">Name of the member at fault; empty when it is the whole.</param>
    /// <param name="fault">What is wrong with it, to be put behind the member's name: "must be …"; null when nothing is.</param>
    /// <returns>False with a fault.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, out ShapeOptions options, out string member, out string? fault)
    {
        options = ShapeOptions.Default;
        member = "";
        fault = null;
        if (json.IsEmpty)
        {
            return true;
        }

        if (json.Length > MaxBytes)
        {
            fault = $"has {json.Length} bytes; at most {MaxBytes} are allowed";
            return false;
        }

        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            fault = "must be a JSON object";
            return false;
        }

        var read = ShapeOptions.Default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            member = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null && IsKnown(member))
            {
                continue;
            }

            fault = Member(member, ref reader, ref read);
            if (fault is not null)
            {
                return false;
            }
        }

        member = "";
        options = read;
        return true;
    }

    private static bool IsKnown(string member) => member is
        "path" or "kind" or "filtration" or "cells" or "max_dimension" or "threshold" or "max_points" or "embedding_dimension" or "delay";

    private static string? Member(string member, ref Utf8JsonReader reader, ref ShapeOptions options)
    {
        switch (member)
        {
            case "path":
                if (reader.TokenType != JsonTokenType.String || reader.GetString() is not { } path || path.Length > LongestPath || (path.Length > 0 && path[0] != '/'))
                {
                    return $"must be a JSON pointer (RFC 6901) of at most {LongestPath} characters: empty, or beginning with '/'";
                }

                options = options with { Path = path };
                return null;
            case "kind":
                string? wrong = Name(ref reader, Kinds, out int index);
                options = options with { Kind = (ShapeKind)index };
                return wrong;
            case "filtration":
                wrong = Name(ref reader, Filtrations, out index);
                options = options with { Filtration = (Filtration)index };
                return wrong;
            case "cells":
                wrong = Name(ref reader, CellNames, out index);
                options = options with { Cells = (GridCells)index };
                return wrong;
            case "max_dimension":
                wrong = Whole(ref reader, 0, Barcode.HighestDimension, out int value);
                options = options with { MaxDimension = value };
                return wrong;
            case "threshold":
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out double threshold) || !double.IsFinite(threshold))
                {
                    return "must be a number";
                }

                options = options with { Threshold = threshold };
                return null;
            case "max_points":
                wrong = Whole(ref reader, 4, int.MaxValue, out value);
                options = options with { MaxPoints = value };
                return wrong;
            case "embedding_dimension":
                wrong = Whole(ref reader, 2, ShapeOptions.MostEmbeddingDimensions, out value);
                options = options with { EmbeddingDimension = value };
                return wrong;
            case "delay":
                wrong = Whole(ref reader, 1, int.MaxValue, out value);
                options = options with { Delay = value };
                return wrong;
            default:
                return "is not a member of shape; there are path, kind, filtration, cells, max_dimension, threshold, max_points, embedding_dimension and delay";
        }
    }

    private static string? Name(ref Utf8JsonReader reader, string[] names, out int index)
    {
        index = reader.TokenType == JsonTokenType.String ? Array.IndexOf(names, reader.GetString()) : -1;
        return index >= 0 ? null : $"must be one of {string.Join(", ", names)}";
    }

    private static string? Whole(ref Utf8JsonReader reader, int least, int most, out int value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out value) && value >= least && value <= most
            ? null
            : most == int.MaxValue ? $"must be a whole number, {least} or more" : $"must be a whole number from {least} to {most}";
    }
}
