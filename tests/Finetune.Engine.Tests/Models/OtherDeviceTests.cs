using Finetune.Engine.Adapters;
using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>
/// What can be said here of devices that are not the processor: the formulas they compute are right (in float64, which
/// the processor's kernels do not take either), and no tensor on the way is made on the processor (the meta device
/// refuses to mix).
/// </summary>
public sealed class OtherDeviceTests
{
    public static TheoryData<string> Folders => FixtureRoots.Cases("models");

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Without_the_kernels_of_the_processor_the_numbers_are_those_of_Transformers(string folder)
    {
        using var scope = NewDisposeScope();
        using var model = On(folder, new Placement(ScalarType.Float64, CPU));
        using var single = ModelFolder.Load(folder);
        var values = single.named_parameters().ToDictionary(p => p.name, p => p.parameter, StringComparer.Ordinal);
        using (no_grad())
        {
            foreach (var (name, parameter) in model.named_parameters())
            {
                parameter.copy_(values[name]);
            }
        }

        var golden = Golden.Read(folder);
        golden.CheckLogits(golden.Logits(model).to(ScalarType.Float32));
        golden.CheckGradients(model);
    }

    // Libtorch has no shapes of lookups and masked attention, so this is of the parts between them.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_tensors_of_a_layer_are_made_where_its_weights_are(bool interleaved)
    {
        using var scope = NewDisposeScope();
        using var folder = TinyModel.Folder();
        using var model = ModelFolder.Outline(folder.Path);
        LoraAdapter.Attach(model, new LoraOptions(2, 4, 0.1, false, null), 1);
        var options = ((Decoder)model).Options;
        using var batch = Batch.Of([new[] { 1, 7 }, new[] { 1, 7, 9 }], META);
        var rope = options.RopeOf(0)! with { Interleaved = interleaved };
        var rotation = Rotation.Of(rope, batch.Positions, RopeFrequencies.Of(rope, 0).to(META), ScalarType.Float32);
        var x = empty([5, options.HiddenSize], ScalarType.Float32, META, requires_grad: true);

        var turned = rotation.Apply(x.view(5, options.Heads, options.HeadSize)).flatten(1);
        var normed = new RmsNorm(1e-6, false, new Placement(ScalarType.Float32, META), options.HiddenSize);
        var y = model.modules().OfType<GatedMlp>().First().Forward(normed.Read(turned));
        model.Logits(y).sum().backward();

        Assert.Equal(TorchSharp.DeviceType.META, y.device_type);
        Assert.Equal(TorchSharp.DeviceType.META, x.grad!.device_type);
        var layer = model.modules().OfType<GatedMlp>().First();
        var trained = layer.parameters().Where(p => p.requires_grad).ToList();
        Assert.Equal(6, trained.Count);
        Assert.All(trained, p => Assert.Equal(TorchSharp.DeviceType.META, p.grad!.device_type));
    }

    [SkippableFact]
    public void A_name_says_which_device_and_one_that_is_not_here_is_told_with_a_cure()
    {
        Assert.Equal(TorchSharp.DeviceType.CPU, ComputeDevice.Of("cpu").Device.type);
        Assert.True(ComputeDevice.IsName("cuda:12") && ComputeDevice.IsName("mps"));
        Assert.False(ComputeDevice.IsName("cuda:") || ComputeDevice.IsName("cuda:-1") || ComputeDevice.IsName("gpu"));
        Assert.Equal("cuda", ComputeDevice.Class("cuda:1"));
        Skip.If(cuda.is_available(), "there is a CUDA device");
        Assert.Contains("device: cpu", Assert.Throws<DeviceException>(() => ComputeDevice.Of("cuda:1")).Cure);
    }

    private static CausalModel On(string folder, Placement place)
    {
        FixtureRoots.SkipIfMissing(folder);
        using var weights = WeightFiles.Open(folder);
        var config = ModelConfig.Read(folder, TensorNames.HeadDiffers(weights));
        Skip.IfNot(ModelFamilies.Names.Contains(config.ModelType), $"{config.ModelType} is not a known family");
        return ModelFamilies.Create(config, place);
    }
}
