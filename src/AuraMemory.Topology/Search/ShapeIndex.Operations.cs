namespace AuraMemory.Topology.Search;

/// <content>What every operation passes: the checks of what it was handed, and the count that keeps the memory while it runs.</content>
public sealed partial class ShapeIndex
{
    private void Check(ShapeQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.K, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(query.Breadth);
        if (query.Metric == ShapeMetric.Euclidean)
        {
            if (Vectors is null)
            {
                throw new ArgumentException("The index holds no signatures.", nameof(query));
            }

            CheckSignature(query.Signature.Span, nameof(query));
        }
        else if (Diagrams is null || query.Barcode is null)
        {
            throw new ArgumentException("The metric needs diagrams in the index and in the query.", nameof(query));
        }
    }

    private void CheckSignature(ReadOnlySpan<float> signature, string name)
    {
        bool sound = signature.Length == Options.SignatureLength;
        for (int i = 0; sound && i < signature.Length; i++)
        {
            sound = MathF.Abs(signature[i]) <= VectorKernel.Largest;
        }

        if (!sound)
        {
            throw new ArgumentException($"A signature is {Options.SignatureLength} finite numbers below 3e38.", name);
        }
    }

    private void Enter()
    {
        int now = Volatile.Read(ref _operations);
        while (now > 0)
        {
            int seen = Interlocked.CompareExchange(ref _operations, now + 1, now);
            if (seen == now)
            {
                if (Volatile.Read(ref _disposed) == 0)
                {
                    return;
                }

                Leave();
                break;
            }

            now = seen;
        }

        throw new ObjectDisposedException(nameof(ShapeIndex));
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _operations) == 0)
        {
            Entries.Dispose();
            Vectors?.Dispose();
            Diagrams?.Dispose();
            _table.Dispose();
            _linking.Dispose();
            _budget.Release(_budget.Used);
        }
    }
}
