using System.Text.Json.Nodes;
using Finetune.Engine.Metrics;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;
using Finetune.Engine.Training;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Training;

/// <summary>A training of seconds: a small random model, sixteen rows of a rule it can learn.</summary>
internal sealed class TinyTraining : IDisposable
{
    private readonly Scratch _config = TinyModel.Folder();
    private readonly Scratch _place = Scratch.New();

    public string Log => Path.Combine(_place.Path, "log.jsonl");

    public static TrainingOptions Options =>
        new()
        {
            Epochs = 3,
            BatchSize = 4,
            LearningRate = 0.01,
            Schedule = ScheduleKind.Linear,
            WarmupSteps = 2,
            Seed = 5,
            ValidateEvery = 3,
        };

    public static IReadOnlyList<TrainingExample> Rows(int count, ulong seed)
    {
        var random = new SplitMix64(seed);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                {
                    int[] prompt = [1, .. Enumerable.Range(0, 3 + random.Below(6)).Select(_ => 3 + random.Below(37))];
                    int[] ids = [.. prompt, .. Enumerable.Repeat(prompt[1], 1 + random.Below(3)), 2];
                    return new TrainingExample(ids, [.. ids.Select((_, i) => i >= prompt.Length)]);
                }),
        ];
    }

    public CausalModel NewModel() => ModelFolder.Initialize(_config.Path, 3);

    public TrainingResult Run(
        CausalModel model,
        TrainingOptions? options = null,
        IReadOnlyList<TrainingExample>? rows = null,
        Func<CausalModel, ValidationAnswers>? accuracy = null,
        string checkpoint = "checkpoint",
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default
    ) =>
        Trainer.Run(
            model,
            rows ?? Rows(18, 1),
            Rows(7, 2),
            accuracy,
            options ?? Options,
            Log,
            Path.Combine(_place.Path, checkpoint),
            progress,
            cancellationToken
        );

    public string CheckpointPath(string checkpoint = "checkpoint") => Path.Combine(_place.Path, checkpoint);

    public JsonNode[] Lines() => [.. File.ReadLines(Log).Select(line => JsonNode.Parse(line)!)];

    public static byte[] Bytes(CausalModel model)
    {
        using var scope = NewDisposeScope();
        return [.. model.named_parameters().SelectMany(p => p.parameter.detach().bytes.ToArray())];
    }

    public void Dispose()
    {
        _config.Dispose();
        _place.Dispose();
    }
}

/// <summary>Calls back at once, on the caller's thread.</summary>
internal sealed class AtOnce<T>(Action<T> action) : IProgress<T>
{
    public void Report(T value) => action(value);
}
