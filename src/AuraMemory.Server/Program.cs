using AuraMemory.Engine;
using AuraMemory.Server;

try
{
    WebApplication service = ServerHost.Build(
        args, static async (options, cancellation) => await MemoryStore.OpenAsync(options, cancellation));
    await service.RunAsync();
    return 0;
}
catch (SettingsException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
