using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Finetune.Cli.Pipelines;
using Finetune.Graph.Execution;

namespace Finetune.Cli.Tracking;

/// <summary>
/// Tells trackers of a run, on a thread of its own, so that neither a training nor a step waits for a server. A tracker that
/// fails is told of once and no more; a run never fails by it.
/// </summary>
internal sealed class RunTracking : IDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(30);

    // Of a log's line: what follows from the step's number, and what signs of life say too.
    private static readonly string[] Counts = ["step", "epoch", "tokens", "label_tokens"];
    private static readonly string[] Validated = ["validation_loss", "validation_accuracy"];
    private static readonly string[] Seen = ["loss", "learning_rate", "grad_norm", .. Validated];

    private readonly List<ITracker> _trackers;
    private readonly Action<string> _warn;
    private readonly TimeProvider _clock;
    private readonly Channel<Action<ITracker>> _words = Channel.CreateUnbounded<Action<ITracker>>();
    private readonly Task _telling;
    private readonly Dictionary<string, HashSet<long>> _told = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (double? Loss, double? Accuracy)> _validations = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private bool _open;

    /// <summary>Begins.</summary>
    /// <param name="trackers">To be told; disposed of at the end.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="warn">Takes a warning.</param>
    public RunTracking(IReadOnlyList<ITracker> trackers, TimeProvider clock, Action<string> warn)
    {
        (_trackers, _clock, _warn) = ([.. trackers], clock, warn);
        _telling = _trackers.Count == 0 ? Task.CompletedTask : Task.Run(TellAsync);
    }

    /// <summary>The run begins.</summary>
    /// <param name="id">Its name in the store.</param>
    /// <param name="name">The pipeline's name.</param>
    /// <param name="document">The document as compiled.</param>
    public void Begin(string id, string name, JsonObject document)
    {
        if (_trackers.Count == 0)
        {
            return;
        }

        var run = new TrackedRun(id, name, Flat(document), _clock.GetUtcNow());
        Tell(tracker => tracker.Begin(run));
        _open = true;
    }

    /// <summary>Something happened.</summary>
    public void Note(RunEvent happened)
    {
        if (_trackers.Count == 0)
        {
            return;
        }

        var now = _clock.GetUtcNow();
        switch (happened)
        {
            case StepStarted started:
                Tell(tracker => tracker.StepBegins(started.Step, now));
                break;
            case StepProgressed { Progress: { Done: { } number, Values: { } values } } progressed:
                Live(progressed.Step, number, values, now);
                break;
            case StepFinished { Result: var result }:
                FromLog(result, now);
                var step = new TrackedStep(
                    result.Name,
                    result.Kind,
                    RunEventJson.Word(result.Status),
                    result.Seconds,
                    result.Key
                );
                Tell(tracker => tracker.StepEnds(step, now));
                break;
        }
    }

    /// <summary>The run ended; returns when all is told, or time is up.</summary>
    public void End(bool ok, bool cancelled, IReadOnlyDictionary<string, double> metrics)
    {
        var end = new TrackedEnd(ok, cancelled, metrics, _clock.GetUtcNow());
        Tell(tracker => tracker.End(end));
        _open = false;
        _words.Writer.TryComplete();
        if (!_telling.Wait(LastWords))
        {
            _warn($"tracking: not all was told in {LastWords.TotalSeconds:0} s, the rest is left out");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_open)
        {
            // Something threw: a run that nobody ends would look alive for ever.
            End(ok: false, cancelled: true, new Dictionary<string, double>());
        }

        _words.Writer.TryComplete();
        if (_telling.Wait(LastWords))
        {
            _trackers.ForEach(tracker => tracker.Dispose());
        }
    }

    private void Live(string step, long number, IReadOnlyDictionary<string, double> values, DateTimeOffset now)
    {
        var fresh = new Dictionary<string, double>(values.Where(v => double.IsFinite(v.Value)), StringComparer.Ordinal);
        lock (_lock)
        {
            // A step is reported again when it was validated; a validation stands in every report until the next one.
            if (!Told(step).Add(number))
            {
                foreach (var name in fresh.Keys.Where(name => !Validated.Contains(name)).ToList())
                {
                    fresh.Remove(name);
                }
            }

            var validation = (Of("validation_loss"), Of("validation_accuracy"));
            if (_validations.TryGetValue(step, out var before) && before == validation)
            {
                Array.ForEach(Validated, name => fresh.Remove(name));
            }

            _validations[step] = validation;
        }

        if (fresh.Count > 0)
        {
            Tell(new TrackedPoint(step, number, fresh, now));
        }

        double? Of(string name) => values.TryGetValue(name, out var value) ? value : null;
    }

    // Of a training that was cached, or went on from a checkpoint, the log says what was not seen; of every training, what
    // its signs of life leave out.
    private void FromLog(StepResult result, DateTimeOffset now)
    {
        if (result.Kind != "train" || !result.Outputs.TryGetValue("log", out var log))
        {
            return;
        }

        HashSet<long> told;
        lock (_lock)
        {
            told = Told(result.Name);
        }

        foreach (var line in File.ReadLines(log).Where(line => line.Length > 0))
        {
            using var entry = JsonDocument.Parse(line);
            var number = entry.RootElement.GetProperty("step").GetInt64();
            var known = told.Contains(number);
            var values = entry
                .RootElement.EnumerateObject()
                .Where(p => p.Value.ValueKind == JsonValueKind.Number)
                .Where(p => !Counts.Contains(p.Name, StringComparer.Ordinal))
                .Where(p => !known || !Seen.Contains(p.Name, StringComparer.Ordinal))
                .ToDictionary(p => p.Name, p => p.Value.GetDouble(), StringComparer.Ordinal);
            if (values.Count > 0)
            {
                Tell(new TrackedPoint(result.Name, number, values, now));
            }
        }
    }

    private HashSet<long> Told(string step) => _told.TryGetValue(step, out var told) ? told : _told[step] = [];

    private void Tell(TrackedPoint point) => Tell(tracker => tracker.Point(point));

    private void Tell(Action<ITracker> word) => _words.Writer.TryWrite(word);

    private async Task TellAsync()
    {
        await foreach (var word in _words.Reader.ReadAllAsync())
        {
            foreach (var tracker in _trackers.ToList())
            {
                try
                {
                    word(tracker);
                }
                catch (Exception exception)
                {
                    // Whatever a server or a disk does, the run goes on.
                    _warn($"tracking to {tracker.Name} ended: {exception.Message}");
                    _trackers.Remove(tracker);
                    tracker.Dispose();
                }
            }
        }
    }

    private static Dictionary<string, string> Flat(JsonNode? node, string path = "")
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        IEnumerable<(string Key, JsonNode? Value)> children = node switch
        {
            JsonObject map => map.Select(entry => (entry.Key, entry.Value)),
            JsonArray list => list.Select((item, i) => (i.ToString(CultureInfo.InvariantCulture), item)),
            _ => [],
        };
        foreach (var (key, value) in children)
        {
            var place = path.Length == 0 ? key : $"{path}.{key}";
            if (value is JsonObject or JsonArray)
            {
                foreach (var (inner, text) in Flat(value, place))
                {
                    found[inner] = text;
                }
            }
            else if (value is not null)
            {
                found[place] = value.ToString();
            }
        }

        return found;
    }
}
