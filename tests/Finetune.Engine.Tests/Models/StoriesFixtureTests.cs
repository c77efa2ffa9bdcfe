using System.Text.Json.Nodes;
using Finetune.Engine.Models;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>Real trained weights (karpathy/tinyllamas stories260K) against an independent float64 computation.</summary>
public sealed class StoriesFixtureTests
{
    public static TheoryData<string> Forms => new("hf", "hf-sharded", "hf-untied", "hf-qwen2", "hf-bf16");

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void Greedy_text_logits_and_losses_are_the_known_ones(string form)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (folder, expected) = Open(form, "expected.json");
        using var model = ModelFolder.Load(folder);
        foreach (var prompt in expected["prompts"]?.AsArray() ?? [])
        {
            var ids = Golden.Ints(prompt!["ids"]!);
            var greedy = Golden.Ints(prompt["greedy_ids"]!);
            Assert.Equal(greedy, Greedy.Generate(model, [ids], greedy.Length)[0]);
            var logits = Logits(model, ids)[ids.Length - 1].data<float>().ToArray();
            Near(Golden.Floats(prompt["last_prompt_logits"]!), logits, 2e-4);
        }

        if (expected["greedy_from_bos"] is { } free)
        {
            var ids = Golden.Ints(free["ids"]!);
            Assert.Equal(
                ids[1..],
                Greedy.Generate(
                    model,
                    [
                        [ids[0]],
                    ],
                    ids.Length - 1
                )[0]
            );
        }

        foreach (var text in expected["loss"]?.AsArray() ?? [])
        {
            var ids = Golden.Ints(text!["ids"]!);
            Near(Golden.Floats(text["token_nll"]!), Losses(model, ids).data<float>().ToArray(), 1e-4);
        }
    }

    [SkippableFact]
    public void Gradients_are_those_of_central_differences()
    {
        using var scope = NewDisposeScope();
        var (folder, expected) = Open("hf", "gradients.json");
        using var model = ModelFolder.Load(folder);
        var ids = Golden.Ints(expected["input_ids"]!);
        var scored = Golden.Ints(expected["labels"]!).Skip(1).Select(l => l >= 0 ? 1f : 0f).ToArray();
        foreach (var (key, weights) in new[] { ("all", scored.Select(_ => 1f).ToArray()), ("masked", scored) })
        {
            model.zero_grad();
            var loss = (Losses(model, ids) * tensor(weights)).sum() / weights.Sum();
            Near([expected[$"loss_{key}"]!.GetValue<float>()], [loss.item<float>()], 1e-5);
            loss.backward();
            var parameters = model.named_parameters().ToDictionary(p => p.name, p => p.parameter);
            foreach (var golden in expected["gradients"]!.AsArray())
            {
                var gradient = parameters[golden!["param"]!.GetValue<string>()].grad!;
                var value = Golden.Ints(golden["index"]!).Aggregate(gradient, (t, i) => t[i]).item<float>();
                Near([golden[$"grad_loss_{key}"]!.GetValue<float>()], [value], 2e-5);
            }
        }
    }

    private static Tensor Logits(CausalModel model, int[] ids) => model.Logits(model.Hidden(Batch.Of([ids], CPU)));

    private static Tensor Losses(CausalModel model, int[] ids) =>
        nn.functional.cross_entropy(
            Logits(model, ids[..^1]),
            tensor(ids[1..].Select(i => (long)i).ToArray()),
            reduction: nn.Reduction.None
        );

    private static (string Folder, JsonNode Expected) Open(string form, string file)
    {
        Skip.If(FixtureRoots.Shared is null, "no ../shared (FINETUNE_SHARED)");
        var home = Path.Combine(FixtureRoots.Shared!, "testdata", "models", "stories260K");
        var folder = Path.Combine(home, form);
        Skip.IfNot(Directory.Exists(folder), $"no {form} there");
        Skip.IfNot(
            ModelFamilies.Names.Contains(ModelConfig.Read(folder).ModelType),
            $"{form}: {ModelConfig.Read(folder).ModelType} is not a known family"
        );
        var own = Path.Combine(folder, file);
        return (folder, JsonNode.Parse(File.ReadAllText(File.Exists(own) ? own : Path.Combine(home, file)))!);
    }

    private static void Near(float[] wanted, float[] found, double slack)
    {
        Assert.Equal(wanted.Length, found.Length);
        Assert.All(wanted.Zip(found), p => Assert.InRange(Math.Abs(p.First - p.Second), 0, slack));
    }
}
