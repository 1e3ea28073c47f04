using System.Globalization;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Emission.Api;

/// <summary>Typed views of states: <c>net.States.Hidden</c>, and <c>net.States.H[0]</c> for an array of them.</summary>
internal static class StatesEmitter
{
    public const string Root = "StateViews";

    // Members of object and of the views themselves.
    private static readonly string[] Taken = ["Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "ReferenceEquals", "Finalize", "Item", "Reset", "Gather", "All", "AllSequences", Root];

    public static void Emit(CodeWriter code, ApiModel model)
    {
        code.Summary("States by name: a value for each row of the batch, by which one call goes on where another ended.");
        code.Line(model.Generated);
        code.Open($"public readonly struct {Root}");
        code.Line("private readonly global::Kiln.Training.StateBlock _block;").Line();
        code.Line($"internal {Root}(global::Kiln.Training.StateBlock block) => _block = block;").Line();
        code.Summary("The state of that name.");
        code.Parameter("name", "As in checkpoints.");
        code.Throws("global::System.Collections.Generic.KeyNotFoundException", "There is no such state.");
        code.Line("public global::Kiln.StateView this[string name] => _block[name];").Line();
        code.Summary("All states, in the order of their declaration.");
        code.Line("public global::System.Collections.Generic.IReadOnlyList<global::Kiln.StateView> All => _block.Views;").Line();
        var taken = new HashSet<string>(Taken);
        foreach (var (name, first, count) in Properties(model.Compiled.Network.States))
        {
            var state = model.Compiled.Network.States[first];
            var shape = $"[{string.Join(", ", state.Shape)}] per row";
            var property = Identifiers.Unique(Identifiers.Pascal(name), taken);
            code.Summary(count is { } states ? $"The {states} states of {name}; the first {shape}." : $"{name}, {shape}.");
            code.Line(count is { } number
                ? $"public global::Kiln.StateArray {property} => new global::Kiln.StateArray(_block, {Calls.Number(first)}, {Calls.Number(number)});"
                : $"public global::Kiln.StateView {property} => _block[{Calls.Number(first)}];").Line();
        }
        var sequences = model.Compiled.Network.SequenceStates;
        if (sequences.Count > 0)
        {
            code.Summary("All states that are sequences, in the order of their declaration.");
            code.Line("public global::System.Collections.Generic.IReadOnlyList<global::Kiln.SequenceStateView> AllSequences => _block.Sequences;").Line();
        }
        for (var i = 0; i < sequences.Count; i++)
        {
            code.Summary($"{sequences[i].Name}, steps of [{string.Join(", ", sequences[i].Shape)}] for each row.");
            code.Line($"public global::Kiln.SequenceStateView {Identifiers.Unique(Identifiers.Pascal(sequences[i].Name), taken)} => _block.Sequences[{Calls.Number(i)}];").Line();
        }
        Inherited("Reset()");
        code.Line();
        Inherited("Reset(int row)");
        code.Line();
        Inherited("Gather(global::System.ReadOnlySpan<int> rows)");
        code.Close();

        void Inherited(string signature)
        {
            var open = signature.IndexOf('(');
            var parameter = signature.Substring(open + 1).TrimEnd(')');
            var type = parameter.Length == 0 ? "" : parameter.Substring(0, parameter.LastIndexOf(' ')).Replace('<', '{').Replace('>', '}');
            code.Line($"/// <inheritdoc cref=\"global::Kiln.Training.StateBlock.{signature.Substring(0, open)}({type})\"/>");
            code.Line($"public void {signature} => _block.{signature.Substring(0, open)}({(parameter.Length == 0 ? "" : parameter.Substring(parameter.LastIndexOf(' ') + 1))});");
        }
    }

    /// <summary>Each state, or the states of an array together: their names differ in the number at the end, which counts from 0.</summary>
    private static IEnumerable<(string Name, int First, int? Count)> Properties(EquatableArray<State> states)
    {
        for (var i = 0; i < states.Count;)
        {
            var name = states[i].Name;
            var count = 0;
            if (name.EndsWith(".0", StringComparison.Ordinal))
            {
                name = name.Substring(0, name.Length - 2);
                while (i + count < states.Count && states[i + count].Name == $"{name}.{count.ToString(CultureInfo.InvariantCulture)}") count++;
            }
            yield return (name, i, count > 0 ? count : null);
            i += Math.Max(count, 1);
        }
    }
}
