using Kiln.Generators.Graph;

namespace Kiln.Generators.Tests;

/// <summary>The C# that is evaluated at build time means what C# says: each body computes the width of a layer.</summary>
public class EvaluatorTests
{
    private const string Types = """
        public record Spec(int Width, int Depth = 2) { public int Area => Width * Depth; }
        public struct Point { public int X; public void Move(int by) => X += by; }
        public enum Kind { Small = 3, Large = 7 }
        public abstract class Shape0(int side) { protected readonly int Side = side; public abstract int Area(); public virtual int Edges => 4; }
        public sealed class Square0(int side) : Shape0(side) { public override int Area() => Side * Side; public override int Edges => base.Edges + 1; }
        public sealed class Cube0(int side) : Solid0(side) { public override int Area() => base.Area() * 6; }
        public class Solid0(int side) : Shape0(side) { public override int Area() => Side * Side; }
        public interface ISized { int Size { get; } }
        public sealed class Wide : ISized { public int Size => 9; public int Extra { get; set; } = 1; }
        public static class Made { public static T Of<T>() where T : ISized, new() => new T(); public static int Size<T>() where T : ISized, new() => new T().Size + Of<T>().Size; }
        public sealed class Small : ISized { public int Size => 2; }
        public static class Sized<T> where T : ISized, new() { public static readonly int Size = new T().Size; public static int Auto { get; } = Size + 1; public static int Twice() => 2 * Size; public static class Inner { public static readonly int Size = new T().Size * 3; } }
        public sealed class Box<T>(T value) { public T Value { get; } = value; public int Count { get; set; } }
        public static class Extensions { public static int Twice(this int n) => 2 * n; public static T Pick<T>(this T[] items, int i) => items[i]; public static int Total(params int[] items) { var sum = 0; foreach (var i in items) sum += i; return sum; } }
        """;

