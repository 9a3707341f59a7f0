using AuraMemory.Server;

return await ServerProgram.RunAsync(args);
