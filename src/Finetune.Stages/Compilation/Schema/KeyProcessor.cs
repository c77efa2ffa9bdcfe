using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Finetune.Stages.Artifacts;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NJsonSchema.Generation;

namespace Finetune.Stages.Compilation.Schema;

/// <summary>Writes what attributes and initial values of a settings record say into its schema.</summary>
internal sealed class KeyProcessor : ISchemaProcessor
{
    /// <inheritdoc/>
    public void Process(SchemaProcessorContext context)
    {
        var type = context.ContextualType.Type;
        if (
            type.Namespace != typeof(Settings.PipelineSettings).Namespace
            || type.GetConstructor(Type.EmptyTypes) is null
        )
        {
            return;
        }

        context.Schema.AllowAdditionalProperties = false;
        var defaults = Activator.CreateInstance(type)!;
        foreach (var key in type.GetProperties())
        {
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(key.Name);
            if (context.Schema.Properties.TryGetValue(name, out var property))
            {
                Describe(context, key, property, defaults);
            }
        }
    }

    private static void Describe(
        SchemaProcessorContext context,
        PropertyInfo key,
        JsonSchemaProperty property,
        object defaults
    )
    {
        property.IsNullableRaw = null;
        property.Type &= ~JsonObjectType.Null;
        property.Format = null;
        foreach (var none in property.OneOf.Where(s => s.Type == JsonObjectType.Null).ToList())
        {
            property.OneOf.Remove(none);
        }

        property.IsRequired = key.GetCustomAttribute<RequiredMemberAttribute>() is not null;
        if (!property.IsRequired && Default(key.GetValue(defaults)) is { } value)
        {
            property.Default = value;
        }

        var isList = property.Item is not null;
        if (key.GetCustomAttribute<WordsAttribute>() is { } words)
        {
            AddWords(isList ? property.Item! : property, words.Words);
        }

        if (key.GetCustomAttribute<OneOfAttribute>() is { } union)
        {
            var isItem = isList && key.PropertyType != typeof(IReadOnlyList<string>);
            AddShapes(context, isItem ? property.Item! : property.AdditionalPropertiesSchema ?? property, union);
            isList = property.Item is not null;
        }

        AddBounds(property, key.GetCustomAttribute<BoundsAttribute>());
        AddNames(property, key.GetCustomAttribute<NamesAttribute>());
        property.Pattern = key.GetCustomAttribute<PatternAttribute>()?.Pattern ?? property.Pattern;
        if (key.GetCustomAttribute<NotEmptyAttribute>() is not null)
        {
            property.MinItems = isList ? 1 : 0;
            property.MinLength = property.Type == JsonObjectType.String ? 1 : null;
            property.MinProperties = property.Type == JsonObjectType.Object ? 1 : 0;
        }

        if (key.GetCustomAttribute<ExampleAttribute>() is { } example)
        {
            property.ExtensionData ??= new Dictionary<string, object?>();
            property.ExtensionData["examples"] = new JArray(JToken.Parse(example.Json));
        }

        NoEmptyTexts(property);
    }

    // Lists and maps hold no empty texts.
    private static void NoEmptyTexts(JsonSchemaProperty property)
    {
        foreach (var inner in new[] { property.Item, property.AdditionalPropertiesSchema })
        {
            if (inner is { Type: JsonObjectType.String, Enumeration.Count: 0 })
            {
                inner.MinLength = 1;
            }
        }
    }

    private static void AddWords(JsonSchema schema, IReadOnlyList<string> words)
    {
        foreach (var word in words)
        {
            schema.Enumeration.Add(word);
        }
    }

    private static void AddShapes(SchemaProcessorContext context, JsonSchema schema, OneOfAttribute union)
    {
        schema.Type = JsonObjectType.None;
        schema.Reference = null;
        schema.Item = null;
        schema.OneOf.Clear();
        foreach (var shape in union.Shapes)
        {
            schema.OneOf.Add(Shape(context, shape, union.Words));
        }
    }

    private static JsonSchema Shape(SchemaProcessorContext context, Type shape, string[] words)
    {
        if (shape == typeof(Word))
        {
            var word = new JsonSchema { Type = JsonObjectType.String };
            AddWords(word, words);
            return word;
        }

        var text = new JsonSchema { Type = JsonObjectType.String, MinLength = 1 };
        if (shape == typeof(Text))
        {
            return text;
        }

        if (shape == typeof(Texts) || shape == typeof(ChoiceTexts))
        {
            return new JsonSchema
            {
                Type = JsonObjectType.Array,
                Item = text,
                MinItems = shape == typeof(ChoiceTexts) ? 2 : 1,
                UniqueItems = shape == typeof(ChoiceTexts),
            };
        }

        if (shape == typeof(Numbers))
        {
            return new JsonSchema
            {
                Type = JsonObjectType.Array,
                Item = new JsonSchema
                {
                    Type = JsonObjectType.Integer,
                    Minimum = 0,
                    Maximum = 65535,
                },
                MinItems = 1,
                UniqueItems = true,
            };
        }

        if (shape == typeof(MessageList))
        {
            return new JsonSchema
            {
                Type = JsonObjectType.Array,
                Item = new JsonSchema
                {
                    Reference = context.Generator.Generate(typeof(Settings.MessageSection), context.Resolver),
                },
                MinItems = 2,
            };
        }

        return new JsonSchema { Reference = context.Generator.Generate(shape, context.Resolver) };
    }

    private static void AddBounds(JsonSchemaProperty property, BoundsAttribute? bounds)
    {
        if (bounds is null)
        {
            return;
        }

        property.Minimum = (decimal)bounds.Minimum;
        property.IsExclusiveMinimum = bounds.AboveMinimum;
        if (bounds.Maximum <= int.MaxValue)
        {
            property.Maximum = (decimal)bounds.Maximum;
            property.IsExclusiveMaximum = bounds.BelowMaximum;
        }
    }

    private static void AddNames(JsonSchemaProperty property, NamesAttribute? names)
    {
        if (names is null)
        {
            return;
        }

        if (property.AdditionalPropertiesSchema is { } section)
        {
            var value = new JsonSchemaProperty();
            if (section.OneOf.Count == 0)
            {
                value.Reference = section.ActualSchema;
            }

            foreach (var shape in section.OneOf)
            {
                value.OneOf.Add(shape);
            }

            property.PatternProperties[NamesAttribute.Pattern] = value;
            property.AdditionalPropertiesSchema = null;
            property.AllowAdditionalProperties = false;
        }
        else
        {
            property.Pattern = NamesAttribute.Pattern;
        }
    }

    private static JToken? Default(object? value) =>
        value switch
        {
            null => null,
            Settings.SplitRule rule => rule.Kind,
            Settings.AdapterTargets => "all-linear",
            _ => Written(JToken.Parse(JsonSerializer.Serialize(value, value.GetType(), StageJson.Options))),
        };

    // What is null is not written in a document.
    private static JToken Written(JToken token)
    {
        foreach (var property in token is JObject o ? o.Properties().ToList() : [])
        {
            if (property.Value.Type == JTokenType.Null)
            {
                property.Remove();
            }
        }

        return token;
    }
}
