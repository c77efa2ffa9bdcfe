using Finetune.Engine.Native;

namespace Finetune.Stages.Compilation.Models;

/// <summary>Where a document's numbers are computed.</summary>
public static class DeviceChoice
{
    /// <summary>What a document leaves to the machine.</summary>
    public const string Auto = "auto";

    /// <summary>Whether a text can be written for a device.</summary>
    public static bool IsWord(string text) => text == Auto || ComputeDevice.IsName(text);

    /// <summary>The device for what a document or a command line says.</summary>
    /// <param name="written">A device, or <c>auto</c>.</param>
    /// <param name="usual">What <c>auto</c> is here.</param>
    public static string Resolve(string written, string usual) => written == Auto ? usual : written;
}
