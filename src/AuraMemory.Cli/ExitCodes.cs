namespace AuraMemory.Cli;

/// <summary>What the process ends with. Scripts rely on these: they do not change.</summary>
internal static class ExitCodes
{
    /// <summary>Everything asked for was done.</summary>
    public const int Ok = 0;

    /// <summary>The service refused or failed, or part of the work was not done.</summary>
    public const int Failure = 1;

    /// <summary>The command line was not understood.</summary>
    public const int Usage = 2;

    /// <summary>The object asked for does not exist.</summary>
    public const int NotFound = 3;

    /// <summary>The service could not be reached.</summary>
    public const int Unreachable = 4;

    /// <summary>Stopped by Ctrl-C or SIGTERM; what was done stays done.</summary>
    public const int Interrupted = 130;
}
