using System.Text.Json.Nodes;
using Finetune.Engine.Adapters;
using Finetune.Engine.Generation;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;

namespace Finetune.Engine.Tests.Generation;

/// <summary>Answers and logits of the managed path, on what Transformers and PEFT computed.</summary>
public sealed class ManagedDecoderFixtureTests
{
    // Layers transposed, fused by heads, computed side by side, an encoder; DoRA.
    private static readonly HashSet<string> ByOperators = ["gpt2", "gpt_neox", "t5", "dora", "lora-gpt2"];

    public static TheoryData<string> Folders => FixtureRoots.Cases("models");

    public static TheoryData<string> Adapted => FixtureRoots.Cases("adapters");

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Logits_and_greedy_tokens_of_models(string folder)
    {
        FixtureRoots.SkipIfMissing(folder);
        using var model = ModelFolder.Load(folder);
        Check(model, folder, folder);
    }

    [SkippableTheory]
    [MemberData(nameof(Adapted))]
    public void Logits_and_greedy_tokens_of_adapters(string folder)
    {
        FixtureRoots.SkipIfMissing(folder);
        var expected = Expected(folder);
        using var model = ModelFolder.Load(
            Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(folder)!)!, expected["base"]!.GetValue<string>())
        );
        LoraAdapter.Load(model, folder);
        Check(model, folder, folder);
    }

    private static void Check(CausalModel model, string folder, string name)
    {
        var expected = Expected(folder);
        if (expected["kind"]?.GetValue<string>() == "seq2seq")
        {
            return;
        }

        var rows = expected["input_ids"]!.AsArray().Select(row => Golden.Ints(row!)[..12]).ToArray();
        Assert.Equal(!ByOperators.Contains(Path.GetFileName(name)), ManagedPath.Check(model, rows));
        var generation = expected["generation"]!;
        var prompts = generation["prompts"]!.AsArray().Select(p => Golden.Ints(p!)).ToArray();
        var tokens = generation["tokens"]!.AsArray().Select(p => Golden.Ints(p!)).ToArray();
        var options = GenerationOptions.Greedy(tokens[0].Length) with { IgnoreEos = true };
        var generator = new Generator(model, null);
        Assert.Equal(tokens, generator.Generate(prompts, options).Select(r => r.Ids));
        for (var p = 0; p < prompts.Length; p++)
        {
            Assert.Equal(tokens[p], generator.Generate([prompts[p]], options)[0].Ids);
        }
    }

    private static JsonNode Expected(string folder) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")))!;
}
