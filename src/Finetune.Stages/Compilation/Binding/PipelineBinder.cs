using System.Text.RegularExpressions;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Schema;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>YAML nodes → settings. A faulty value is told and read as its default.</summary>
internal static partial class PipelineBinder
{
    /// <summary>The settings of a document.</summary>
    public static PipelineSettings Bind(MappingNode root, Findings findings)
    {
        var start = root.Entries.Count > 0 ? root.Entries[0].KeySpan : root.Span;
        var reader = new ObjectReader(findings, root, "", start with { Length = 1 });
        var settings = new PipelineSettings
        {
            Version = (int)(reader.Need("version")?.Whole(new Bounds(1, 1)) ?? 1),
            Name = reader.NeedText("name"),
            Seed = reader.Find("seed")?.Whole(Bounds.NotNegative) ?? 0,
            Seeds = Seeds(reader.Find("seeds")),
            Sources = Map(reader.NeedObject("sources"), SourceBinder.Bind),
            Splits = SplitsBinder.Bind(reader.NeedObject("splits")),
            Templates = Map(reader.NeedObject("templates"), TemplateBinder.Bind),
            Model = ModelBinder.Bind(reader.NeedObject("model")),
            Training = reader.Find("training").Objects(TrainingBinder.Bind, new TrainingSection { Name = "" }),
            Evaluation = reader.Object("evaluation").Closed(EvaluationBinder.Bind),
            Require = reader.Texts("require", mayBeEmpty: true) ?? [],
            Export = reader.Find("export").Objects(ExportBinder.Bind, new ExportSection { Format = "", To = "" }),
            Report = reader
                .Object("report")
                .Closed(r => new ReportSection { Samples = r.Whole("samples", new Bounds(0, 10000)) ?? 20 }),
        };
        reader.Close();
        return settings;
    }

    /// <summary>Whether a text can name a source, a template or a stage; tells if not.</summary>
    public static bool CheckName(Findings findings, string name, SourceSpan place, string path)
    {
        if (Name().IsMatch(name))
        {
            return true;
        }

        findings.Add(
            Codes.BadName,
            place,
            path,
            $"'{name}' cannot be a name",
            "names have letters, digits, _ and -, and do not begin with -"
        );
        return false;
    }

    private static List<long>? Seeds(ValueReader? value)
    {
        if (value?.Items(mayBeEmpty: false) is not { } items)
        {
            return null;
        }

        var seeds = new List<long>();
        foreach (var item in items)
        {
            if (item.Whole(Bounds.NotNegative) is not { } seed)
            {
                continue;
            }

            if (seeds.Contains(seed))
            {
                item.Findings.Add(Codes.Repeated, item.Node.Span, item.Path, $"'{Words.Of(seed)}' is there twice");
                continue;
            }

            seeds.Add(seed);
        }

        return seeds.Count == 0 ? null : seeds;
    }

    // Names and their order come from the document; dictionaries keep no order by law, hence the list behind it.
    private static OrderedDictionary<string, T> Map<T>(ObjectReader? reader, Func<ObjectReader, T> read)
    {
        var map = new OrderedDictionary<string, T>(StringComparer.Ordinal);
        if (reader is null)
        {
            return map;
        }

        var any = false;
        foreach (var (name, place, value) in reader.Entries())
        {
            any = true;
            CheckName(reader.Findings, name, place, value.Path);
            if (value.Object(place) is { } section)
            {
                map[name] = read(section);
                section.Close();
            }
        }

        if (!any && reader.IsEmpty)
        {
            reader.Findings.Add(Codes.Empty, reader.Place, reader.Path, $"'{reader.Path}' is empty");
        }

        return map;
    }

    [GeneratedRegex(NamesAttribute.Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
