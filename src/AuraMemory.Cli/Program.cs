using AuraMemory.Cli;
using AuraMemory.Engine;
using AuraMemory.Server;

return await new CommandTree(CliEnvironment.OfProcess(serve: static async (arguments, _) =>
{
    try
    {
        await ServerHost.Build(
            arguments, static async (options, cancellation) => await MemoryStore.OpenAsync(options, cancellation)).RunAsync();
        return 0;
    }
    catch (SettingsException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return ExitCodes.Usage;
    }
})).RunAsync(args);
