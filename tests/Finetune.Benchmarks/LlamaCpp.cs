using System.Text.Json.Nodes;
using Finetune.Engine.Models;
#if LLAMA_CPP
using Finetune.Engine.Export.Gguf;
using Finetune.Engine.Generation;
using LLama;
using LLama.Common;
using LLama.Native;
#endif

namespace Finetune.Benchmarks;

/// <summary>
/// The same greedy decoding by llama.cpp, on a float32 GGUF file of the same model. Its packages are large, and fetched only
/// where the benchmarks are built with <c>-p:LlamaCpp=true</c>.
/// </summary>
internal static class LlamaCpp
{
#if LLAMA_CPP
    private const int Turns = 5;

    private static readonly TokenDistribution Likeliest = new(GenerationOptions.Greedy(1), new HashSet<int>());

    static LlamaCpp() => NativeLibraryConfig.All.WithLogCallback((_, _) => { });
#endif

    /// <summary>Decodes; one JSON line. Refuses where the benchmarks were built without it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Its folder, for the tokenizer.</param>
    /// <param name="prompts">Of equal lengths.</param>
    /// <param name="tokens">To be made after each.</param>
    /// <param name="threads">Of both.</param>
    /// <param name="ours">The tokens that this engine made after the first prompt.</param>
    public static JsonObject Line(
        CausalModel model,
        string folder,
        int[][] prompts,
        int tokens,
        int threads,
        IReadOnlyList<int> ours
    )
    {
#if LLAMA_CPP
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".gguf");
        try
        {
            GgufExport.Write(model, folder, path, GgufType.F32, "benchmark");
            var settings = new ModelParams(path)
            {
                ContextSize = (uint)(prompts.Length * (prompts[0].Length + tokens)),
                SeqMax = (uint)prompts.Length,
                Threads = threads,
                BatchThreads = threads,
                GpuLayerCount = 0,
            };
            using var weights = LLamaWeights.LoadFromFile(settings);
            var best = TimeSpan.MaxValue;
            List<int> made = [];
            for (var turn = 0; turn < Turns; turn++)
            {
                using var context = weights.CreateContext(settings);
                var start = TimeProvider.System.GetTimestamp();
                made = Decode(context, prompts, tokens);
                var took = TimeProvider.System.GetElapsedTime(start);
                best = took < best ? took : best;
            }

            return new JsonObject
            {
                ["work"] = "decode-llama.cpp",
                ["precision"] = "fp32",
                ["together"] = prompts.Length,
                ["tokens_per_second"] = Math.Round(prompts.Length * tokens / best.TotalSeconds, 1),
                ["first_tokens_alike"] = made.Zip(ours).TakeWhile(p => p.First == p.Second).Count(),
                ["threads"] = threads,
            };
        }
        finally
        {
            File.Delete(path);
        }
#else
        throw new ArgumentException("--llama-cpp needs benchmarks that were built with -p:LlamaCpp=true");
#endif
    }

#if LLAMA_CPP
    // What follows the first prompt.
    private static List<int> Decode(LLamaContext context, int[][] prompts, int tokens)
    {
        var made = new List<int>();
        var next = new int[prompts.Length];
        var places = new int[prompts.Length];
        var length = prompts[0].Length;
        for (var step = 0; step < tokens; step++)
        {
            var batch = new LLamaBatch();
            for (var p = 0; p < prompts.Length; p++)
            {
                for (var i = 0; step == 0 && i < length; i++)
                {
                    places[p] = batch.Add(prompts[p][i], i, (LLamaSeqId)p, i == length - 1);
                }

                if (step > 0)
                {
                    places[p] = batch.Add(next[p], length + step - 1, (LLamaSeqId)p, true);
                }
            }

            if (context.Decode(batch) != DecodeResult.Ok)
            {
                throw new InvalidOperationException("llama.cpp did not decode");
            }

            for (var p = 0; p < prompts.Length; p++)
            {
                next[p] = Likeliest.Next(context.NativeHandle.GetLogitsIth(places[p]), [], 0);
            }

            made.Add(next[0]);
        }

        return made;
    }
#endif
}
