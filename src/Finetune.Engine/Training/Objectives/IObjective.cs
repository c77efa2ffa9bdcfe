using System.Security.Cryptography;
using Finetune.Engine.Models;

namespace Finetune.Engine.Training.Objectives;

/// <summary>What is trained for: how items become a loss and its gradient. The loop of a training knows no more.</summary>
internal interface IObjective
{
    /// <summary>Items to train on.</summary>
    int Count { get; }

    /// <summary>Tokens of the longest of them.</summary>
    int Longest { get; }

    /// <summary>Items to validate on.</summary>
    int ValidationCount { get; }

    /// <summary>Begins a step.</summary>
    /// <param name="items">Indices of its items.</param>
    IStepLoss Step(IReadOnlyList<int> items);

    /// <summary>Tries the model on the validation items.</summary>
    /// <returns>The loss, and how the rows were answered where that is measured.</returns>
    (double Loss, ValidationAnswers? Answers) Validate(CausalModel model);

    /// <summary>Adds everything that the numbers depend on.</summary>
    void AppendTo(IncrementalHash hash);
}

/// <summary>The loss of one step, pass by pass: how the step is cut into passes changes nothing but rounding.
/// Passes may run at once, each with modules of its own.</summary>
internal interface IStepLoss
{
    /// <summary>Passes of the step.</summary>
    int Passes { get; }

    /// <summary>Tokens of its items.</summary>
    int Tokens { get; }

    /// <summary>Those that carry loss.</summary>
    int LabelTokens { get; }

    /// <summary>Items of a pass.</summary>
    int Items(int pass);

    /// <summary>A pass's part in what the loss is a mean of, from 0 to 1.</summary>
    double Share(int pass);

    /// <summary>Runs a pass forward and backward: its part of the step's gradient is added to the weights'.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pass">Which one.</param>
    /// <param name="afterStretch">Called when the head's weights have got a part of the gradient.</param>
    void Run(CausalModel model, int pass, Action afterStretch);

    /// <summary>The loss, once all passes have run.</summary>
    double Loss { get; }

    /// <summary>What else is measured, in the log's order, once all passes have run.</summary>
    IReadOnlyList<(string Name, double Value)> Figures { get; }
}
