using System.Text.Json.Nodes;

namespace Finetune.Stages.Templates;

/// <summary>A prompt and a completion, each a text of its own.</summary>
internal sealed class PairWording : IWording
{
    private readonly KeyedText _prompt;
    private readonly KeyedText _completion;

    /// <summary>Reads both texts.</summary>
    /// <exception cref="WordingException">One has errors.</exception>
    public PairWording(string prompt, string completion)
    {
        _prompt = new KeyedText("prompt", prompt);
        _completion = new KeyedText("completion", completion);
        CompletionUse = TextUse.Of([_completion.Text]);
    }

    /// <inheritdoc/>
    public TextUse CompletionUse { get; }

    /// <inheritdoc/>
    public Worded Render(JsonObject values) => new(_prompt.Render(values), _completion.Render(values), null);

    /// <inheritdoc/>
    public Worded Ask(JsonObject values) => new(_prompt.Render(values), "", null);
}