    [Theory]
    [InlineData("return 2 + 3 * 4;", 14)]
    [InlineData("return (7 / 2) + (7 % 4) + (1 << 3) + (0xF0 >> 4);", 29)]
    [InlineData("return (int)3.99 + (int)Math.Sqrt(16) + (int)MathF.Max(2f, 1f);", 9)]
    [InlineData("var n = 1; for (var i = 0; i < 5; i++) { if (i == 1) continue; if (i == 4) break; n += i; } return n;", 6)]
    [InlineData("var n = 0; do n++; while (n < 3); while (true) { n += 10; if (n > 20) break; } return n;", 23)]
    [InlineData("int[][] a = [[1, 2], [3]]; var n = 0; foreach (var row in a) foreach (var v in row) n += v; return n;", 6)]
    [InlineData("int[] a = [1, 2, 3, 4]; int[] b = [.. a[1..^1], a[^1]]; return b.Length * 100 + b[0] * 10 + b[^1];", 324)]
    [InlineData("var (a, b) = (1, 2); (a, b) = (b, a); return a * 10 + b;", 21)]
    [InlineData("int a; (a, var b) = (3, 4); return a * b;", 12)]
    [InlineData("var t = (X: 1, Y: 2); var u = t; u.X = 5; return t.X * 10 + u.X;", 15)]
    [InlineData("var s = new Spec(4); var t = s with { Depth = 5 }; return s.Area + t.Area;", 28)]
    [InlineData("return new Spec(4) == new Spec(4, 2) ? 1 : 2;", 1)]
    [InlineData("var (w, d) = new Spec(8, 3); return w + d;", 11)]
    [InlineData("var p = new Point { X = 1 }; var q = p; q.Move(3); return p.X * 10 + q.X;", 14)]
    [InlineData("Shape0 s = new Square0(3); return s.Area() + s.Edges;", 14)]
    [InlineData("Shape0 s = new Cube0(2); return s.Area() + s.Edges;", 28)]
    [InlineData("return Made.Size<Wide>();", 18)]
    [InlineData("var b = new Box<int>(4) { Count = 2 }; b.Count++; return b.Value * b.Count;", 12)]
    [InlineData("var k = Kind.Large; return k switch { Kind.Small => 1, Kind.Large => (int)k, _ => 9 };", 7)]
    [InlineData("switch (3) { case 1: return 1; case > 2 and < 5: return 42; default: return 2; }", 42)]
    [InlineData("object o = 5; return o is int n and > 3 ? n : 1;", 5)]
    [InlineData("var s = new Spec(4, 6); return s is { Width: 4, Depth: var d } ? d : 1;", 6)]
    [InlineData("int[] a = [1, 2, 3]; return a is [1, .., var last] ? last + 1 : 9;", 4)]
    [InlineData("var n = 1; Func<int, int> f = x => x + n; n = 10; return f(1);", 11)]
    [InlineData("var fs = new List<Func<int>>(); for (var i = 0; i < 3; i++) { var k = i; fs.Add(() => k); } return fs[0]() + fs[2]() + 1;", 3)]
    [InlineData("int Fact(int n) => n <= 1 ? 1 : n * Fact(n - 1); return Fact(4);", 24)]
    [InlineData("return 3.Twice() + new[] { 1, 2 }.Pick(1) + Extensions.Total(1, 2, 3) + Extensions.Total();", 14)]
    [InlineData("return Sum(b: 2, a: 10); static int Sum(int a, int b, int c = 5) => a * b + c;", 25)]
    [InlineData("return Enumerable.Range(1, 4).Select(i => i * i).Where(i => i > 1).Skip(1).Reverse().Aggregate((a, b) => a - b);", 7)]
    [InlineData("return new[] { 1, 2 }.Zip(new[] { 3, 4 }, (a, b) => a * b).Sum() + Enumerable.Repeat(2, 3).Count();", 14)]
    [InlineData("var l = new List<int>(); (string A, int B) F() { l.Add(1); return (\"abc\", 2); } return F().A.Length * 10 + l.Count;", 31)]
    [InlineData("var l = new List<int> { 1, 2 }; l.Add(3); l[0] = 7; return l.Count * 10 + l[0];", 37)]
    [InlineData("var k = 1; var q = new[] { 1, 2 }.Select(x => x * k); k = 10; return q.Sum();", 30)]
    [InlineData("int? n = null; n ??= 4; string? s = null; return (n ?? 1) + (s?.Length ?? 3);", 7)]
    [InlineData("return $\"{3}-{Kind.Small}\".Length;", 7)]
    [InlineData("byte b = 250; b += 5; return b;", 255)]
    [InlineData("return double.NaN == double.NaN ? 1 : 2;", 2)]
    [InlineData("var n = 5; n -= 2; n *= 3; return n++ + ++n;", 20)]
    [InlineData("return Sized<Wide>.Size * 10 + Sized<Small>.Twice() + Sized<Wide>.Auto + Sized<Small>.Auto;", 107)]
    [InlineData("return Sized<Wide>.Inner.Size * 10 + Sized<Small>.Inner.Size;", 276)]
    [InlineData("foreach (double w in new[] { 1, 2 }) if (w / 4 == 0.5) return 7; return 1;", 7)]
    [InlineData("var n = 0.0; foreach ((double a, var b) in new[] { (1, 2), (3, 4) }) n += a / b; return (int)(n * 4);", 5)]
    [InlineData("((double, int), double) t = Pairs(); return (int)(t.Item1.Item1 / 2 * 10 + t.Item2 / 4 * 8); static ((int, int), int) Pairs() => ((1, 2), 3);", 11)]
    [InlineData("double a; (a, int? b) = Pair(); return (int)(a / 2 * 10) + (b ?? 2); static (int, int?) Pair() => (1, null);", 7)]
    [InlineData("(double W, int? N) t = Pair(); return (int)(t.W / 2 * 10) + (t.N ?? 2); static (int, int?) Pair() => (1, null);", 7)]
    [InlineData("return new[] { \"b\", \"C\", \"a\" }.Min()![0] - 60 + new[] { \"b\", \"C\", \"a\" }.Max()![0] - 90;", 15)]
    [InlineData("var m = new[] { 0.5, double.NaN }.Min(); return new[] { 0.5, double.NaN, 3.5 }.Max() > 3 && m != m ? 4 : 1;", 4)]
    [InlineData("return \"a\".CompareTo(\"B\") > 0 && string.CompareOrdinal(\"a\", \"b\") < 0 && \"a\".Equals(\"a\") ? 3 : 1;", 3)]
    public void Evaluates(string body, int expected)
    {
        var network = GeneratorHost.Network($$"""
            {{Types}}
            [Network] public sealed partial class Net
            {
                static int Width() { {{body}} }
                [Predict] static Tensor P([Shape(2)] Tensor x) => x.Dense(Width());
            }
            """);
        Assert.Equal(expected, network.Programs[0].Graph[network.Programs[0].Graph.Outputs[0].Node].Type[0]);
    }

    private static string Names(string members) => string.Join(" ", GeneratorHost.Network($$"""
        public sealed class Block(int units) : Layer { readonly Dense _one = new(units); public override Tensor Apply(Tensor x) => _one.Apply(x).Dense(units, bias: false); }
        [Network] public sealed partial class Net { {{members}} }
        """).Parameters.Select(p => p.Name));

