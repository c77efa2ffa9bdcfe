using static Finetune.Engine.Tokenizers.Patterns.PatternNode;

namespace Finetune.Engine.Tokenizers.Patterns;

internal enum PatternOp
{
    One,
    Loop,
    Split,
    Jump,
    Mark,
    Progress,
    Look,
    Atomic,
    Place,
    End,
}

/// <summary>
/// One instruction. Split tries X, then Y. Loop repeats Set from X to Y times (-1: no limit). Mark X remembers the
/// place in slot X, Progress X Y leaves a loop to Y that made no progress. Look and Atomic run the instructions that
/// follow up to their End, then go on at X.
/// </summary>
internal readonly record struct PatternStep(
    PatternOp Op,
    int X = 0,
    int Y = 0,
    CodePointSet? Set = null,
    Greed Greed = Greed.Greedy,
    Anchor Anchor = Anchor.TextStart,
    bool Negative = false,
    int[]? Widths = null
);

/// <summary>Turns a parsed pattern into instructions for the backtracking matcher.</summary>
internal sealed class PatternProgram
{
    private const int MostSteps = 50_000;
    private readonly List<PatternStep> _steps = [];

    private PatternProgram() { }

    public int Slots { get; private set; }

    public static (PatternStep[] Steps, int Slots) Compile(PatternNode node)
    {
        var program = new PatternProgram();
        program.Emit(node);
        program.Add(new PatternStep(PatternOp.End));
        return ([.. program._steps], program.Slots);
    }

    private int Add(PatternStep step)
    {
        if (_steps.Count >= MostSteps)
        {
            throw new FormatException("repeats that are too large together");
        }

        _steps.Add(step);
        return _steps.Count - 1;
    }

    private void Emit(PatternNode node)
    {
        switch (node)
        {
            case One one:
                Add(new PatternStep(PatternOp.One, Set: one.Set));
                break;
            case Concat concat:
                foreach (var part in concat.Parts)
                {
                    Emit(part);
                }

                break;
            case Either either:
                Choose(either.Choices);
                break;
            case Repeat { Greed: Greed.Possessive, Body: not One } repeat:
                Emit(new Atomic(repeat with { Greed = Greed.Greedy }));
                break;
            case Repeat { Body: One set } repeat:
                Add(new PatternStep(PatternOp.Loop, repeat.Min, repeat.Max, set.Set, repeat.Greed));
                break;
            case Repeat repeat:
                Loop(repeat);
                break;
            case Atomic atomic:
                Sub(new PatternStep(PatternOp.Atomic), atomic.Body);
                break;
            case Look look:
                var widths = look.Behind ? PatternWidths.Of(look.Body) : null;
                Sub(new PatternStep(PatternOp.Look, Negative: look.Negative, Widths: widths), look.Body);
                break;
            case Place place:
                Add(new PatternStep(PatternOp.Place, Anchor: place.Anchor));
                break;
        }
    }

    private void Sub(PatternStep step, PatternNode body)
    {
        var at = Add(step);
        Emit(body);
        Add(new PatternStep(PatternOp.End));
        _steps[at] = step with { X = _steps.Count };
    }

    private void Choose(IReadOnlyList<PatternNode> choices)
    {
        var ends = new List<int>();
        for (var i = 0; i < choices.Count - 1; i++)
        {
            var split = Add(new PatternStep(PatternOp.Split));
            Emit(choices[i]);
            ends.Add(Add(new PatternStep(PatternOp.Jump)));
            _steps[split] = new PatternStep(PatternOp.Split, split + 1, _steps.Count);
        }

        Emit(choices[^1]);
        foreach (var end in ends)
        {
            _steps[end] = new PatternStep(PatternOp.Jump, _steps.Count);
        }
    }

    private void Loop(Repeat repeat)
    {
        for (var i = 0; i < repeat.Min; i++)
        {
            Emit(repeat.Body);
        }

        if (repeat.Max == -1)
        {
            var slot = Slots++;
            var split = Add(new PatternStep(PatternOp.Split));
            Add(new PatternStep(PatternOp.Mark, slot));
            Emit(repeat.Body);
            var progress = Add(new PatternStep(PatternOp.Progress));
            Add(new PatternStep(PatternOp.Jump, split));
            _steps[progress] = new PatternStep(PatternOp.Progress, slot, _steps.Count);
            _steps[split] = Fork(split + 1, _steps.Count, repeat.Greed);
            return;
        }

        var splits = new List<int>();
        for (var i = repeat.Min; i < repeat.Max; i++)
        {
            splits.Add(Add(new PatternStep(PatternOp.Split)));
            Emit(repeat.Body);
        }

        foreach (var split in splits)
        {
            _steps[split] = Fork(split + 1, _steps.Count, repeat.Greed);
        }
    }

    private static PatternStep Fork(int into, int past, Greed greed) =>
        greed == Greed.Lazy
            ? new PatternStep(PatternOp.Split, past, into)
            : new PatternStep(PatternOp.Split, into, past);
}
