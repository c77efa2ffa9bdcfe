using Finetune.Engine.Models.Parts;
using static TorchSharp.torch;
using Linear = Finetune.Engine.Models.Parts.Linear;
using Parameter = TorchSharp.Modules.Parameter;

namespace Finetune.Engine.Tests.Models;

/// <summary>Values that are made again on the way back, against the same values kept.</summary>
[Collection("alone")]
public sealed class OperandTests
{
    private const int Width = 224;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Gradients_are_the_same_to_the_bit(bool bf16, bool adapted)
    {
        using (manual_seed(3)) { }

        using var scope = NewDisposeScope();
        var type = bf16 ? ScalarType.BFloat16 : ScalarType.Float32;
        var at = new Placement(type, CPU);
        var norm = new RmsNorm(1e-5, false, at, Width);
        var (first, second) = (Layer(at, adapted), Layer(at, adapted));
        var values = randn(70, Width).to(type);

        List<float[]> Gradients(bool again)
        {
            using var inner = NewDisposeScope();
            var x = new Parameter(values.clone());
            Parameter[] all = [x, .. norm.parameters(), .. first.parameters(), .. second.parameters()];
            foreach (var parameter in all)
            {
                parameter.grad = null;
            }

            var read = again ? norm.Read(x) : Operand.Of(norm.Forward(x));
            var (gate, up) = (first.Forward(read), second.Forward(read));
            var opened = again ? Activation.Silu.Read(gate, up) : Operand.Of(Activation.Silu.Read(gate, up).Values);
            first.Forward(opened).square().sum().backward();
            return
            [
                .. all.Where(p => p.grad is not null)
                    .Select(p => p.grad!.to(ScalarType.Float32).contiguous().data<float>().ToArray()),
            ];
        }

        var (kept, made) = (Gradients(false), Gradients(true));
        Assert.Equal(kept, made);
        Assert.Contains(kept[0], value => value != 0);
        Assert.True(kept.Count > (adapted ? 5 : 3));
    }

    [Fact]
    public void Values_live_until_the_last_that_wanted_them()
    {
        using var scope = NewDisposeScope();
        var made = 0;
        var operand = Operand.Made(
            from =>
            {
                made++;
                return from[0] + 1;
            },
            new Parameter(ones(3))
        );
        operand.Keep();
        operand.Keep();
        var again = operand.Again();
        Assert.Same(again, operand.Again());
        operand.Leave();
        Assert.False(again.IsInvalid);
        operand.Leave();
        Assert.True(again.IsInvalid);
        Assert.Equal(2, made);
    }

    private static Linear Layer(Placement at, bool adapted)
    {
        var layer = new Linear(Width, Width, false, at);
        using var noGrad = no_grad();
        foreach (var parameter in layer.parameters())
        {
            using var drawn = randn(parameter.shape) / Width;
            parameter.copy_(drawn);
            parameter.requires_grad = !adapted;
        }

        if (adapted)
        {
            var (down, up) = (randn(8, Width).to(at.Type), randn(Width, 8).to(at.Type));
            layer.Adapter = new LowRank(new Parameter(down), new Parameter(up), null, 16, false, 0);
        }

        return layer;
    }
}
