using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;

namespace Finetune.Engine.Tests.Checkpoints;

/// <summary>Weights in several files, as Transformers parts and indexes them.</summary>
public sealed class ShardedWriterTests
{
    [SkippableFact]
    public void Files_and_index_are_those_that_Transformers_wrote()
    {
        var folder = FixtureRoots
            .All.Select(root => Path.Combine(root, "models", "llama-sharded-bf16"))
            .FirstOrDefault(Directory.Exists);
        Skip.If(folder is null, "no fixtures: no root has models/llama-sharded-bf16");
        using var scratch = Scratch.New();
        using var model = ModelFolder.Load(folder);
        var largest = WeightFiles.In(folder).Skip(1).Max(DataBytes);
        ModelFolder.Save(model, scratch.Path, new WeightLayout(_ => StoredType.BF16, largest));
        foreach (var file in WeightFiles.In(folder))
        {
            var written = Path.Combine(scratch.Path, Path.GetFileName(file));
            Assert.True(File.ReadAllBytes(file).SequenceEqual(File.ReadAllBytes(written)), Path.GetFileName(file));
        }
    }

    [Fact]
    public void What_fits_is_one_file_and_is_read_back_bit_by_bit()
    {
        using var folder = TinyModel.Folder();
        using var scratch = Scratch.New();
        using var again = Scratch.New();
        using var model = ModelFolder.Initialize(folder.Path, 3);
        ModelFolder.Save(model, scratch.Path, new WeightLayout(_ => null, 2000));
        Assert.True(WeightFiles.In(scratch.Path).Count > 2);
        using var read = ModelFolder.Load(scratch.Path);
        ModelFolder.Save(read, again.Path, new WeightLayout(_ => null, 2000));
        foreach (var file in WeightFiles.In(scratch.Path))
        {
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(again.Path, Path.GetFileName(file))));
        }

        ModelFolder.Save(read, folder.Path, new WeightLayout(_ => null, 1_000_000));
        Assert.Equal("model.safetensors", Path.GetFileName(Assert.Single(WeightFiles.In(folder.Path))));
    }

    private static long DataBytes(string path)
    {
        using var file = SafeTensorsFile.Open(path);
        return file.Tensors.Sum(tensor => tensor.Bytes);
    }
}
