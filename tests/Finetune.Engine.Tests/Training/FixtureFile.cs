using System.Text.Json.Nodes;

namespace Finetune.Engine.Tests.Training;

/// <summary>Cases inside a fixture file, over every fixture root.</summary>
internal static class FixtureFile
{
    /// <summary>One theory case an entry: the file, and the entry's name.</summary>
    /// <param name="path">Relative to a root.</param>
    /// <param name="names">Names of the entries of a file.</param>
    public static TheoryData<string, string> Cases(string path, Func<JsonNode, IEnumerable<string>> names)
    {
        var cases = new TheoryData<string, string>();
        foreach (var file in FixtureRoots.All.Select(root => Path.Combine(root, path)).Where(File.Exists))
        {
            foreach (var name in names(Read(file)))
            {
                cases.Add(file, name);
            }
        }

        if (!((IEnumerable<object[]>)cases).Any())
        {
            cases.Add("", "");
        }

        return cases;
    }

    public static JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(file))!;

    public static double Number(this JsonNode node) => node.GetValue<double>();

    public static int[] Ints(this JsonNode node) => [.. node.AsArray().Select(n => n!.GetValue<int>())];

    public static float[] Floats(this JsonNode node) =>
        node is JsonArray list ? [.. list.SelectMany(n => Floats(n!))] : [node.GetValue<float>()];

    public static long[] Shape(this JsonNode node) => node is JsonArray list ? [list.Count, .. list[0]!.Shape()] : [];
}
