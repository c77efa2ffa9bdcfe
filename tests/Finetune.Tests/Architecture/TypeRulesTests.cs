using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Finetune.Tests.Architecture;

public sealed partial class TypeRulesTests
{
    [Fact]
    public void Concrete_classes_are_sealed() =>
        Assert.Empty(Written().Where(type => type.IsClass && !type.IsAbstract && !type.IsSealed).Select(Name));

    [Fact]
    public void Names_keep_to_the_words_of_the_domain() =>
        Assert.Empty(Written().Where(type => Forbidden().IsMatch(type.Name)).Select(Name));

    /// <summary>A setting that can change after the plan was made would make a key a lie.</summary>
    [Fact]
    public void Settings_cannot_be_changed_after_they_are_made() =>
        Assert.Empty(
            Solution
                .Stages.GetTypes()
                .Where(type => type.Name.EndsWith("Settings", StringComparison.Ordinal))
                .SelectMany(type => type.GetProperties())
                .Where(property => property.SetMethod is { } setter && !IsInitOnly(setter))
                .Select(property => $"{property.DeclaringType}.{property.Name}")
        );

    private static IEnumerable<Type> Written() =>
        Solution
            .Assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
            .Where(type => type.Namespace?.StartsWith("Finetune", StringComparison.Ordinal) == true)
            .Where(type => !type.Name.StartsWith('<') && type.DeclaringType?.Name.StartsWith('<') != true);

    private static string Name(Type type) => type.FullName ?? type.Name;

    private static bool IsInitOnly(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    [GeneratedRegex("(Job|Manager|Helper|Helpers|Utils|Utility|Utilities)(`[0-9]+)?$")]
    private static partial Regex Forbidden();
}
