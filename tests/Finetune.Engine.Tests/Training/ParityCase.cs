using System.Text.Json.Nodes;
using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Tokenizers;
using Finetune.Engine.Training;
using Finetune.Engine.Training.Optimizers;

namespace Finetune.Engine.Tests.Training;

/// <summary>A run of TRL (fixtures/parity): its rows as tokens, its settings, its model.</summary>
internal sealed class ParityCase
{
    private readonly string _folder;
    private readonly JsonNode _settings;
    private readonly Tokenizer _tokenizer;

    public ParityCase(string folder)
    {
        _folder = folder;
        Expected = FixtureFile.Read(Path.Combine(folder, "expected.json"));
        _settings = Expected["case"]!;
        var own = Path.GetFullPath(Path.Combine(folder, "../../../models/stories260K/hf"));
        BaseFolder =
            Directory.Exists(own) || FixtureRoots.Shared is not { } shared
                ? own
                : Path.Combine(shared, "testdata/models/stories260K/hf");
        Skip.IfNot(Directory.Exists(BaseFolder), $"no base model at {BaseFolder}");
        _tokenizer = Tokenizer.Load(BaseFolder);
        Choices = [.. Expected["choices"]!.AsArray().Select(c => c!.GetValue<string>())];
    }

    public JsonNode Expected { get; }

    public string BaseFolder { get; }

    public IReadOnlyList<string> Choices { get; }

    public bool IsAdapter => _settings["lora"] is not null;

    public int Passes => _settings["accum"]!.GetValue<int>();

    public TrainingOptions Options =>
        new()
        {
            Epochs = _settings["epochs"]!.GetValue<int>(),
            BatchSize = _settings["batch"]!.GetValue<int>() * Passes,
            Shuffle = false,
            LearningRate = _settings["lr"]!.Number(),
            Schedule = Enum.Parse<ScheduleKind>(_settings["schedule"]!.GetValue<string>(), ignoreCase: true),
            WarmupSteps = _settings["warmup"]!.GetValue<int>(),
            Optimizer = new AdamWOptions(WeightDecay: _settings["wd"]!.Number()),
            Keep = KeepRule.Last,
        };

    public CausalModel Load()
    {
        var model = ModelFolder.Load(BaseFolder);
        if (IsAdapter)
        {
            LoraAdapter.Load(model, Path.Combine(_folder, "initial-adapter"));
        }

        return model;
    }

    public IReadOnlyList<(string Text, string Label)> Rows(string split) =>
        [
            .. File.ReadLines(Path.Combine(_folder, split + ".jsonl"))
                .Select(line => JsonNode.Parse(line)!)
                .Select(row => (row["text"]!.GetValue<string>(), row["label"]!.GetValue<string>())),
        ];

    public IReadOnlyList<TrainingExample> Examples(string split) =>
        [
            .. Rows(split)
                .Select(row => Encode(row.Text, row.Label))
                .Select(e => new TrainingExample(
                    e.InputIds,
                    [.. Enumerable.Range(0, e.InputIds.Length).Select(i => i >= e.PromptLength)]
                )),
        ];

    /// <summary>Prompt and completions of each row: what the choices are scored by.</summary>
    public IReadOnlyList<(int[] Prompt, IReadOnlyList<int[]> Completions)> Questions(string split) =>
        [
            .. Rows(split)
                .Select(row =>
                {
                    var all = Choices.Select(choice => Encode(row.Text, choice)).ToArray();
                    return (
                        all[0].InputIds[..all[0].PromptLength],
                        (IReadOnlyList<int[]>)[.. all.Select(e => e.InputIds[e.PromptLength..])]
                    );
                }),
        ];

    private EncodedExample Encode(string text, string label) =>
        ExampleEncoder.Encode(
            _tokenizer,
            _settings["prompt"]!.GetValue<string>().Replace("{text}", text, StringComparison.Ordinal),
            _settings["completion"]!.GetValue<string>().Replace("{label}", label, StringComparison.Ordinal),
            Boundary.Together,
            _tokenizer.EosId!.Value
        );
}
