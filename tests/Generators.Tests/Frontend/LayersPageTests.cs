extern alias language;

using System.Reflection;
using System.Text.RegularExpressions;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Tests;

/// <summary>docs/guide/layers.md lists every word, and its examples have the shapes that it says. UPDATE_SNAPSHOTS=1 writes the shapes.</summary>
public partial class LayersPageTests
{
    private static readonly string Page = Path.GetFullPath(Path.Combine(ThisFolder(), "../../../docs/guide/layers.md"));

    /// <param name="Inputs">Shapes of x, y, z; "label" for a label of ten classes, "tokens" for such over time; t is the time axis.</param>
    private sealed record Row(string Line, string Word, string Method, string Attribute, string[] Inputs, string Result)
    {
        public string Class(int number) => $"Net{number}";
    }

    private static Row[] Rows => [.. File.ReadAllLines(Page).Select(l => Line().Match(l)).Where(m => m.Success).Select(m => new Row(
        m.Value, m.Groups["word"].Value, m.Groups["method"].Value, m.Groups["attribute"].Value,
        [.. Input().Matches(m.Groups["inputs"].Value).Select(i => i.Value)], m.Groups["result"].Value))];

    [Fact]
    public void Every_word_has_a_line()
    {
        var assembly = typeof(language::Kiln.Tensor).Assembly;
        var methods = new[] { typeof(language::Kiln.Tensor), typeof(language::Kiln.Labels), typeof(language::Kiln.Sequence), typeof(language::Kiln.TokenSequence) }.SelectMany(t => t.GetMethods()).Select(m => m.Name);
        var layers = assembly.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(Attribute)) && !t.IsAbstract).Select(t => t.Name.Replace("Attribute", ""));
        var words = methods.Union(layers).Where(name => DslOperators.TryGet(name, out _) && !name.StartsWith("op_", StringComparison.Ordinal));
        Assert.Equal(words.Union(["+", "-", "*", "/", "<", "<=", ">", ">="]).Order(StringComparer.Ordinal), Rows.Select(r => r.Word).Order(StringComparer.Ordinal));
        var inBrackets = layers.Where(name => DslOperators.TryGet(name, out _));
        Assert.Equal(inBrackets.Order(StringComparer.Ordinal), Rows.Where(r => r.Attribute != "").Select(r => r.Word).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Examples_have_the_shapes_of_the_page()
    {
        var rows = Rows;
        var sources = rows.SelectMany((row, i) => new[] { Program(row, i), Stack(row, i) }).OfType<string>();
        var compilation = GeneratorHost.Compile(("Network.cs", string.Join("\n", sources)));
        var page = File.ReadAllText(Page);
        for (var i = 0; i < rows.Length; i++)
        {
            var shape = Shape($"Program{i}");
            if (rows[i].Attribute != "") Assert.Equal(IsLoss(rows[i]) ? Show(InputShape(rows[i].Inputs[0]).Select(d => $"{d}")) : shape, Shape($"Stack{i}"));
            if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1") page = page.Replace(rows[i].Line, rows[i].Line.Replace($"→ {rows[i].Result} |", $"→ {shape} |"));
            else Assert.Equal((rows[i].Word, shape), (rows[i].Word, rows[i].Result));
        }
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1") File.WriteAllText(Page, page);

        string Shape(string name)
        {
            var reading = GeneratorHost.Read(compilation, name);
            Assert.True(reading.Network is not null, $"{name}: {string.Join("; ", reading.Findings.Select(f => f.ToDiagnostic().ToString()))} {string.Join("; ", compilation.GetDiagnostics().Take(3))}");
            var program = reading.Network.Programs.First(p => p.Kind == ProgramKind.Predict);
            var type = program.Graph[program.Graph.Outputs.First(o => o.Role == Role.Prediction).Node].Type;
            return Show(type.Time.Select(a => (a with { Name = "t" }).ToString()).Concat(type.Shape.Select(d => $"{d}")));
        }
    }

    private static bool IsOverTime(string shape) => shape.StartsWith("[t", StringComparison.Ordinal) || shape.StartsWith("[⌈t", StringComparison.Ordinal);

    private static string Program(Row row, int number)
    {
        var names = new Queue<string>(["x", "y", "z"]);
        var inputs = row.Inputs.Select(i => i switch
        {
            "label" => "[Classes(10)] Labels label",
            "tokens" => "[Vocabulary(10), Time(\"t\")] TokenSequence tokens",
            _ when IsOverTime(i) => $"[Shape({i.Trim('[', 't', ',', ' ', ']')}), Time(\"t\")] Sequence {names.Dequeue()}",
            _ => $"[Shape({i.Trim('[', ']')})] Tensor {names.Dequeue()}",
        });
        var returned = row.Word is "ArgMax" or "Categorical" ? "Labels" : IsOverTime(row.Result) ? "Sequence" : "Tensor";
        // Its kernel is the same for every sample.
        var body = row.Word == "Convolve2D" ? row.Method.Replace("(y)", "(new Parameter(8, 3, 5, 5))") : row.Method;
        return $"[Network] public sealed partial class Program{number} {{ [Predict] static {returned} P({string.Join(", ", inputs)}) => {body}; }}";
    }

    private static string? Stack(Row row, int number) => row.Attribute == "" ? null
        : $"[Network, Input({(row.Inputs[0] == "tokens" ? "Vocabulary = 10, Sequence = true" : IsOverTime(row.Inputs[0]) ? row.Inputs[0].Trim('[', 't', ',', ' ', ']') + ", Sequence = true" : row.Inputs[0].Trim('[', ']'))}), {(IsLoss(row) ? "Identity, Dense(10), " : "")}{row.Attribute}] public sealed partial class Stack{number};";

    private static bool IsLoss(Row row) => typeof(language::Kiln.Tensor).Assembly.GetType($"Kiln.{row.Word}Attribute") is not null;

    private static int[] InputShape(string text) => [.. text.Trim('[', ']').Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    private static string Show(IEnumerable<string> shape) => $"[{string.Join(", ", shape)}]";

    private static string ThisFolder([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"^\| `(?<word>[^`]+)` \| `(?<method>[^`]+)` \| (`(?<attribute>[^`]+)`)? ?\| (?<inputs>[^|]*?)→ (?<result>[^|]+?) \| .+ \|$")]
    private static partial Regex Line();

    [GeneratedRegex(@"\[[^\]]*\]|label|tokens")]
    private static partial Regex Input();
}
