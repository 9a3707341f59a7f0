namespace AuraMemory.Cli.Diagnosis;

/// <summary>How much a finding matters.</summary>
internal enum Severity
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Works, but someone should know.</summary>
    Note,

    /// <summary>Does not work.</summary>
    Problem,
}

/// <summary>One thing that was checked.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Check">What was checked, in a word or two.</param>
/// <param name="What">What was found, in a sentence.</param>
/// <param name="Do">What to do about it; null when there is nothing to do.</param>
internal sealed record Finding(Severity Severity, string Check, string What, string? Do = null);
