namespace AuraMemory.Topology.Extraction;

/// <summary>The chosen members of an array of objects, column by column.</summary>
internal readonly ref struct RecordTable
{
    private readonly JsonDocumentView _view;
    private readonly Candidate _candidate;

    /// <summary>Sets what to read.</summary>
    /// <param name="view">The text.</param>
    /// <param name="candidate">Records; its parts are the members of one record that give the names.</param>
    public RecordTable(JsonDocumentView view, Candidate candidate)
    {
        _view = view;
        _candidate = candidate;
    }

    /// <summary>Reads all records; what one lacks, or has not as a number or a string that spells one, is NaN. O(members).</summary>
    public double[][] Read()
    {
        int rows = _view.Elements(_candidate.Node);
        var columns = new double[_candidate.Parts.Length][];
        for (int column = 0; column < columns.Length; column++)
        {
            columns[column] = new double[rows];
            Array.Fill(columns[column], double.NaN);
        }

        int row = 0;
        for (int record = _candidate.Node + 1; record < _view[_candidate.Node].End; record = _view[record].End)
        {
            // Records mostly repeat the order of their members, so the next column is tried first.
            int expected = 0;
            for (int member = record + 1; member < _view[record].End; member = _view[member].End)
            {
                int column = ColumnOf(member, expected);
                if (column >= 0 && _view[member].Kind is (TapeKind.Number or TapeKind.Text))
                {
                    columns[column][row] = _view[member].Value;
                    expected = column + 1;
                }
            }

            row++;
        }

        return columns;
    }

    private int ColumnOf(int member, int expected)
    {
        ReadOnlySpan<byte> name = _view.NameOf(member);
        if (expected < _candidate.Parts.Length && name.SequenceEqual(_view.NameOf(_candidate.Parts[expected])))
        {
            return expected;
        }

        for (int column = 0; column < _candidate.Parts.Length; column++)
        {
            if (name.SequenceEqual(_view.NameOf(_candidate.Parts[column])))
            {
                return column;
            }
        }

        return -1;
    }
}
