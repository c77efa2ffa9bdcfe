using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Methods;

/// <summary>Methods of dict that change nothing.</summary>
internal static class DictMethods
{
    public static object? Bind(PyDict dict, string name) =>
        name switch
        {
            "get" => new Function(
                new Signature(name, "key default? /"),
                call => dict.TryGet(call[0]!, out var value) ? value : call[1] ?? None.Value
            ),
            "items" or "keys" or "values" => new Function(
                new Signature(name, ""),
                _ => new DictView($"dict_{name}", dict)
            ),
            "copy" => new Function(new Signature(name, ""), _ => dict.Copy()),
            _ => null,
        };
}
