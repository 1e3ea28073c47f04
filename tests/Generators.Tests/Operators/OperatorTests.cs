using System.Runtime.CompilerServices;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Passes;

namespace Kiln.Generators.Tests.Operators;

/// <summary>Every word of the language: its value by a formula, its derivatives by central differences.</summary>
public sealed class OperatorTests
{
    public static IEnumerable<object[]> All => OperatorTable.Rows.Select((row, i) => new object[] { i, row.Word });

    [Theory, MemberData(nameof(All))]
    public void The_value_is_the_formulas(int index, string word)
    {
        var (row, batch) = (OperatorTable.Rows[index], 1 + index % 3);
        var (check, x, y) = Build(row, parameters: row.Parameters);
        var (value, evaluator) = check.Value(y, batch);
        for (var n = 0; n < batch; n++)
        {
            var operands = row.Shapes.Select((shape, i) => Sample(evaluator, x, row, i, n, shape.Aggregate(1, (a, b) => a * b))).ToArray();
            Numbers.Close(row.Expected(operands), value[(n * y.Type.Length)..((n + 1) * y.Type.Length)], 1e-6, $"{word} of sample {n}");
        }
    }

    [Theory, MemberData(nameof(All))]
    public void The_derivatives_are_the_central_differences(int index, string word)
    {
        var row = OperatorTable.Rows[index];
        if (word == "StopGradient") return;   // whose derivative is zero by decree; see its own test
        var (check, _, y) = Build(row, row.Parameters);
        check.Run(y, 1 + (index + 1) % 3, word);
    }

    /// <summary>The last operand is the same for every sample: its gradient sums over the batch.</summary>
    [Theory, MemberData(nameof(All))]
    public void An_operand_without_batch_axis_gets_the_sum_over_the_batch(int index, string word)
    {
        var row = OperatorTable.Rows[index];
        if (word == "StopGradient" || row.Parameters > 0) return;
        var check = new GradientCheck { Low = row.Low, High = row.High };
        var x = row.Shapes.Select((shape, i) => i == row.Shapes.Length - 1 ? check.Parameter("p", shape) : check.Input(shape)).ToArray();
        check.Run(row.Build(check, x), 3, word);
    }

    [Fact]
    public void StopGradient_has_no_derivative()
    {
        var check = new GradientCheck();
        var x = check.Input(3);
        var program = check.Program(TestCall.Of(check.Graph, "StopGradient", x));
        var gradient = check.Evaluator(2, 1).Outputs(Pipeline.Run(program).Main, Role.InputGradient)["x0"];
        Assert.All(gradient, g => Assert.Equal(0, g));
    }

    [Fact]
    public void Every_word_has_a_row()
    {
        var rows = OperatorTable.Rows.Select(r => r.Word).Concat(OperatorTable.Elsewhere).Distinct().Order();
        Assert.Equal(DslOperators.Names.Order(), rows);
    }

    [Fact]
    public void The_guide_lists_every_word()
    {
        var guide = File.ReadAllText(Path.Combine(Root(), "docs", "guide.md"));
        Assert.All(DslOperators.Names.Where(name => !name.StartsWith("op_", StringComparison.Ordinal)), name => Assert.Contains($"`{name}`", guide));
    }

    /// <summary>A word is one file in the surface and one of the same name in the compiler.</summary>
    [Fact]
    public void The_surface_and_the_compiler_have_the_same_files()
    {
        var surface = Directory.GetFiles(Path.Combine(Root(), "src", "Dsl", "Operators")).Select(Path.GetFileName);
        var compiler = Directory.GetFiles(Path.Combine(Root(), "src", "Generators", "Operators"), "*.cs")
            .Where(file => File.ReadAllText(file).Contains("Operator") && System.Text.RegularExpressions.Regex.IsMatch(File.ReadAllText(file), @"internal sealed class \w+Operator\b")).Select(Path.GetFileName);
        Assert.Equal(surface.Order(), compiler.Order());
    }

    private static (GradientCheck Check, Node[] Operands, Node Value) Build(Row row, int parameters)
    {
        var check = new GradientCheck { Low = row.Low, High = row.High };
        var x = row.Shapes.SkipLast(parameters).Select(shape => check.Input(shape)).ToArray();
        return (check, x, row.Build(check, x));
    }

    private static double[] Sample(Reference.ReferenceEvaluator evaluator, Node[] x, Row row, int operand, int n, int length) => operand < x.Length
        ? evaluator.Inputs[operand][(n * length)..((n + 1) * length)]
        : evaluator.Parameters[operand == row.Shapes.Length - row.Parameters ? "weight" : "bias"];

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
