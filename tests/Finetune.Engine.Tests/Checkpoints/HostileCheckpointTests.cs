using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Finetune.Engine.Tests.Checkpoints;

/// <summary>
/// Checkpoints made to do harm: each ends in an error that names the file, before memory or time is spent on what it
/// claims, and never in anything else.
/// </summary>
public sealed class HostileCheckpointTests
{
    private const long MostMemory = 256L << 20;

    [Fact]
    public void Every_lie_in_a_header_is_found()
    {
        using var folder = new HostileFolder();
        var cases = folder
            .Tensors.SelectMany(
                (tensor, i) =>
                    HostileHeaders
                        .Ways.Where((_, j) => (i + j) % 2 == 0)
                        .Select(way =>
                            (
                                Name: $"{tensor}: {way.Name}",
                                Spoil: (Action)(
                                    () => Write(folder, HostileFolder.Made(way.Lie(folder.Header, tensor), folder.Data))
                                )
                            )
                        )
            )
            .ToList();

        Assert.True(cases.Count >= 250, $"{cases.Count} cases");
        Check(folder, cases);
    }

    [Fact]
    public void Every_lie_about_the_file_is_found()
    {
        using var folder = new HostileFolder();
        var header = folder.Header.ToJsonString();
        var whole = HostileFolder.Made(header, folder.Data);
        var cases = new List<(string, Action)>();
        foreach (
            var length in new ulong[]
            {
                0,
                1,
                (ulong)header.Length - 1,
                (ulong)header.Length + 1,
                1UL << 32,
                1UL << 63,
                ulong.MaxValue,
            }
        )
        {
            cases.Add(
                ($"header length {length}", () => Write(folder, HostileFolder.Made(header, folder.Data, length)))
            );
        }

        for (var part = 0; part < 20; part++)
        {
            var cut = whole.Length * part / 20;
            cases.Add(($"cut at {cut}", () => Write(folder, whole[..cut])));
        }

        var deep = new string('[', 100_000);
        foreach (
            var text in new[]
            {
                "",
                "{",
                "[]",
                "null",
                deep,
                "{\"a\":" + deep,
                "{\"a\":NaN}",
                "{\"a\":1e999}",
                "{\"\\ud800\":1}",
            }
        )
        {
            cases.Add(
                (
                    $"header {text[..Math.Min(12, text.Length)]}",
                    () => Write(folder, HostileFolder.Made(text, folder.Data))
                )
            );
        }

        cases.Add(("bytes behind the data", () => Write(folder, [.. whole, 0, 0, 0, 0])));
        cases.Add(("a gap before the data", () => Write(folder, HostileFolder.Made(header, [0, .. folder.Data]))));
        cases.Add(("a folder in its place", () => Replace(folder, () => Directory.CreateDirectory(folder.Weights))));
        cases.Add(("a link to itself", () => Replace(folder, () => Link(folder.Weights, folder.Weights))));
        Check(folder, cases);
    }

    [Fact]
    public void Every_lie_in_an_index_is_found()
    {
        using var folder = new HostileFolder();
        string[] names =
        [
            "../model.safetensors",
            "/etc/passwd",
            "..\\model.safetensors",
            "a/b.safetensors",
            "",
            ".",
            "..",
            "model.safetensors.index.json",
            "config.json",
            "absent.safetensors",
            "a\0b",
            new string('x', 5000),
        ];
        var cases = names
            .Select(name => ($"shard {name[..Math.Min(30, name.Length)]}", Spoil(Index(folder, _ => name))))
            .ToList();
        foreach (
            var text in new[]
            {
                "",
                "[]",
                "{}",
                """{"weight_map":[]}""",
                """{"weight_map":{}}""",
                """{"weight_map":{"a":7}}""",
                """{"weight_map":{"a":{}}}""",
                """{"weight_map":{"a":"one.safetensors","a":"one.safetensors"}}""",
                "{\"weight_map\":" + new string('{', 50_000),
            }
        )
        {
            cases.Add(($"index {text[..Math.Min(30, text.Length)]}", Spoil(text)));
        }

        var first = folder.Tensors[0];
        cases.Add(("a tensor too many", Spoil(Index(folder, _ => "one.safetensors", "more.weight"))));
        cases.Add(
            (
                "two shards with one tensor",
                Spoil(Index(folder, t => t == first ? "two.safetensors" : "one.safetensors"))
            )
        );
        Check(folder, cases);

        Action Spoil(string index) =>
            () =>
            {
                File.Copy(folder.Weights, Path.Combine(folder.Path, "one.safetensors"));
                File.Move(folder.Weights, Path.Combine(folder.Path, "two.safetensors"));
                File.WriteAllText(folder.Weights + ".index.json", index);
            };
    }

