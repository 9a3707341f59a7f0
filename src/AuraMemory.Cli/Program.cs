using AuraMemory.Cli;
using AuraMemory.Server;

return await new CommandTree(CliEnvironment.OfProcess(ServerProgram.RunAsync)).RunAsync(args);
