namespace Finetune.Cli.Invocation;

/// <summary>Recognises that the tensor library did not load, however deep the exception lies.</summary>
internal static class NativeFailure
{
    /// <summary>What to say about it, or null where the exception is of another kind.</summary>
    public static string? Of(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (
                e is DllNotFoundException or BadImageFormatException
                || (e is NotSupportedException or TypeInitializationException && Names(e.Message))
            )
            {
                return "the tensor library (libtorch) cannot be loaded: " + e.Message.ReplaceLineEndings(" ");
            }
        }

        return null;
    }

    private static bool Names(string message) => message.Contains("torch", StringComparison.OrdinalIgnoreCase);
}