    [Fact]
    public void Every_lie_in_a_configuration_is_found()
    {
        using var folder = new HostileFolder();
        string[] sizes =
        [
            "hidden_size",
            "intermediate_size",
            "num_hidden_layers",
            "num_attention_heads",
            "num_key_value_heads",
            "vocab_size",
            "max_position_embeddings",
            "rms_norm_eps",
            "rope_theta",
        ];
        string[] values = ["0", "-1", "1e999", "1e30", "\"NaN\"", "\"64\"", "[]", "{}", "true", "9223372036854775807"];
        // Odd and yet numbers that a model can have.
        string[] sound = ["rms_norm_eps 0", "rms_norm_eps 1e30", "rope_theta 1e30"];
        sound = [.. sound, "rms_norm_eps 9223372036854775807", "rope_theta 9223372036854775807"];
        var cases = sizes
            .SelectMany(key =>
                values.Where(value => !sound.Contains($"{key} {value}")).Select(value => Case(key, value))
            )
            .ToList();
        foreach (var key in sizes[..6])
        {
            cases.AddRange(new[] { "2147483647", "1000000000", "3", "41" }.Select(value => Case(key, value)));
        }

        cases.AddRange([
            Case("model_type", "\"unheard\""),
            Case("model_type", "null"),
            Case("model_type", "7"),
            Case("hidden_act", "\"unheard\""),
            Case("rope_scaling", "{\"rope_type\":\"unheard\"}"),
            Case("rope_scaling", "{\"rope_type\":\"linear\",\"factor\":\"NaN\"}"),
            Case("rope_scaling", "{\"rope_type\":\"linear\",\"factor\":0}"),
            Case("rope_scaling", "[]"),
            Case("attention_bias", "\"yes\""),
            Case("unheard", "1"),
            ("no JSON", Config("{\"model_type\": NaN}")),
            ("deep", Config(new string('[', 100_000))),
            ("twice", Config("{\"model_type\":\"llama\",\"model_type\":\"llama\"}")),
            ("no UTF-8", () => File.WriteAllBytes(Path.Combine(folder.Path, "config.json"), [0xFF, 0xFE, 0x00])),
            ("none", () => File.Delete(Path.Combine(folder.Path, "config.json"))),
        ]);
        Check(folder, cases);

        (string, Action) Case(string key, string value)
        {
            var fields = folder.Config.Where(field => field.Key != key).Select(Written).Append($"\"{key}\":{value}");
            return ($"{key} = {value}", Config($"{{{string.Join(',', fields)}}}"));
        }

        Action Config(string text) => () => File.WriteAllText(Path.Combine(folder.Path, "config.json"), text);
    }

    private static string Written(KeyValuePair<string, JsonNode?> field) =>
        $"\"{field.Key}\":{field.Value?.ToJsonString() ?? "null"}";

    private static void Check(HostileFolder folder, IReadOnlyList<(string Name, Action Spoil)> cases)
    {
        Assert.Equal("it loads", folder.Try(() => { }));
        var before = Peak();
        var wrong = cases
            .Select(one => (one.Name, Outcome: folder.Try(one.Spoil)))
            .Where(one => one.Outcome is not null)
            .ToList();

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Select(one => $"{one.Name}: {one.Outcome}")));
        Assert.InRange(Peak() - before, long.MinValue, MostMemory);
        Assert.Equal("it loads", folder.Try(() => { }));
    }

    private static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static string Index(HostileFolder folder, Func<string, string> shard, params string[] more) =>
        new JsonObject
        {
            ["weight_map"] = new JsonObject(
                folder.Tensors.Concat(more).Select(name => KeyValuePair.Create(name, (JsonNode?)shard(name)))
            ),
        }.ToJsonString();

    private static void Write(HostileFolder folder, byte[] bytes) => File.WriteAllBytes(folder.Weights, bytes);

    private static void Replace(HostileFolder folder, Action make)
    {
        File.Delete(folder.Weights);
        make();
    }

    private static void Link(string path, string target) => File.CreateSymbolicLink(path, target);
}
