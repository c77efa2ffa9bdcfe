using Finetune.Engine.Models;
using Finetune.Stages.Answering;

namespace Finetune.Stages.Train;

/// <summary>The share of validation examples a model answers right, by the decoder that the evaluation uses.</summary>
public static class ValidationAccuracy
{
    private const int ChunkSize = 64;

    /// <summary>The measure, to be called while training; null where there is nothing to answer.</summary>
    /// <param name="questions">Validation examples of the stage's templates.</param>
    /// <param name="responder">Makes the decoder over a model.</param>
    public static Func<CausalModel, double>? Of(
        IReadOnlyList<Question> questions,
        Func<CausalModel, Responder> responder
    ) =>
        questions.Count == 0
            ? null
            : model =>
            {
                var decoder = responder(model);
                long right = 0;
                foreach (var chunk in questions.Chunk(ChunkSize))
                {
                    right += decoder.Respond(chunk, scoreReference: false).Count(a => a.Correct);
                }

                return (double)right / questions.Count;
            };
}
