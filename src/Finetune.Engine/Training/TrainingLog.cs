using System.Buffers;
using System.Text.Json;

namespace Finetune.Engine.Training;

/// <summary>
/// The training log, one JSON object a line: what is deterministic and nothing else. Numbers are the shortest that read
/// back as the same double.
/// </summary>
internal sealed class TrainingLog : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Goes on with a log, cut to a length.</summary>
    /// <param name="path">Made when it does not exist.</param>
    /// <param name="length">Bytes to keep.</param>
    public TrainingLog(string path, long length)
    {
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        _file.SetLength(length);
        _file.Seek(0, SeekOrigin.End);
    }

    /// <summary>Writes a step's line; a noise scale that is not known is left out.</summary>
    public void Step(
        int step,
        double epoch,
        StepOutcome outcome,
        double learningRate,
        long tokens,
        double? noiseScale
    ) =>
        Line(json =>
        {
            json.WriteNumber("step", step);
            json.WriteNumber("epoch", epoch);
            json.WriteNumber("loss", outcome.Loss);
            json.WriteNumber("grad_norm", outcome.GradientNorm);
            json.WriteNumber("learning_rate", learningRate);
            json.WriteNumber("tokens", tokens);
            json.WriteNumber("label_tokens", outcome.LabelTokens);
            foreach (var (name, value) in outcome.Figures)
            {
                json.WriteNumber(name, value);
            }

            if (noiseScale is { } noise)
            {
                json.WriteNumber("gradient_noise_scale", noise);
            }
        });

    /// <summary>Writes a validation's line; answers that were not asked for are left out.</summary>
    public void Validation(int step, double loss, ValidationAnswers? answers) =>
        Line(json =>
        {
            json.WriteNumber("step", step);
            json.WriteNumber("validation_loss", loss);
            if (answers is not null)
            {
                json.WriteNumber("validation_accuracy", answers.Accuracy);
            }

            if (answers is { Samples.Count: > 0 })
            {
                json.WriteStartArray("samples");
                foreach (var sample in answers.Samples)
                {
                    Sample(json, sample);
                }

                json.WriteEndArray();
            }
        });

    /// <summary>Makes all lines durable and says how many bytes they are.</summary>
    public long Flush()
    {
        _file.Flush(flushToDisk: true);
        return _file.Position;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void Sample(Utf8JsonWriter json, SampledAnswer sample)
    {
        json.WriteStartObject();
        json.WriteNumber("row", sample.Row);
        json.WriteString("template", sample.Template);
        json.WriteString("prompt", sample.Prompt);
        json.WriteString("reference", sample.Reference);
        json.WriteString("prediction", sample.Prediction);
        json.WriteBoolean("correct", sample.Correct);
        json.WriteEndObject();
    }

    private void Line(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        _file.Write(buffer.WrittenSpan);
    }
}
