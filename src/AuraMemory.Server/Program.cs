using AuraMemory.Server;

try
{
    await ServerHost.Build(args, (_, _) => throw new InvalidOperationException("No store is linked into this build.")).RunAsync();
    return 0;
}
catch (SettingsException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
