using System.Globalization;

namespace AuraMemory.Bench;

/// <summary>The run cannot be made or its result cannot be trusted; the message says why.</summary>
internal sealed class BenchException(string message) : Exception(message);

/// <summary>Options of a command: <c>--name value</c>, and <c>--json</c>.</summary>
internal sealed class BenchArguments
{
    private readonly Dictionary<string, string> _values = [];
    private readonly HashSet<string> _read = [];

    public BenchArguments(ReadOnlySpan<string> args)
    {
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--json")
            {
                Json = true;
                continue;
            }

            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Length)
            {
                throw new BenchException($"'{args[i]}' is not an option with a value.");
            }

            _values[args[i][2..]] = args[++i];
        }
    }

    /// <summary>True = one JSON object on standard output instead of a table.</summary>
    public bool Json { get; }

    public string Text(string name, string fallback)
    {
        _read.Add(name);
        return _values.GetValueOrDefault(name, fallback);
    }

    public long Number(string name, long fallback, long least = 1)
    {
        string text = Text(name, fallback.ToString(CultureInfo.InvariantCulture));
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= least
            ? value
            : throw new BenchException($"--{name} is '{text}'; it must be a whole number of at least {least}.");
    }

    public double Seconds(string name, double fallback)
    {
        string text = Text(name, fallback.ToString(CultureInfo.InvariantCulture));
        return double.TryParse(text, CultureInfo.InvariantCulture, out double value) && value > 0
            ? value
            : throw new BenchException($"--{name} is '{text}'; it must be a number of seconds above 0.");
    }

    public string[] List(string name, string fallback) =>
        Text(name, fallback).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A misspelt option must not pass for its default.</summary>
    public void RefuseUnread()
    {
        foreach (string name in _values.Keys)
        {
            if (!_read.Contains(name))
            {
                throw new BenchException($"The command has no option --{name}; it has {string.Join(", ", _read.Order().Select(n => "--" + n))}.");
            }
        }
    }
}
