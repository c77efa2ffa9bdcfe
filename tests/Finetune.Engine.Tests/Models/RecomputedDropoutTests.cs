using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>By itself: dropout draws from the one generator that all tests share.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
[Collection("alone")]
public sealed class RecomputedDropoutTests
{
    [Fact]
    public void What_is_dropped_is_dropped_the_second_time_too()
    {
        using var folder = TinyModel.Folder();
        using var model = ModelFolder.Initialize(folder.Path, 3);
        LoraAdapter.Attach(model, new LoraOptions(2, 4, 0.3, false, null), 5);

        Recomputed.Check(
            model,
            m =>
            {
                using var batch = Batch.Of([new[] { 1, 7, 9, 30, 4, 4, 11 }, new[] { 1, 5 }], CPU);
                return m.Logits(m.Hidden(batch));
            }
        );
    }
}
