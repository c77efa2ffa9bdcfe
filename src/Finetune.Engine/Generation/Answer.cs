using System.Runtime.InteropServices;
using System.Text;
using Finetune.Engine.Models;
using Finetune.Engine.Tokenizers;

namespace Finetune.Engine.Generation;

/// <summary>One sequence under way: its cache, its tokens so far, its text.</summary>
internal sealed class Answer : IDisposable
{
    private readonly GenerationOptions _options;
    private readonly DecodeStream? _stream;
    private readonly StopText _stop;
    private readonly StringBuilder _text = new();
    private readonly List<int> _ids = [];
    private readonly List<int> _context;
    private int[] _waiting;
    private int _seen;

    /// <summary>An answer that has not begun.</summary>
    /// <param name="index">Place of the prompt, which its draws depend on.</param>
    /// <param name="prompt">At least one token.</param>
    /// <param name="options">When it ends.</param>
    /// <param name="layers">Layers of the cache.</param>
    /// <param name="tokenizer">For text; may be null.</param>
    public Answer(int index, int[] prompt, GenerationOptions options, int layers, Tokenizer? tokenizer)
    {
        Index = index;
        Cache = new KeyValueCache(layers);
        _waiting = prompt;
        _context = [.. prompt];
        _options = options;
        _stream = tokenizer?.Stream(skipSpecialTokens: true);
        _stop = new StopText(options.Stop);
    }

    /// <summary>Place of the prompt.</summary>
    public int Index { get; }

    /// <summary>Keys and values so far.</summary>
    public KeyValueCache Cache { get; }

    /// <summary>What an encoder has yet to read; null when it has, and without an encoder.</summary>
    public int[]? Source { get; set; }

    /// <summary>Tokens the model has not seen yet.</summary>
    public ReadOnlyMemory<int> Waiting => _waiting;

    /// <summary>The prompt (a decoder's own, beside an encoder) and the new tokens.</summary>
    public ReadOnlySpan<int> Context => CollectionsMarshal.AsSpan(_context);

    /// <summary>Position of the first token that waits.</summary>
    public int Start => _seen;

    /// <summary>New tokens so far.</summary>
    public int Length => _ids.Count;

    /// <summary>Why it ended; null while it goes on.</summary>
    public string? StopReason { get; private set; }

    /// <summary>The answer as it stands.</summary>
    public GenerationResult Result => new([.. _ids], _stream is null ? null : _text.ToString(), StopReason ?? "length");

    /// <summary>Ends an answer that may have no tokens.</summary>
    public void EndIfFull()
    {
        if (StopReason is null && _ids.Count >= _options.MaxTokens)
        {
            StopReason = "length";
        }
    }

    /// <summary>Takes the next token; gives back the text that is certain by now.</summary>
    /// <param name="id">The token.</param>
    /// <param name="ends">Whether it is an end-of-sequence token.</param>
    public string Take(int id, bool ends)
    {
        _seen += _waiting.Length;
        _waiting = [id];
        _ids.Add(id);
        _context.Add(id);
        var fresh = _stream is null ? "" : _stop.Push(_stream.Push(id));
        StopReason =
            _stop.Met ? "stop"
            : ends && !_options.IgnoreEos ? "eos"
            : null;
        EndIfFull();
        if (StopReason is not null && !_stop.Met && _stream is not null)
        {
            fresh += _stop.Push(_stream.Flush()) + _stop.Flush();
        }

        _text.Append(fresh);
        return fresh;
    }

    /// <inheritdoc/>
    public void Dispose() => Cache.Dispose();
}
