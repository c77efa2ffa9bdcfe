using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Html;
using Finetune.Stages.Report.Sections;

namespace Finetune.Stages.Report.Explorer;

/// <summary>Test rows with everybody's answers as they stand in the page: JSON, compressed, in text form.</summary>
/// <param name="Text">Base64 of gzip of the JSON of <see cref="ExplorerData"/>.</param>
/// <param name="Shown">How many answers it holds.</param>
/// <param name="All">How many there are.</param>
internal sealed record ExplorerBlock(string Text, int Shown, int All)
{
    // Reports are mailed: 5 000 rows of 64 tokens and all the rest stay below 3 MB.
    private const int MostCharacters = 2_000_000;

    // What a browser filters while someone types.
    private const int MostRows = 10_000;

    private static readonly JsonSerializerOptions Options = new(StageJson.Options)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Reads all answers once, line by line, and keeps what fits: those that changed before others.</summary>
    /// <param name="paths">Contender to its predictions; all of the same rows in the same order.</param>
    /// <param name="verdict">Which changed.</param>
    /// <param name="mostCharacters">Of the text; for tests.</param>
    public static ExplorerBlock Read(
        IReadOnlyList<(string Contender, string Path)> paths,
        VerdictRecord verdict,
        int mostCharacters = MostCharacters
    )
    {
        var changed = verdict.Flips.SelectMany(f => f.Fixed.Concat(f.Broken)).ToHashSet();
        var quota = new RowQuota(changed.Count, verdict.Examples - changed.Count, MostRows);
        var reader = AnswerReader.Of(verdict.Answers);
        List<(bool Changed, Answer[] Answers)> kept = [];
        foreach (var answers in Together([.. paths.Select(p => p.Path)]))
        {
            var isChanged = changed.Contains(new AnswerPlace(answers[0].Row, answers[0].Template));
            if (quota.Takes(isChanged))
            {
                kept.Add((isChanged, answers));
            }
        }

        while (true)
        {
            var text = Written(paths, reader, verdict.Slices, kept);
            if (text.Length <= mostCharacters || kept.Count <= 1)
            {
                return new ExplorerBlock(text, kept.Count, verdict.Examples);
            }

            var most = (int)(0.95 * kept.Count * mostCharacters / text.Length);
            quota = new RowQuota(kept.Count(k => k.Changed), kept.Count(k => !k.Changed), Math.Max(1, most));
            kept = [.. kept.Where(k => quota.Takes(k.Changed))];
        }
    }

    private static string Written(
        IReadOnlyList<(string Contender, string Path)> paths,
        AnswerReader? reader,
        IReadOnlyList<SliceVerdict>? slices,
        List<(bool Changed, Answer[] Answers)> kept
    )
    {
        var rows = new ExplorerRows(reader, slices);
        List<ExplorerRow> all = [.. kept.Select(k => rows.Of(k.Answers))];
        var data = new ExplorerData(
            [.. paths.Select(p => Figures.Contender(p.Contender))],
            [.. paths.Select(p => Tones.Contender(p.Contender))],
            rows.Texts.Templates,
            rows.Texts.Choices,
            rows.Texts.Inserts,
            slices?.Select(s => new ExplorerSlice(SliceSection.Title(s), [.. s.Groups.Select(g => g.Name)])).ToList(),
            all
        );
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            JsonSerializer.Serialize(gzip, data, Options);
        }

        return Convert.ToBase64String(compressed.GetBuffer(), 0, (int)compressed.Length);
    }

    private static IEnumerable<Answer[]> Together(IReadOnlyList<string> paths)
    {
        var files = paths.Select(path => AnswerFile.Read(path).GetEnumerator()).ToList();
        try
        {
            while (files.All(file => file.MoveNext()))
            {
                yield return [.. files.Select(file => file.Current)];
            }
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }
}
