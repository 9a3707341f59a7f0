using AuraMemory.Cli;

return await new CommandTree(CliEnvironment.OfProcess(serve: null)).RunAsync(args);
