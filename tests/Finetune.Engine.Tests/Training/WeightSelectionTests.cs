using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Training;
using Finetune.Engine.Training.Optimizers;

namespace Finetune.Engine.Tests.Training;

/// <summary>Which weights are trained, and at which rate and decay.</summary>
public sealed class WeightSelectionTests
{
    [Theory]
    [InlineData("layers.0", "model.layers.0.mlp.up_proj.weight", true)]
    [InlineData("layers.0", "model.layers.01.mlp.up_proj.weight", false)]
    [InlineData("*_norm", "model.layers.0.q_norm.weight", true)]
    [InlineData("norm", "model.layers.0.q_norm.weight", false)]
    [InlineData("layers.*.bias", "model.layers.0.q_proj.bias", true)]
    [InlineData("lm_head", "lm_head.weight", true)]
    [InlineData("l.head", "lm_head.weight", false)]
    public void Patterns_are_parts_of_names(string pattern, string name, bool fits) =>
        Assert.Equal(fits, NamePattern.Fits(pattern, name));

    [Fact]
    public void Frozen_weights_keep_their_bytes_and_the_others_move()
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        var before = Values(model);
        WeightSelection.Apply(model, ["layers", "embed_tokens"], ["layers.*.mlp"]);
        training.Run(model, TinyTraining.Options with { MaxSteps = 4 });
        var after = Values(model);
        Assert.All(
            before.Keys,
            name =>
                Assert.Equal(
                    name.Contains("mlp", StringComparison.Ordinal)
                        || !(
                            name.Contains("layers", StringComparison.Ordinal)
                            || name.Contains("embed", StringComparison.Ordinal)
                        ),
                    before[name].SequenceEqual(after[name])
                )
        );
    }

    [Fact]
    public void A_pattern_that_fits_nothing_is_named_and_so_is_nothing_left()
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        var none = Assert.Throws<WeightSelectionException>(() => WeightSelection.Apply(model, null, ["layer.0"]));
        Assert.Contains("'freeze' has 'layer.0', which fits none", none.Message, StringComparison.Ordinal);
        Assert.Throws<WeightSelectionException>(() => WeightSelection.Apply(model, null, ["*"]));
        using var fresh = training.NewModel();
        var groups = new WeightGroups { NoDecay = ["embd"] };
        var options = TinyTraining.Options with { Groups = groups };
        Assert.Throws<WeightSelectionException>(() => training.Run(fresh, options));
    }

    [Fact]
    public void Layers_embeddings_and_heads_have_their_rates()
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        var rules = Rules(model, new WeightGroups { LayerDecay = 0.5, NoDecay = ["embed_tokens"] });
        var layers = model.Shape.Layers;
        Assert.Equal(Math.Pow(0.5, layers + 1), rules["model.embed_tokens.weight"].RateFactor);
        Assert.Equal(Math.Pow(0.5, layers), rules["model.layers.0.mlp.up_proj.weight"].RateFactor);
        Assert.Equal(0.5, rules[$"model.layers.{layers - 1}.mlp.up_proj.weight"].RateFactor);
        Assert.Equal(1, rules["model.norm.weight"].RateFactor);
        Assert.Equal(0, rules["model.embed_tokens.weight"].WeightDecay);
        Assert.Equal(0, rules["model.norm.weight"].WeightDecay);
        Assert.Equal(0.1, rules["model.layers.0.mlp.up_proj.weight"].WeightDecay);
        Assert.False(rules["model.embed_tokens.weight"].Hidden);
        Assert.False(rules["model.norm.weight"].Hidden);
        Assert.True(rules["model.layers.0.mlp.up_proj.weight"].Hidden);
        Assert.All(
            rules.Where(r => r.Key.StartsWith("lm_head", StringComparison.Ordinal)),
            r => Assert.False(r.Value.Hidden)
        );
    }

    [Fact]
    public void Lora_plus_is_a_higher_rate_of_B()
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        LoraAdapter.Attach(model, new LoraOptions(4, 8, 0, false, null), 1);
        var rules = Rules(model, new WeightGroups { LoraPlusRatio = 16 });
        Assert.Equal(2, rules.Values.Select(r => r.RateFactor).Distinct().Count());
        Assert.All(
            rules,
            r => Assert.Equal(r.Key.Contains("lora_B", StringComparison.Ordinal) ? 16 : 1, r.Value.RateFactor)
        );
        Assert.All(rules.Values, r => Assert.Equal(0.1, r.WeightDecay));
    }

    public static TheoryData<string, string> LoraPlus() =>
        FixtureFile.Cases("optimizers/other.json", _ => ["loraplus"]);

    [SkippableTheory]
    [MemberData(nameof(LoraPlus))]
    public void Rates_of_lora_plus_are_those_of_peft(string file, string name)
    {
        FixtureRoots.SkipIfMissing(file);
        var one = FixtureFile.Read(file)[name]!;
        using var training = new TinyTraining();
        using var model = training.NewModel();
        LoraAdapter.Attach(model, new LoraOptions(4, 8, 0, false, ["q_proj", "v_proj"]), 1);
        var ratio = one["settings"]!["loraplus_lr_ratio"]!.Number();
        var rules = Rules(model, new WeightGroups { LoraPlusRatio = ratio });
        var known = one["parameters"]!
            .AsObject()
            .Where(p => rules.ContainsKey(p.Key["base_model.model.".Length..]))
            .ToArray();
        Assert.True(known.Length >= 4);
        var rate = one["settings"]!["lr"]!.Number();
        Assert.All(
            known,
            p =>
                Assert.Equal(
                    p.Value!["lr"]!.Number(),
                    rate * rules[p.Key["base_model.model.".Length..]].RateFactor,
                    1e-12
                )
        );
    }

    private static Dictionary<string, WeightRule> Rules(CausalModel model, WeightGroups groups)
    {
        using var weights = new TrainableWeights(model, Precision.Float32);
        var rules = WeightRules.Of(model, weights.Names, weights.Masters, 0.1, groups);
        return weights.Names.Zip(rules).ToDictionary(p => p.First, p => p.Second);
    }

    private static Dictionary<string, byte[]> Values(CausalModel model) =>
        model.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().bytes.ToArray());
}
