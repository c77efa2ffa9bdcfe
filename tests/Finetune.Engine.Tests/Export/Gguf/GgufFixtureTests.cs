using System.Text.Json.Nodes;
using Finetune.Engine.Export.Gguf;
using Finetune.Engine.Generation;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;
using Finetune.Engine.Tokenizers;
using static TorchSharp.torch;
using Generator = Finetune.Engine.Generation.Generator;

namespace Finetune.Engine.Tests.Export.Gguf;

/// <summary>Small models of each family as GGUF: what the file says, and what llama.cpp computes from it.</summary>
public sealed class GgufFixtureTests
{
    private const int End = 2;
    private const int Predicted = 12;
    private const int SmallestVocabulary = 150;

    public static TheoryData<string> Folders => FixtureRoots.Cases("models");

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void A_file_is_read_back_as_the_model_it_was(string folder)
    {
        using var scope = NewDisposeScope();
        using var model = Exported(folder);
        using var scratch = Exported(folder, model, GgufType.F32, out var path);
        using var copy = ModelFolder.Load(folder);
        foreach (var parameter in copy.parameters())
        {
            using var noGrad = no_grad();
            parameter.zero_();
        }

        GgufExport.Fill(copy, path);
        foreach (var ((name, parameter), (again, filled)) in model.named_parameters().Zip(copy.named_parameters()))
        {
            Assert.Equal(name, again);
            var difference = (filled - parameter).abs().max().item<float>();
            Assert.True(difference <= 2e-7, $"{name}: {difference}");
        }

        var read = new IndependentReader(path);
        Assert.Equal(model.Shape.VocabularySize, ((object[])read.Values["tokenizer.ggml.tokens"]).Length);
        Assert.Equal(2u, read.Values["tokenizer.ggml.eos_token_id"]);
        Assert.Equal("gpt-2", read.Values["tokenizer.ggml.pre"]);
        Assert.Equal("{{ messages[0].content }}", read.Values["tokenizer.chat_template"]);
        using var embedding = model
            .named_parameters()
            .First(p =>
                p.name.Contains("embed", StringComparison.Ordinal) || p.name.Contains("wte", StringComparison.Ordinal)
            )
            .parameter.detach()
            .to(ScalarType.Float32);
        var (ne, type, values) = read.Tensors["token_embd.weight"];
        Assert.Equal(embedding.shape.Reverse(), ne);
        Assert.Equal(0, type);
        Assert.Equal(embedding.data<float>().ToArray(), values);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public async Task Llama_cpp_gives_the_same_greedy_tokens(string folder)
    {
        LlamaServer.SkipIfMissing();
        using var model = Exported(folder);
        using var scratch = Exported(folder, model, GgufType.F32, out var path);
        var tokenizer = Tokenizer.Load(scratch.Path);
        using var server = new LlamaServer(path);
        await server.Ready();
        string[] texts = ["the weather in Rome at 12", "Ask: bikes?\n\nYes, 1234   times! "];
        Assert.Equal(
            texts.Select(text => tokenizer.EncodeIds(text)),
            await Task.WhenAll(texts.Select(server.Tokenize))
        );
        int[][] prompts =
        [
            [3, 200, 17, 44, 5],
            [7, 8],
            [50, 60, 70],
        ];
        var wanted = new Generator(model, tokenizer).Generate(prompts, GenerationOptions.Greedy(Predicted));
        for (var i = 0; i < prompts.Length; i++)
        {
            var found = await server.Continue(prompts[i], Predicted);
            var room = (GgufExport.ShorterContext(folder) ?? int.MaxValue) - prompts[i].Length;
            Assert.Equal(wanted[i].Ids.Take(room).Where(id => id != End), found.Where(id => id != End));
        }
    }

    private static CausalModel Exported(string folder)
    {
        FixtureRoots.SkipIfMissing(folder);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!;
        Skip.IfNot(GgufFamilies.Names.Contains((string)config["model_type"]!), "this family is not exported as GGUF");
        Skip.If((int)config["vocab_size"]! < SmallestVocabulary, "no vocabulary fits");
        return ModelFolder.Load(folder);
    }

    private static Scratch Exported(string folder, CausalModel model, GgufType type, out string path)
    {
        var scratch = Scratch.New();
        SmallTokenizer.Write(scratch.Path, model.Shape.VocabularySize);
        GgufExport.Check(folder, scratch.Path);
        path = Path.Combine(scratch.Path, "model.gguf");
        GgufExport.Write(model, scratch.Path, path, type, "small");
        return scratch;
    }
}
