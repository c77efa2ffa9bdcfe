using Finetune.Cli.Invocation;
using Finetune.Cli.Output;

return await Tool.RunAsync(args, Surroundings.OfProcess());
