using Finetune.Graph.Execution;

namespace Finetune.Cli.Pipelines;

/// <summary>Forecasts as they are written.</summary>
internal static class ForecastWords
{
    /// <summary>The word.</summary>
    public static string Of(Forecast forecast) =>
        forecast switch
        {
            Forecast.Hit => "hit",
            Forecast.Miss => "miss",
            _ => "unknown",
        };
}
