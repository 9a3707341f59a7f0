using AuraMemory.Graph.Query.Evaluation;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>A set of nodes that grows during a walk: a hash set while it is small, a bit a node above.</summary>
internal sealed class NodeMarks(QueryContext context)
{
    private const int SmallLimit = 512;
    private readonly HashSet<int> _small = [];
    private ulong[]? _bits;
    private bool _dense;

    /// <summary>Puts a node in.</summary>
    /// <returns>False when it was in already.</returns>
    public bool Add(int node)
    {
        if (!_dense)
        {
            if (_small.Count < SmallLimit)
            {
                return _small.Add(node);
            }

            Widen();
        }

        if (node >> 6 >= _bits!.Length)
        {
            Array.Resize(ref _bits, (node >> 6) + 64);
        }

        ref ulong word = ref _bits[node >> 6];
        ulong bit = 1UL << (node & 63);
        bool added = (word & bit) == 0;
        word |= bit;
        return added;
    }

    /// <summary>Whether a node is in it.</summary>
    public bool Has(int node) => _dense ? node >> 6 < _bits!.Length && (_bits[node >> 6] >> (node & 63) & 1) != 0 : _small.Contains(node);

    /// <summary>Takes all out.</summary>
    public void Clear()
    {
        _small.Clear();
        if (_dense)
        {
            Array.Clear(_bits!);
            _dense = false;
        }
    }

    private void Widen()
    {
        if (_bits is null)
        {
            _bits = new ulong[(context.Graph.NodeNumbers >> 6) + 1];
            context.Charge(8L * _bits.Length);
        }

        _dense = true;
        foreach (int node in _small)
        {
            if (node >> 6 >= _bits!.Length)
            {
                Array.Resize(ref _bits, (node >> 6) + 64);
            }

            _bits[node >> 6] |= 1UL << (node & 63);
        }
    }
}
