using System.Runtime.CompilerServices;

namespace Finetune.Engine.Templates.Values;

/// <summary>
/// Counts what the render on this thread uses up. It is ambient because comparing, hashing and printing of nested
/// values need it too, deep below anything that knows of a render.
/// </summary>
internal sealed class Meter(TemplateLimits limits)
{
    private const long StepsOfCharacter = 16;

    [ThreadStatic]
    private static Meter? _current;

    private long _steps;
    private long _allocated;
    private int _depth;

    public static Meter? Replace(Meter? meter)
    {
        var before = _current;
        _current = meter;
        return before;
    }

    /// <summary>One step.</summary>
    public static void Step() => _current?.Spend(1);

    /// <summary>Looking through that many characters or items.</summary>
    public static void Look(long length) => _current?.Spend(1 + (length / StepsOfCharacter));

    /// <summary>Making a text of that many characters.</summary>
    public static void Allocate(long characters)
    {
        if (_current is not { } meter)
        {
            return;
        }

        meter._allocated += characters;
        meter.Spend(1 + (characters / StepsOfCharacter));
        if (meter._allocated > meter.Limits.Allocated)
        {
            throw JinjaException.Limit($"more than {meter.Limits.Allocated} characters were made on the way");
        }
    }

    /// <summary>Making a list of that many items.</summary>
    public static void AllocateItems(long count) => Allocate(16 + (8 * count));

    /// <summary>One level down; <see cref="Leave"/> goes with it, unless this throws.</summary>
    public static void Enter()
    {
        EnsureStack();
        if (_current is not { } meter)
        {
            return;
        }

        meter.Spend(1);
        if (meter._depth >= meter.Limits.Depth)
        {
            throw JinjaException.Limit($"nested more than {meter.Limits.Depth} levels deep");
        }

        meter._depth++;
    }

    /// <summary>One level up.</summary>
    public static void Leave()
    {
        if (_current is { } meter)
        {
            meter._depth--;
        }
    }

    /// <summary>Stops before the stack overflows.</summary>
    public static void EnsureStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw JinjaException.Limit("nested too deeply");
        }
    }

    public TemplateLimits Limits => limits;

    public long Steps => _steps;

    private void Spend(long steps)
    {
        _steps += steps;
        if (_steps > limits.Steps)
        {
            throw JinjaException.Limit($"more than {limits.Steps} steps");
        }
    }
}
