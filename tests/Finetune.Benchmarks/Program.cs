using Finetune.Benchmarks;

var name = args.Length > 0 ? args[0] : "train";
try
{
    foreach (
        var line in name switch
        {
            "train" => TrainBenchmark.Run([.. args.Skip(1)]),
            "loss" => LossBenchmark.Run([.. args.Skip(1)]),
            "soak" => SoakBenchmark.Run([.. args.Skip(1)]),
            "quantize" => QuantizeBenchmark.Run([.. args.Skip(1)]),
            "tokenize" => TokenizeBenchmark.Run([.. args.Skip(1)]),
            "parity" => ParityBenchmark.Run([.. args.Skip(1)]),
            "score" => ScoreBenchmark.Run([.. args.Skip(1)]),
            "decode" => DecodeBenchmark.Run([.. args.Skip(1)]),
            _ => throw new ArgumentException(
                $"no benchmark '{name}'; there is: train, loss, soak, quantize, tokenize, decode, score, parity"
            ),
        }
    )
    {
        Console.WriteLine(line.ToJsonString());
    }

    return 0;
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
