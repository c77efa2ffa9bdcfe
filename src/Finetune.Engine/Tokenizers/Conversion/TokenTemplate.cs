using System.Text.Json.Nodes;

namespace Finetune.Engine.Tokenizers.Conversion;

/// <summary>Writes a TemplateProcessing part from a line like <c>[CLS]:0 $A:0 [SEP]:0</c>, as tokenizers reads it.</summary>
internal static class TokenTemplate
{
    public static JsonObject Of(string single, string pair, Func<string, int> idOf)
    {
        var specials = new JsonObject();
        foreach (var token in (single + " " + pair).Split(' ').Select(Name).Where(name => name[0] != '$').Distinct())
        {
            specials[token] = new JsonObject
            {
                ["id"] = token,
                ["ids"] = new JsonArray(idOf(token)),
                ["tokens"] = new JsonArray(token),
            };
        }

        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = Entries(single),
            ["pair"] = Entries(pair),
            ["special_tokens"] = specials,
        };
    }

    private static JsonArray Entries(string line) =>
        [
            .. line.Split(' ')
                .Select(entry =>
                {
                    var name = Name(entry);
                    var isText = name[0] == '$';
                    return (JsonNode)
                        new JsonObject
                        {
                            [isText ? "Sequence" : "SpecialToken"] = new JsonObject
                            {
                                ["id"] = isText ? name[1..] : name,
                                ["type_id"] = entry[^1] - '0',
                            },
                        };
                }),
        ];

    private static string Name(string entry) => entry[..entry.LastIndexOf(':')];
}
