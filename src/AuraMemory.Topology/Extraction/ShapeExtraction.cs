namespace AuraMemory.Topology.Extraction;

/// <summary>From JSON to what a shape is computed from: documented, deterministic rules (docs/algorithms/from-json-to-a-shape.md).</summary>
internal static class ShapeExtraction
{
    /// <summary>Candidates named in the notes; the others are counted.</summary>
    private const int MostNamed = 8;

    /// <summary>Candidates that are tried before giving up; text without a shape is not worth more.</summary>
    private const int MostTried = 64;

    /// <summary>
    /// Takes the largest candidate by count of numbers, of equal ones the first in the document, clocks and identifiers last; where it turns out to be no input, the next.
    /// O(bytes), and a sort of the candidates.
    /// </summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="options">Path and kind count here.</param>
    /// <param name="limits">Numbers and vertices count here.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <param name="input">The input; null with a reason.</param>
    /// <returns>Why there is none, as a sentence; null with an input.</returns>
    /// <exception cref="OperationCanceledException">The work was ended.</exception>
    public static string? Extract(ReadOnlySpan<byte> json, ShapeOptions options, ShapeLimits limits, CancellationToken cancellation, out ShapeInput? input)
    {
        input = null;
        string? reason = JsonTape.Read(json, limits.MaxNumbers, cancellation, out JsonTape? tape);
        if (reason is not null)
        {
            return reason;
        }

        var view = new JsonDocumentView(json, tape!);
        reason = view.Resolve(options.Path ?? "", out int root);
        if (reason is not null)
        {
            return reason;
        }

        List<Candidate> found = CandidateSearch.Find(view, root, cancellation);
        if (options.Path is null)
        {
            // Strings that look like numbers are identifiers as often as not; alone they are no shape unless pointed at.
            found.RemoveAll(c => c.Form == CandidateForm.List && tape!.Nodes[c.Node].Written == 0);
        }

        if (found.Count == 0)
        {
            return options.Path is null ? "The data has no array of numbers and no graph." : $"There is no array of numbers and no graph at '{options.Path}'.";
        }

        // What is pointed at is meant as a whole where it is something as a whole.
        Candidate[] order = options.Path is not null && found[0].Node == root ? [found[0]] : [.. found];
        Array.Sort(order, static (a, b) => a.IsClock != b.IsClock ? a.IsClock.CompareTo(b.IsClock)
            : a.Size != b.Size ? b.Size.CompareTo(a.Size) : a.Node.CompareTo(b.Node));
        var notes = new List<string>();
        string? first = null;
        for (int i = 0; i < order.Length && i < MostTried; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            int before = notes.Count;
            reason = new InputBuilder(view, options, limits, notes).Build(order[i], out input);
            if (reason is null)
            {
                NamePassedOver(view, order, i, notes);
                input = input! with { Notes = [.. notes] };
                return null;
            }

            notes.RemoveRange(before, notes.Count - before);
            string sentence = $"{Named(view, order[i])} has no shape: {reason}";
            first ??= sentence + ".";
            if (notes.Count < MostNamed)
            {
                notes.Add(sentence);
            }
        }

        return first;
    }

    private static string Named(JsonDocumentView view, Candidate candidate)
    {
        string pointer = view.PointerTo(candidate.Node);
        return pointer.Length == 0 ? "The data" : $"'{pointer}'";
    }

    private static void NamePassedOver(JsonDocumentView view, Candidate[] order, int chosen, List<string> notes)
    {
        int others = order.Length - chosen - 1;
        if (others == 0)
        {
            return;
        }

        int named = Math.Min(others, MostNamed);
        var names = new string[named];
        for (int i = 0; i < named; i++)
        {
            names[i] = Named(view, order[chosen + 1 + i]);
        }

        notes.Add($"passed over: {string.Join(", ", names)}{(others > named ? $" and {others - named} more" : "")}");
    }
}
