using System.Collections.Concurrent;
using System.Text.Json;

namespace Finetune.Tests.Engine.Templates;

/// <summary>Files of many cases, each case a theory case of its own.</summary>
internal static class FixtureFiles
{
    private static readonly ConcurrentDictionary<string, JsonElement> Documents = new(StringComparer.Ordinal);

    public static JsonElement Read(string file) =>
        Documents.GetOrAdd(file, path => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement);

    public static TheoryData<string, string> Cases(IEnumerable<string> files, string key)
    {
        var cases = new TheoryData<string, string>();
        foreach (var file in files.Where(File.Exists))
        {
            foreach (var one in Read(file).GetProperty("cases").EnumerateArray())
            {
                cases.Add(file, one.GetProperty(key).GetString()!);
            }
        }

        if (!((IEnumerable<object[]>)cases).Any())
        {
            cases.Add("", "");
        }

        return cases;
    }

    public static JsonElement Case(JsonElement document, string name) =>
        document.GetProperty("cases").EnumerateArray().First(one => one.GetProperty("name").GetString() == name);
}