    [Theory]
    [InlineData("[Predict] static Tensor P([Shape(2)] Tensor x) => Two(Two(x)); static Tensor Two(Tensor x) => x.Dense(2, bias: false);", "p.two1.dense1.weight p.two2.dense1.weight")]
    [InlineData("[Predict] static Tensor P([Shape(2)] Tensor x) => Two(Two(x)); [Shared] static Tensor Two(Tensor x) => x.Dense(2, bias: false);", "two.dense1.weight")]
    [InlineData("static readonly Block B = new(2); [Predict] static Tensor P([Shape(2)] Tensor x) => B.Apply(B.Apply(x));", "b.one.weight b.one.bias b.dense1.weight")]
    [InlineData("static readonly Layer[] L = [new Block(2), new Dense(3) { Bias = false, Name = \"last\" }]; [Predict] static Tensor P([Shape(2)] Tensor x) => L[1].Apply(L[0].Apply(x));", "l.0.one.weight l.0.one.bias l.0.dense1.weight last.weight")]
    [InlineData("sealed class Base : Head { public override Tensor Apply(Tensor x) => base.Apply(x.Dense(3, bias: false)).Dense(2, bias: false); } class Head : Layer { public override Tensor Apply(Tensor x) => x.Dense(5, bias: false); } static readonly Base B = new(); [Predict] static Tensor P([Shape(2)] Tensor x) => B.Apply(x);", "b.dense1.weight b.dense2.weight b.dense3.weight")]
    [InlineData("[Predict] static Tensor P([Shape(2)] Tensor x) { var gain = new Parameter(2); var d = new Dense(2) { Bias = false }; return d.Apply(d.Apply(x * gain)); }", "p.gain p.d.weight")]
    [InlineData("[Predict] static Tensor P([Shape(2)] Tensor x) => x.Dense(3, bias: false, name: \"head\");", "p.head.weight")]
    [InlineData("static class Bank<T> { public static readonly Dense D = new(2) { Bias = false }; } [Predict] static Tensor P([Shape(2)] Tensor x) => Bank<int>.D.Apply(Bank<Block>.D.Apply(x));", "bankBlock.d.weight bankInt32.d.weight")]
    [InlineData("[Predict] private static partial Tensor P([Shape(2)] Tensor x); private static partial Tensor P(Tensor x) => x.Dense(3, bias: false); [Learn] static Loss L([Shape(2)] Tensor x) => P(x).Sum();", "p.dense1.weight")]
    [InlineData("[Learn] static (Loss, Tensor) L([Shape(2)] Tensor x) { Loss total; (total, Tensor size) = Both(x); return (total, size); } static (Tensor, Tensor) Both(Tensor x) => (x.Dense(3, bias: false).Sum(), x.Sum());", "l.both1.dense1.weight")]
    [InlineData("[Learn] static Loss L([Shape(2)] Tensor x) { Loss last = 0; foreach (Loss part in new[] { x.Dense(3, bias: false).Sum() }) last = part; return last; }", "l.dense1.weight")]
    public void Names_of_parameters(string members, string names) => Assert.Equal(names, Names(members));

    [Fact]
    public void A_prediction_may_run_in_training_mode()
    {
        var network = GeneratorHost.Network(
            """
            [Network] public sealed partial class Net
            {
                [Predict] static Tensor Logits([Shape(2)] Tensor x) => x.Dropout(0.5).Dense(3);
                [Predict] static Tensor Sampled([Shape(2)] Tensor x) => Mode.Training(() => Logits(x) + Mode.Inference(() => Logits(x)));
                [Predict] static Tensor After([Shape(2)] Tensor x) => Mode.Training(() => x.Tanh()).Dropout(0.5);
            }
            """);
        Assert.Equal([0, 1, 0], network.Programs.Select(p => p.Graph.Nodes.Count(n => n.Operator is Generators.Operators.Primitives.RandomDraw)));
    }

    [Fact]
    public void Dropout_acts_in_learning_only_and_not_in_inference_mode()
    {
        static int Draws(Program program) => program.Graph.Nodes.Count(n => n.Operator is Generators.Operators.Primitives.RandomDraw);
        var network = GeneratorHost.Network("""
            [Network] public sealed partial class Net
            {
                [Predict] static Tensor Logits([Shape(2)] Tensor x) => x.Dropout(0.5).Dense(3).Dropout(0.5);
                [Learn] static Loss Fit([Shape(2)] Tensor x, [Classes(3)] Labels y) => Logits(x).CrossEntropy(y) + Logits(x).CrossEntropy(y);
                [Learn] static Loss Calm([Shape(2)] Tensor x, [Classes(3)] Labels y) => Mode.Inference(() => Logits(x)).CrossEntropy(y);
            }
            """);
        Assert.Equal([0, 4, 0], network.Programs.Select(Draws));
        var streams = network.Programs[1].Graph.Nodes.Select(n => n.Operator).OfType<Generators.Operators.Primitives.RandomDraw>().Select(d => d.Stream);
        Assert.Equal(4, streams.Distinct().Count());
    }
}
