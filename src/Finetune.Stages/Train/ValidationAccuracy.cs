using Finetune.Engine.Models;
using Finetune.Engine.Training;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Train;

/// <summary>The share of validation examples a model answers right, by the decoder that the evaluation uses.</summary>
public static class ValidationAccuracy
{
    private const int ChunkSize = 64;

    /// <summary>The measure, to be called while training; null where there is nothing to answer.</summary>
    /// <param name="questions">Validation examples of the stage's templates.</param>
    /// <param name="responder">Makes the decoder over a model.</param>
    /// <param name="samples">How many answers the log is to have, spread evenly.</param>
    public static Func<CausalModel, ValidationAnswers>? Of(
        IReadOnlyList<Question> questions,
        Func<CausalModel, Responder> responder,
        int samples = 0
    ) =>
        questions.Count == 0
            ? null
            : model =>
            {
                var decoder = responder(model);
                var shown = Math.Min(samples, questions.Count);
                var places = Enumerable.Range(0, shown).Select(i => i * questions.Count / shown).ToHashSet();
                var sampled = new List<SampledAnswer>();
                var (right, at) = (0L, 0);
                foreach (var chunk in questions.Chunk(ChunkSize))
                {
                    foreach (var answer in decoder.Respond(chunk, scoreReference: false))
                    {
                        right += answer.Correct ? 1 : 0;
                        if (places.Contains(at++))
                        {
                            sampled.Add(Sample(answer));
                        }
                    }
                }

                return new ValidationAnswers((double)right / questions.Count, sampled);
            };

    private static SampledAnswer Sample(Answer answer) =>
        new(answer.Row, answer.Template, answer.Prompt, answer.Reference, answer.Prediction, answer.Correct);
}
