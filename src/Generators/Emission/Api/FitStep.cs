using Kiln.Generators.Graph;

namespace Kiln.Generators.Emission.Api;

/// <summary>The two halves of a step of Fit: what gathers a batch, and what learns from it. On a device the first half of a step runs beside the second of the step before.</summary>
internal static class FitStep
{
    /// <summary>The name of what takes a batch to the device.</summary>
    public const string Ahead = "ahead";

    /// <summary>Begins the half that gathers.</summary>
    /// <param name="count">How many samples there are, in C#.</param>
    public static void OpenGather(CodeWriter code, ApiModel model, ApiProgram program, string count) =>
        code.Open($"return this.{MemberNames.TrainingSession}.Fit({model.ProgramNumber(program)}, {count}, epochs, (samples, {Ahead}) =>");

    /// <summary>Ends it and begins the half that learns.</summary>
    /// <param name="inputs">The spans of the program's inputs that were gathered, in C#.</param>
    /// <param name="lengths">Those of its axes of time.</param>
    public static void OpenStep(CodeWriter code, ApiModel model, ApiProgram program, IEnumerable<string> inputs, IEnumerable<string> lengths)
    {
        if (model.Compiled.Gpu is not null)
        {
            foreach (var (input, span) in program.Inputs.Zip(inputs, (i, s) => (i, s))) code.Line($"{Ahead}?.Input<{input.Element}>({span});");
            foreach (var span in lengths) code.Line($"{Ahead}?.Time({span});");
        }
        code.Close("}, samples =>").Open();
    }
}
