using System.Text.Json.Nodes;

namespace Finetune.Graph.Planning;

/// <summary>A node of the plan.</summary>
/// <param name="Name">Unique, such as <c>train.instruct</c>; the part before the dot is the stage's kind.</param>
/// <param name="Stage">The code that runs it.</param>
/// <param name="Settings">What the stage declares it depends on: canonical, semantic, without paths. In the key.</param>
/// <param name="Inputs">What it reads, by name; contents are in the key, paths are not.</param>
/// <param name="Ambient">Entries of the surroundings that change results (seed, library version, device class,
/// precision, micro-batch), name to value. In the key.</param>
/// <param name="Private">What the stage needs and what must not be in the key: display names, places.</param>
/// <param name="Placement">Where an output is to be put after the step, checked by content on every run.</param>
public sealed record Step(
    string Name,
    IStage Stage,
    JsonObject Settings,
    IReadOnlyList<StepInput> Inputs,
    IReadOnlyDictionary<string, string> Ambient,
    JsonObject Private,
    Placement? Placement = null
)
{
    /// <summary>The stage's kind.</summary>
    public string Kind => Stage.Kind;
}

/// <summary>Something a step reads.</summary>
/// <param name="Name">The name the stage asks for it by.</param>
public abstract record StepInput(string Name);

/// <summary>An output of another step of the plan.</summary>
/// <param name="Name">See <see cref="StepInput"/>.</param>
/// <param name="Step">The step that leaves it.</param>
/// <param name="Output">The output's name.</param>
public sealed record OutputInput(string Name, string Step, string Output) : StepInput(Name);

/// <summary>Files of the user, absolute paths, in the order in which they are read.</summary>
/// <param name="Name">See <see cref="StepInput"/>.</param>
/// <param name="Paths">Absolute paths of files.</param>
/// <param name="NamesMatter">Whether the bare file names are part of the key beside the contents (a checkpoint's files
/// refer to each other by name; a renamed table is the same table).</param>
public sealed record FileInput(string Name, IReadOnlyList<string> Paths, bool NamesMatter = false) : StepInput(Name);

/// <summary>Files that are not on this machine yet: until they are, the step's key cannot be known.</summary>
/// <param name="Name">See <see cref="StepInput"/>.</param>
/// <param name="Reason">What has to be done, a few words.</param>
public sealed record AbsentInput(string Name, string Reason) : StepInput(Name);

/// <summary>A copy of an output outside the store.</summary>
/// <param name="Output">The output's name.</param>
/// <param name="Target">Absolute path.</param>
public sealed record Placement(string Output, string Target);

/// <summary>The compiled graph: steps in an order in which they can run.</summary>
/// <param name="Name">The pipeline's name.</param>
/// <param name="DocumentPath">Absolute path of the document.</param>
/// <param name="Steps">Topologically ordered; every input of a step comes from an earlier one.</param>
public sealed record Plan(string Name, string DocumentPath, IReadOnlyList<Step> Steps)
{
    /// <summary>The step of that name, or null.</summary>
    public Step? Find(string name) => Steps.FirstOrDefault(s => string.Equals(s.Name, name, StringComparison.Ordinal));
}
