namespace Finetune.Engine.Training;

/// <summary>Turns steps into reports with rates; the rate is an average over about the last ten seconds.</summary>
internal sealed class ProgressMeter(
    TimeProvider clock,
    IProgress<TrainingProgress>? progress,
    int totalSteps,
    int stepsPerEpoch
)
{
    private const double Memory = 10;

    private readonly long _start = clock.GetTimestamp();
    private long _last = clock.GetTimestamp();
    private double _seconds;
    private double _tokens;
    private double? _validationLoss;
    private double? _validationAccuracy;
    private TrainingProgress? _reported;

    /// <summary>Seconds since the start.</summary>
    public double Seconds => clock.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Counts a step and reports it.</summary>
    public void Step(int step, StepOutcome outcome, double learningRate)
    {
        var now = clock.GetTimestamp();
        var seconds = clock.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;
        var keep = Math.Exp(-seconds / Memory);
        _seconds = _seconds * keep + seconds;
        _tokens = _tokens * keep + outcome.Tokens;
        _reported = new TrainingProgress(
            step,
            totalSteps,
            step / (double)stepsPerEpoch,
            outcome.Loss,
            learningRate,
            outcome.GradientNorm,
            _seconds > 0 ? _tokens / _seconds : 0,
            _validationLoss,
            _validationAccuracy
        );
        progress?.Report(_reported);
    }

    /// <summary>Reports a validation of the step before, whose time does not count as training.</summary>
    public void Validation(double loss, double? accuracy)
    {
        (_validationLoss, _validationAccuracy) = (loss, accuracy);
        _last = clock.GetTimestamp();
        if (_reported is not null)
        {
            _reported = _reported with { ValidationLoss = loss, ValidationAccuracy = accuracy };
            progress?.Report(_reported);
        }
    }
}
