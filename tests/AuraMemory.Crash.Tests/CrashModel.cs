using System.Globalization;

namespace AuraMemory.Crash.Tests;

/// <summary>What the store may and must hold, from the lines of the processes that used it.</summary>
/// <remarks>
/// A key must hold what was acknowledged durably last, or something begun (or acknowledged as volatile) after that. Each
/// worker is sequential, so at most one of its operations on relationships is undecided when it dies.
/// </remarks>
internal sealed class CrashModel
{
    private readonly Dictionary<string, KeyState> _keys = [];
    private readonly Dictionary<(string, string, string), double> _edges = [];
    private readonly Dictionary<string, Pending> _pending = [];
    private readonly HashSet<long> _numbers = [];

    public List<string> Complaints { get; } = [];

    public IReadOnlyDictionary<string, KeyState> Keys => _keys;

    public long GreatestNumber { get; private set; }

    public long Acknowledged { get; private set; }

    /// <summary>Edges (source, type, target) that must be there, once <see cref="Settle"/> was called for all keys.</summary>
    public IReadOnlyDictionary<(string Source, string Type, string Target), double> Edges => _edges;

    public void Take(string line)
    {
        string[] words = line.Split(' ');
        switch (words[0])
        {
            case "BEGIN":
                Begin(words[1], words[2], long.Parse(words[3], CultureInfo.InvariantCulture), words[4], words.Length > 5 ? words[5] : "");
                break;
            case "END":
                End(words[2], long.Parse(words[3], CultureInfo.InvariantCulture), words[4], long.Parse(words[5], CultureInfo.InvariantCulture));
                break;
            case "WRONG":
                Complaints.Add(line);
                break;
        }
    }

    /// <summary>After a crash: what was found in a key is, from now on, what it must hold.</summary>
    public void Settle(string key, long foundId, long foundVersion)
    {
        KeyState state = _keys[key];
        bool known = state.Versions.TryGetValue(foundId, out long version);
        if (foundId != state.Must && !state.May.Contains(foundId))
        {
            Complaints.Add($"{key} holds id {foundId}; it must hold {state.Must} or one of [{string.Join(' ', state.May)}]");
        }
        else if (foundId != 0 && known && version != foundVersion)
        {
            Complaints.Add($"{key} id {foundId} was acknowledged as version {version} and is version {foundVersion}");
        }
        else if (foundId != 0 && !known && foundVersion <= state.GreatestVersion && foundId != state.Must)
        {
            Complaints.Add($"{key} id {foundId} came after version {state.GreatestVersion} and has version {foundVersion}");
        }

        if (_pending.Remove(key, out Pending? pending) && (pending.IsDelete ? foundId == 0 && state.Must != 0 : foundId == pending.Id))
        {
            Relate(key, pending);
        }

        state.Must = foundId;
        state.May.Clear();
        state.Versions.Clear();
        if (foundId != 0)
        {
            state.Versions[foundId] = foundVersion;
            state.GreatestVersion = Math.Max(state.GreatestVersion, foundVersion);
            GreatestNumber = Math.Max(GreatestNumber, foundVersion);
        }
    }

    private void Begin(string kind, string key, long id, string level, string relationships)
    {
        if (!_keys.TryGetValue(key, out KeyState? state))
        {
            _keys[key] = state = new KeyState();
        }

        bool isDelete = kind == "delete";
        state.May.Add(isDelete ? 0 : id);
        _pending[key] = new Pending(id, isDelete, level == "Volatile", relationships);
    }

    private void End(string key, long id, string status, long version)
    {
        KeyState state = _keys[key];
        Pending pending = _pending[key];
        _pending.Remove(key);
        if (status is not ("Done" or "NotFound"))
        {
            if (status != "ConditionFailed")
            {
                Complaints.Add($"{key} id {id} ended {status}");
            }

            state.May.Remove(id);
            return;
        }

        Acknowledged++;
        if (status == "Done")
        {
            Number(key, id, version, state);
            if (!pending.IsDelete)
            {
                state.Versions[id] = version;
            }

            Relate(key, pending);
        }

        if (!pending.IsVolatile)
        {
            state.Must = pending.IsDelete ? 0 : id;
            state.May.Clear();
        }
    }

    private void Number(string key, long id, long version, KeyState state)
    {
        if (!_numbers.Add(version))
        {
            Complaints.Add($"{key} id {id} got version {version}, which was given out before");
        }

        if (version <= state.GreatestVersion)
        {
            Complaints.Add($"{key} id {id} got version {version} after {state.GreatestVersion}");
        }

        state.GreatestVersion = version;
        GreatestNumber = Math.Max(GreatestNumber, version);
    }

    private void Relate(string key, Pending pending)
    {
        if (pending.IsDelete)
        {
            foreach ((string, string, string) edge in _edges.Keys.Where(e => e.Item1 == key || e.Item3 == key).ToList())
            {
                _edges.Remove(edge);
            }
        }

        foreach (string related in pending.Relationships.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = related.Split('>', '=');
            _edges[(key, parts[0], parts[1])] = double.Parse(parts[2], CultureInfo.InvariantCulture);
        }
    }

    internal sealed class KeyState
    {
        public long Must { get; set; }

        public HashSet<long> May { get; } = [];

        public Dictionary<long, long> Versions { get; } = [];

        public long GreatestVersion { get; set; }
    }

    private sealed record Pending(long Id, bool IsDelete, bool IsVolatile, string Relationships);
}
