using Finetune.Stages.Compilation.Models;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Reads the model: a checkpoint, or random weights of a configuration.</summary>
internal static class ModelBinder
{
    private static readonly string[] Devices = [DeviceChoice.Auto, "cpu", "cuda", "cuda:0", "mps"];

    /// <summary>The model; without a folder after a fault.</summary>
    public static ModelSection Bind(ObjectReader? reader) => reader.Closed(Shape) ?? new BaseModelSection { Base = "" };

    private static ModelSection Shape(ObjectReader reader)
    {
        var random = reader.Has("config") || reader.Has("init");
        if (random && reader.Has("base"))
        {
            reader.Find("base");
            reader.Findings.Add(
                Codes.Exclusive,
                reader.KeyPlace(reader.Has("config") ? "config" : "init"),
                reader.Path,
                "'model' has both a base and a configuration for random weights",
                "write { base: ... } or { config: FOLDER, init: random }"
            );
        }

        if (!random && !reader.Has("base") && !reader.MeansKey("base"))
        {
            reader.Findings.Add(
                Codes.WrongShape,
                reader.Place,
                reader.Path,
                "'model' has neither a base nor a configuration for random weights",
                "write { base: ... } or { config: FOLDER, init: random }"
            );
        }

        return random ? Random(reader) : Base(reader);
    }

    private static BaseModelSection Base(ObjectReader reader) =>
        new()
        {
            Base = reader.Text("base") ?? "",
            Tokenizer = reader.Text("tokenizer"),
            Precision = Precision(reader),
            Device = Device(reader),
            Adapter = AdapterBinder.Bind(reader.Object("adapter")),
            Quantization = reader.Find("quantization")?.Word("nf4"),
            DoubleQuantization = reader.Find("double_quantization")?.Flag(),
            MaxLength = reader.Whole("max_length", new Bounds(2)),
            Overlong = Overlong(reader),
            Boundary = Boundary(reader),
        };

    private static RandomModelSection Random(ObjectReader reader) =>
        new()
        {
            Config = reader.NeedText("config"),
            Init = reader.Need("init")?.Word("random") ?? "random",
            Tokenizer = reader.Text("tokenizer"),
            Precision = Precision(reader),
            Device = Device(reader),
            Adapter = AdapterBinder.Bind(reader.Object("adapter")),
            Quantization = reader.Find("quantization")?.Word("nf4"),
            DoubleQuantization = reader.Find("double_quantization")?.Flag(),
            MaxLength = reader.Whole("max_length", new Bounds(2)),
            Overlong = Overlong(reader),
            Boundary = Boundary(reader),
        };

    private static string Precision(ObjectReader reader) =>
        reader.Find("precision")?.Word("fp32", "bf16", "auto") ?? "fp32";

    private static string Device(ObjectReader reader) =>
        reader.Find("device") is not { } value ? DeviceChoice.Auto
        : value.Text() is not { } text ? DeviceChoice.Auto
        : DeviceChoice.IsWord(text) ? text
        : value.KnownWord(text, Devices) ?? DeviceChoice.Auto;

    private static string Overlong(ObjectReader reader) =>
        reader.Find("overlong")?.Word("error", "drop", "truncate") ?? "error";

    private static string Boundary(ObjectReader reader) =>
        reader.Find("boundary")?.Word("together", "split") ?? "together";
}
