using Finetune.Benchmarks;

var name = args.Length > 0 ? args[0] : "train";
switch (name)
{
    case "train":
        Console.WriteLine(TrainBenchmark.Run().ToJsonString());
        return 0;
    default:
        Console.Error.WriteLine($"no benchmark '{name}'; there is: train");
        return 1;
}
