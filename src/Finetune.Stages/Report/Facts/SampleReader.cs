using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Report.Facts;

/// <summary>Picks rows to show and reads everybody's answers to them, each file once, line by line.</summary>
internal sealed class SampleReader
{
    private const int LongestPrompt = 900;
    private const int LongestAnswer = 300;

    private readonly Dictionary<AnswerPlace, Dictionary<string, SampleAnswer>> _answers = [];
    private readonly Dictionary<AnswerPlace, (string Prompt, string Reference)> _texts = [];
    private readonly List<AnswerPlace> _spread = [];
    private readonly AnswerReader? _reader;

    /// <summary>Reads the answers to the wanted rows, and to as many rows spread over the test.</summary>
    /// <param name="paths">Contender to its predictions.</param>
    /// <param name="wanted">Places to read.</param>
    /// <param name="examples">Answers in a file.</param>
    /// <param name="samples">How many rows to spread.</param>
    /// <param name="reader">Reads generated text; null where all of it is the answer.</param>
    public SampleReader(
        IReadOnlyList<(string Contender, string Path)> paths,
        IEnumerable<AnswerPlace> wanted,
        int examples,
        int samples,
        AnswerReader? reader
    )
    {
        _reader = reader;
        var places = wanted.ToHashSet();
        var count = Math.Min(samples, examples);
        var spread = Enumerable.Range(0, count).Select(i => (int)((long)i * examples / count)).ToHashSet();
        foreach (var (contender, path) in paths)
        {
            var line = 0;
            foreach (var answer in AnswerFile.Read(path))
            {
                var place = new AnswerPlace(answer.Row, answer.Template);
                if (spread.Contains(line) && !_spread.Contains(place))
                {
                    places.Add(place);
                    _spread.Add(place);
                }

                if (places.Contains(place))
                {
                    Keep(contender, place, answer);
                }

                line++;
            }
        }
    }

    /// <summary>Rows spread evenly over the test, in its order.</summary>
    public IReadOnlyList<SampleFact> Spread => [.. _spread.Select(At)];

    /// <summary>The row at that place.</summary>
    public SampleFact At(AnswerPlace place) =>
        new(place.Row, place.Template, _texts[place].Prompt, _texts[place].Reference, _answers[place]);

    private void Keep(string contender, AnswerPlace place, Answer answer)
    {
        if (!_answers.TryGetValue(place, out var answers))
        {
            _answers[place] = answers = new Dictionary<string, SampleAnswer>(StringComparer.Ordinal);
        }

        answers[contender] = new SampleAnswer(
            answer.Prediction is null ? null : LongText.Cut(answer.Prediction, LongestAnswer),
            AnswerReader.IsRight(_reader, answer)
        );

        // The shortest prompt is the one without examples in front.
        var prompt = LongText.Cut(answer.Prompt, LongestPrompt);
        if (!_texts.TryGetValue(place, out var texts) || prompt.Length < texts.Prompt.Length)
        {
            _texts[place] = (prompt, LongText.Cut(answer.Reference, LongestAnswer));
        }
    }
}
