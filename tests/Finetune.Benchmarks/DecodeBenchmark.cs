using System.Text.Json.Nodes;
using Finetune.Engine.Generation;
using Finetune.Engine.Metrics;
using Finetune.Engine.Models;
using Finetune.Engine.Native;
using static TorchSharp.torch;
using Generator = Finetune.Engine.Generation.Generator;

namespace Finetune.Benchmarks;

/// <summary>
/// Greedy decoding: one sequence alone, <c>--together</c> several, and the same step by operators with a cache, in turns
/// in this process, and with <c>--llama-cpp</c> by llama.cpp. A folder without weights gets random ones.
/// </summary>
internal static class DecodeBenchmark
{
    private const int PromptTokens = 8;
    private const int Turns = 3;
    private const double Giga = 1e9;

    /// <summary>Runs it; one JSON line a number of sequences.</summary>
    public static IEnumerable<JsonObject> Run(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, "--model", "--together", "--tokens", "--threads", "--llama-cpp");
        var folder = arguments.Text("--model") ?? throw new ArgumentException("--model FOLDER is missing");
        var tokens = arguments.Number("--tokens", 128);
        using var model = Model(folder);
        if (arguments.Has("--threads"))
        {
            Threads.Asked = arguments.Number("--threads", 1);
        }

        Threads.Fit(model.Shape);
        model.eval();
        using var pause = CollectionPause.Hold();
        var alone = Line(model, 1, tokens);
        yield return alone;
        var together = arguments.Number("--together", 1);
        if (together > 1)
        {
            var line = Line(model, together, tokens);
            line["times_alone"] = Math.Round(
                (double)line["tokens_per_second"]! / (double)alone["tokens_per_second"]!,
                2
            );
            yield return line;
        }

        if (arguments.Has("--llama-cpp"))
        {
            foreach (var count in new[] { 1, together }.Distinct())
            {
                var prompts = Prompts(model, count);
                var made = new Generator(model, null).Generate(prompts, Plainly(tokens))[0].Ids;
                yield return LlamaCpp.Line(model, folder, prompts, tokens, get_num_threads(), made);
            }
        }
    }

    /// <summary>A folder's model, with random weights where it has none.</summary>
    public static CausalModel Model(string folder) =>
        ModelFolder.FilesIn(folder).Any(file => file.EndsWith(".safetensors", StringComparison.Ordinal))
            ? ModelFolder.Load(folder)
            : ModelFolder.Initialize(folder, 1);

    private static GenerationOptions Plainly(int tokens) => GenerationOptions.Greedy(tokens) with { IgnoreEos = true };

    private static int[][] Prompts(CausalModel model, int count)
    {
        var random = new SplitMix64(1);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                    Enumerable
                        .Range(0, PromptTokens)
                        .Select(_ => 2 + random.Below(model.Shape.VocabularySize - 2))
                        .ToArray()
                ),
        ];
    }

    private static JsonObject Line(CausalModel model, int together, int tokens)
    {
        var prompts = Prompts(model, together);
        var options = Plainly(tokens);
        var generator = new Generator(model, null);
        void Ours() => generator.Generate(prompts, options);
        void Operators() => ByOperators(model, prompts, tokens);
        Ours();
        Ours();
        Operators();
        var bandwidth = Bandwidth.Read();
        var (ours, operators) = (double.MaxValue, double.MaxValue);
        var processor = double.MaxValue;
        var managed = long.MaxValue;
        for (var turn = 0; turn < Turns; turn++)
        {
            var (before, allocated) = (Usage.Processor().All, GC.GetTotalAllocatedBytes());
            ours = Math.Min(ours, Seconds(Ours));
            managed = Math.Min(managed, GC.GetTotalAllocatedBytes() - allocated);
            processor = Math.Min(processor, (Usage.Processor().All - before).TotalSeconds);
            operators = Math.Min(operators, Seconds(Operators));
            bandwidth = Math.Max(bandwidth, Bandwidth.Read());
        }

        var made = (double)together * tokens;
        var bytes = WeightBytes(model);
        return new JsonObject
        {
            ["work"] = "decode",
            ["precision"] = model.HeadWeight.dtype == ScalarType.BFloat16 ? "bf16" : "fp32",
            ["together"] = together,
            ["tokens_per_second"] = Math.Round(made / ours, 1),
            ["tokens_per_processor_second"] = Math.Round(made / processor, 1),
            ["operators_tokens_per_second"] = Math.Round(made / operators, 1),
            ["times_operators"] = Math.Round(operators / ours, 2),
            ["weights_mb"] = Math.Round(bytes / 1e6, 1),
            ["bandwidth_gb"] = Math.Round(bandwidth, 1),
            ["share_of_bandwidth"] = Math.Round(tokens / ours * bytes / (bandwidth * Giga), 3),
            ["peak_rss_mb"] = Math.Round(Usage.PeakResidentMegabytes()),
            ["managed_bytes_per_token"] = Math.Round(managed / made),
            ["threads"] = get_num_threads(),
        };
    }

    // What a step reads: all weights, but of an embedding that is not the head a row a token.
    private static double WeightBytes(CausalModel model)
    {
        var all = model.parameters().Sum(p => p.numel() * p.element_size());
        var head = model.HeadWeight.numel() * model.HeadWeight.element_size();
        var tied = model.named_parameters().All(p => !p.name.StartsWith("lm_head", StringComparison.Ordinal));
        return tied ? all : all - head;
    }

    private static void ByOperators(CausalModel model, int[][] prompts, int tokens)
    {
        using var noGrad = no_grad();
        var caches = prompts.Select(_ => new KeyValueCache(model.Shape.Layers)).ToArray();
        var waiting = prompts.Select(p => (ReadOnlyMemory<int>)p).ToArray();
        for (var step = 0; step < tokens; step++)
        {
            using var scope = NewDisposeScope();
            CollectionPause.Breathe();
            using var batch = Batch.Of(waiting, CPU, [.. caches.Select(c => c.Length)]);
            long[] lasts = [.. waiting.Select((_, i) => waiting.Take(i + 1).Sum(w => (long)w.Length) - 1)];
            var hidden = model.Hidden(batch, caches).index_select(0, tensor(lasts));
            var best = model.Logits(hidden).argmax(1).data<long>().ToArray();
            waiting = [.. best.Select(id => (ReadOnlyMemory<int>)new[] { (int)id })];
        }

        Array.ForEach(caches, c => c.Dispose());
    }

    private static double Seconds(Action action)
    {
        var start = TimeProvider.System.GetTimestamp();
        action();
        return TimeProvider.System.GetElapsedTime(start).TotalSeconds;
    }
}
