using System.Collections.Concurrent;

namespace AuraMemory.Graph.Storage;

/// <summary>Names of labels, types or property keys, numbered from 0 in the order they were first met. Names are never taken back.</summary>
/// <remarks>Any number of readers beside one writer. A reader that met a number finds its name: names are put down before numbers are given out.</remarks>
public sealed class TokenTable
{
    private readonly ConcurrentDictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Lock _writing = new();
    private volatile string[] _names = [];

    /// <summary>Names so far.</summary>
    public int Count => _numbers.Count;

    /// <summary>Number of a name; -1 when it was never met.</summary>
    public int Find(string name) => _numbers.TryGetValue(name, out int number) ? number : -1;

    /// <summary>Name of a number that was given out.</summary>
    public string Name(int number) => _names[number];

    /// <summary>Number of a name, a new one when it was never met.</summary>
    public int Intern(string name)
    {
        if (_numbers.TryGetValue(name, out int known))
        {
            return known;
        }

        lock (_writing)
        {
            if (_numbers.TryGetValue(name, out known))
            {
                return known;
            }

            int number = _numbers.Count;
            string[] names = _names;
            if (number == names.Length)
            {
                Array.Resize(ref names, Math.Max(8, 2 * names.Length));
            }

            names[number] = name;
            _names = names;
            _numbers[name] = number;
            return number;
        }
    }
}
