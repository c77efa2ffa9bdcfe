using System.Runtime.CompilerServices;
using System.Text;

namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>
/// Runs a program on a text, trying choices in order and going back when one fails. The way back lies on a list, not
/// on the call stack, so a text of a million characters is no deeper than a short one.
/// </summary>
internal ref struct PatternMatcher(PatternStep[] steps, int slots, ReadOnlySpan<char> text)
{
    private enum Back
    {
        Go,
        Shrink,
        Grow,
        Slot,
    }

    private readonly record struct Frame(Back Kind, int Step, int At, int Bound);

    private readonly ReadOnlySpan<char> _text = text;
    private readonly int[] _marks = new int[slots];
    private Frame[] _frames = new Frame[32];
    private int _depth = 0;
    private int _searchStart = 0;

    /// <summary>Where a match that starts at <paramref name="at"/> ends, or -1.</summary>
    public int Match(int at, int searchStart)
    {
        _searchStart = searchStart;
        return Run(0, at);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Run(int step, int at)
    {
        var floor = _depth;
        while (true)
        {
            ref readonly var now = ref steps[step];
            var matched = true;
            switch (now.Op)
            {
                case PatternOp.One:
                    matched =
                        at < _text.Length && now.Set!.Contains(Point(at, out var width)) && Advance(ref at, width);
                    step++;
                    break;
                case PatternOp.Loop:
                    matched = Loop(now, step, ref at);
                    step++;
                    break;
                case PatternOp.Split:
                    Push(new Frame(Back.Go, now.Y, at, 0));
                    step = now.X;
                    break;
                case PatternOp.Jump:
                    step = now.X;
                    break;
                case PatternOp.Mark:
                    Push(new Frame(Back.Slot, now.X, _marks[now.X], 0));
                    _marks[now.X] = at;
                    step++;
                    break;
                case PatternOp.Progress:
                    step = _marks[now.X] == at ? now.Y : step + 1;
                    break;
                case PatternOp.Look:
                    matched = Look(now, step, at) != now.Negative;
                    step = now.X;
                    break;
                case PatternOp.Atomic:
                    var end = Run(step + 1, at);
                    matched = end >= 0;
                    at = end;
                    step = now.X;
                    break;
                case PatternOp.Place:
                    matched = Holds(now.Anchor, at);
                    step++;
                    break;
                default:
                    Unwind(floor);
                    return at;
            }

            if (!matched && !GoBack(floor, out step, out at))
            {
                return -1;
            }
        }
    }

    // Forgets the ways back of a part that is done; marks that it set inside itself no longer matter.
    private void Unwind(int floor) => _depth = floor;

    private bool GoBack(int floor, out int step, out int at)
    {
        while (_depth > floor)
        {
            ref var frame = ref _frames[_depth - 1];
            switch (frame.Kind)
            {
                case Back.Slot:
                    _marks[frame.Step] = frame.At;
                    _depth--;
                    continue;
                case Back.Shrink when frame.At > frame.Bound:
                    at = Before(frame.At);
                    step = frame.Step + 1;
                    frame = frame with { At = at };
                    return true;
                case Back.Grow when Grow(ref frame):
                    (step, at) = (frame.Step + 1, frame.At);
                    return true;
                case Back.Go:
                    (step, at) = (frame.Step, frame.At);
                    _depth--;
                    return true;
                default:
                    _depth--;
                    continue;
            }
        }

        (step, at) = (0, 0);
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Loop(in PatternStep loop, int step, ref int at)
    {
        var set = loop.Set!;
        var count = 0;
        var most = loop.Greed == Greed.Lazy ? loop.X : loop.Y;
        var least = at;
        while ((count < most || most == -1) && at < _text.Length && set.Contains(Point(at, out var width)))
        {
            at += width;
            if (++count == loop.X)
            {
                least = at;
            }
        }

        if (count < loop.X)
        {
            return false;
        }

        if (loop.Greed == Greed.Greedy && at > least)
        {
            Push(new Frame(Back.Shrink, step, at, least));
        }
        else if (loop.Greed == Greed.Lazy && loop.Y != loop.X)
        {
            Push(new Frame(Back.Grow, step, at, loop.Y == -1 ? -1 : loop.Y - loop.X));
        }

        return true;
    }

    private readonly bool Grow(ref Frame frame)
    {
        if (
            frame.Bound == 0
            || frame.At >= _text.Length
            || !steps[frame.Step].Set!.Contains(Point(frame.At, out var width))
        )
        {
            return false;
        }

        frame = frame with { At = frame.At + width, Bound = frame.Bound == -1 ? -1 : frame.Bound - 1 };
        return true;
    }

    private bool Look(in PatternStep look, int step, int at)
    {
        if (look.Widths is null)
        {
            return Run(step + 1, at) >= 0;
        }

        // Oniguruma tries the shorter distances first; any that ends here will do.
        var (from, back) = (at, 0);
        foreach (var width in look.Widths)
        {
            for (; back < width && from > 0; back++)
            {
                from = Before(from);
            }

            if (back == width && Ends(step + 1, from, at))
            {
                return true;
            }
        }

        return false;
    }

    // A lookbehind's body must end exactly at the place looked from: other ways through it are tried until one does.
    private bool Ends(int step, int from, int at)
    {
        var whole = _text;
        var inner = new PatternMatcher(steps, slots, whole[..at]);
        return inner.Run(step, from) == at;
    }

    private readonly bool Holds(Anchor anchor, int at) =>
        anchor switch
        {
            Anchor.TextStart => at == 0,
            Anchor.TextEnd => at == _text.Length,
            Anchor.TextEndOrLastNewline => at == _text.Length || (at == _text.Length - 1 && _text[at] == '\n'),
            Anchor.LineStart => at == 0 || (_text[at - 1] == '\n' && at < _text.Length),
            Anchor.LineEnd => at == _text.Length || _text[at] == '\n',
            Anchor.SearchStart => at == _searchStart,
            _ => IsBoundary(at) == (anchor == Anchor.WordBoundary),
        };

    private readonly bool IsBoundary(int at) =>
        (at > 0 && UnicodeSets.Word.Contains(Point(Before(at), out _)))
        != (at < _text.Length && UnicodeSets.Word.Contains(Point(at, out _)));

    private readonly int Point(int at, out int width)
    {
        var unit = _text[at];
        width = 1;
        if (!char.IsSurrogate(unit))
        {
            return unit;
        }

        if (char.IsHighSurrogate(unit) && at + 1 < _text.Length && char.IsLowSurrogate(_text[at + 1]))
        {
            width = 2;
            return char.ConvertToUtf32(unit, _text[at + 1]);
        }

        return Rune.ReplacementChar.Value;
    }

    private readonly int Before(int at) =>
        at > 1 && char.IsLowSurrogate(_text[at - 1]) && char.IsHighSurrogate(_text[at - 2]) ? at - 2 : at - 1;

    private static bool Advance(ref int at, int width)
    {
        at += width;
        return true;
    }

    private void Push(Frame frame)
    {
        if (_depth == _frames.Length)
        {
            Array.Resize(ref _frames, _depth * 2);
        }

        _frames[_depth++] = frame;
    }
}
