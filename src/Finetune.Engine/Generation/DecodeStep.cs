using Finetune.Engine.Models;
using Finetune.Engine.Models.Managed;
using Finetune.Engine.Native;
using Finetune.Engine.Training;
using static TorchSharp.torch;

namespace Finetune.Engine.Generation;

/// <summary>
/// Computes and chooses the next token of some answers. Prompts go through libtorch, which is fast at many rows; single
/// tokens through <see cref="ManagedDecoder"/> where the model has that form, which is fast at few.
/// </summary>
internal sealed class DecodeStep
{
    // Rows beyond which operators pay.
    private const int ManagedRowsAtMost = 64;

    private readonly CausalModel _model;
    private readonly GenerationOptions _options;
    private readonly TokenDistribution _next;
    private readonly ManagedDecoder? _managed;
    private readonly ManagedRows _rows = new();
    private readonly List<Answer> _few = [];
    private readonly List<Answer> _many = [];

    /// <summary>Of a model as it stands now.</summary>
    /// <param name="model">In evaluation mode.</param>
    /// <param name="options">How tokens are chosen.</param>
    /// <param name="ends">Tokens that end an answer.</param>
    public DecodeStep(CausalModel model, GenerationOptions options, IReadOnlySet<int> ends)
    {
        (_model, _options) = (model, options);
        _next = new TokenDistribution(options, ends);
        _managed = ManagedDecoder.Of(model);
    }

    /// <summary>Gives each answer that goes on its next token.</summary>
    /// <param name="answers">Answers under way; ended ones are left alone.</param>
    /// <param name="take">Told an answer and its token.</param>
    public void Run(IReadOnlyList<Answer> answers, Action<Answer, int> take)
    {
        CollectionPause.Breathe();
        Part(answers);
        RunMany(take);
        RunFew(take);
    }

    private void Part(IReadOnlyList<Answer> answers)
    {
        _few.Clear();
        _many.Clear();
        var room = _managed is null ? 0 : ManagedRowsAtMost;
        foreach (var answer in answers)
        {
            if (answer.StopReason is not null)
            {
                continue;
            }

            var fits = answer.Waiting.Length <= room;
            room -= fits ? answer.Waiting.Length : 0;
            (fits ? _few : _many).Add(answer);
        }
    }

    private void RunFew(Action<Answer, int> take)
    {
        if (_few.Count == 0)
        {
            return;
        }

        _rows.Clear();
        foreach (var answer in _few)
        {
            _rows.Add(answer.Cache, answer.Waiting.Span);
        }

        var logits = _managed!.Logits(_rows);
        var width = _managed.Vocabulary;
        for (var i = 0; i < _few.Count; i++)
        {
            take(_few[i], Choose(_few[i], logits.Slice(i * width, width)));
        }
    }

    private void RunMany(Action<Answer, int> take)
    {
        if (_many.Count == 0)
        {
            return;
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var device = _model.HeadWeight.device;
        Encode([.. _many.Where(a => a.Source is not null)], device);
        var ends = new long[_many.Count];
        var at = -1L;
        for (var i = 0; i < ends.Length; i++)
        {
            ends[i] = at += _many[i].Waiting.Length;
        }

        using var batch = Batch.Of([.. _many.Select(a => a.Waiting)], device, [.. _many.Select(a => a.Start)]) with
        {
            Wanted = tensor(ends, device: device),
        };
        var hidden = _model.Hidden(batch, [.. _many.Select(a => a.Cache)]);
        var logits = _model.Logits(hidden).to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        var width = logits.Length / ends.Length;
        for (var i = 0; i < ends.Length; i++)
        {
            take(_many[i], Choose(_many[i], logits.AsSpan(i * width, width)));
        }
    }

    private void Encode(Answer[] unread, Device device)
    {
        if (unread.Length == 0)
        {
            return;
        }

        using var sources = Batch.Of([.. unread.Select(a => (ReadOnlyMemory<int>)a.Source!)], device);
        _model.Encode(sources, [.. unread.Select(a => a.Cache)]);
        Array.ForEach(unread, a => a.Source = null);
    }

    private int Choose(Answer answer, ReadOnlySpan<float> logits) =>
        _next.Next(
            logits,
            answer.Context,
            _next.IsPlain ? 0 : CounterRandom.Uniform(_options.Seed, (ulong)answer.Index, (ulong)answer.Length)
        );
}
