using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Frontend;

internal static partial class Library
{
    /// <summary>How a library method calls the user's lambdas.</summary>
    private sealed class Caller(Evaluator evaluator, Microsoft.CodeAnalysis.IOperation site, Scope scope)
    {
        public object? Call(object? function, params object?[] values) => evaluator.Call((Closure)function!, site, scope, values);

        /// <summary>Every item is a step, so that what is endless ends.</summary>
        public IEnumerable<object?> Counted(IEnumerable<object?> items)
        {
            foreach (var item in items)
            {
                evaluator.Step(site.Syntax);
                yield return item;
            }
        }

        /// <summary>What walks over so many elements at once.</summary>
        public T Walked<T>(int elements, Func<T> walk)
        {
            evaluator.Step(site.Syntax, elements);
            return walk();
        }

        /// <summary>A text that would be too long is not made.</summary>
        public string Text(long length, Func<string> make)
        {
            evaluator.CheckText(length, site);
            return make();
        }

        public bool Test(object? predicate, params object?[] values) => Call(predicate, values) is true;

        /// <summary>A function of an item, or of an item and its index: as many arguments as the lambda takes.</summary>
        public Func<object?, int, object?> Indexed(object? function)
        {
            var count = ((Closure)function!).Method.Parameters.Length;
            return (item, index) => count == 2 ? Call(function, item, index) : Call(function, item);
        }
    }

    private static Result? Linq(Caller caller, string name, SpecialType returns, object?[] x)
    {
        switch (name, x.Length)
        {
            case ("Range", 2): return new(caller.Counted(Enumerable.Range((int)x[0]!, (int)x[1]!).Select(i => (object?)i)));
            case ("Repeat", 2): return new(caller.Counted(Enumerable.Repeat(x[0], (int)x[1]!)));
            case ("Empty", 0): return new(Array.Empty<object?>());
        }
        if (x.Length == 0 || Sequence(x[0]) is not { } uncounted) return null;
        var items = caller.Counted(uncounted);
        return (name, x.Length) switch
        {
            ("Select", 2) => new(items.Select(caller.Indexed(x[1]))),
            ("SelectMany", 2) => new(items.SelectMany((item, i) => Sequence(caller.Indexed(x[1])(item, i))!)),
            ("Where", 2) => new(items.Where((item, i) => caller.Indexed(x[1])(item, i) is true)),
            ("Zip", 2) => new(items.Zip(Sequence(x[1])!, (a, b) => (object?)new TupleValue([a, b]))),
            ("Zip", 3) when x[2] is Closure => new(items.Zip(Sequence(x[1])!, (a, b) => caller.Call(x[2], a, b))),
            ("Zip", 3) => new(items.Zip(Sequence(x[1])!, (a, b) => (a, b)).Zip(Sequence(x[2])!, (ab, c) => (object?)new TupleValue([ab.a, ab.b, c]))),
            ("Take", 2) when x[1] is int count => new(items.Take(count)),
            ("Take", 2) when x[1] is RangeValue range => new(InRange(items, range)),
            ("Skip", 2) => new(items.Skip((int)x[1]!)),
            ("SkipLast", 2) => new(InRange(items, new(new(0, false), new((int)x[1]!, true)))),
            ("TakeLast", 2) => new(InRange(items, new(new((int)x[1]!, true), new(0, true)))),
            ("TakeWhile", 2) => new(items.TakeWhile((item, i) => caller.Indexed(x[1])(item, i) is true)),
            ("SkipWhile", 2) => new(items.SkipWhile((item, i) => caller.Indexed(x[1])(item, i) is true)),
            ("Reverse", 1) => new(items.Reverse()),
            ("Concat", 2) => new(items.Concat(Sequence(x[1])!)),
            ("Append", 2) => new(items.Concat([x[1]])),
            ("Prepend", 2) => new(new[] { x[1] }.Concat(items)),
            ("Index", 1) => new(items.Select((item, i) => (object?)new TupleValue([i, item]))),
            ("Chunk", 2) => new(Chunks(items, (int)x[1]! is var size and > 0 ? size : throw new ArgumentException($"chunks of {x[1]} elements"))),
            ("Cast", 1) or ("AsEnumerable", 1) => new(items),
            ("Distinct", 1) => new(items.Distinct()),
            ("DefaultIfEmpty", 2) => new(items.DefaultIfEmpty(x[1])),
            ("OrderBy", 2) => new(items.OrderBy(i => caller.Call(x[1], i), Ordinal.Comparer)),
            ("OrderByDescending", 2) => new(items.OrderByDescending(i => caller.Call(x[1], i), Ordinal.Comparer)),
            ("ToArray", 1) => new(items.ToArray()),
            ("ToList", 1) => new(items.ToList()),
            ("Aggregate", 2) => new(items.Aggregate((a, b) => caller.Call(x[1], a, b))),
            ("Aggregate", 3) => new(items.Aggregate(x[1], (a, b) => caller.Call(x[2], a, b))),
            ("Aggregate", 4) => new(caller.Call(x[3], items.Aggregate(x[1], (a, b) => caller.Call(x[2], a, b)))),
            ("Sum", 1) => Known(Total(items) ?? Arithmetic.Zero(returns)),
            ("Sum", 2) => Known(Total(items.Select(i => caller.Call(x[1], i))) ?? Arithmetic.Zero(returns)),
            ("Average", 1) => Known(Mean(items.ToList())),
            ("Average", 2) => Known(Mean(items.Select(i => caller.Call(x[1], i)).ToList())),
            ("Min", 1) => new(Extreme(items, returns, -1)),
            ("Max", 1) => new(Extreme(items, returns, 1)),
            ("Min", 2) => new(Extreme(items.Select(i => caller.Call(x[1], i)), returns, -1)),
            ("Max", 2) => new(Extreme(items.Select(i => caller.Call(x[1], i)), returns, 1)),
            ("Count", 1) => new(items.Count()),
            ("Count", 2) => new(items.Count(i => caller.Test(x[1], i))),
            ("Any", 1) => new(items.Any()),
            ("Any", 2) => new(items.Any(i => caller.Test(x[1], i))),
            ("All", 2) => new(items.All(i => caller.Test(x[1], i))),
            ("Contains", 2) => new(items.Contains(x[1])),
            ("SequenceEqual", 2) => new(items.SequenceEqual(Sequence(x[1])!)),
            ("First", 1) => new(items.First()),
            ("First", 2) => new(items.First(i => caller.Test(x[1], i))),
            ("Last", 1) => new(items.Last()),
            ("Last", 2) => new(items.Last(i => caller.Test(x[1], i))),
            ("Single", 1) => new(items.Single()),
            ("ElementAt", 2) when x[1] is int index => new(items.ElementAt(index)),
            _ => null,
        };
    }

    /// <summary>Strings by their characters, whatever the culture of the machine that builds.</summary>
    private sealed class Ordinal : IComparer<object?>
    {
        public static readonly Ordinal Comparer = new();

        public int Compare(object? x, object? y) => x is string a && y is string b ? string.CompareOrdinal(a, b) : Comparer<object?>.Default.Compare(x, y);
    }

    /// <summary>The first least or greatest item that is not null.</summary>
    private static object? Extreme(IEnumerable<object?> items, SpecialType returns, int sign)
    {
        object? extreme = null;
        foreach (var item in items)
            if (item is not null && (extreme is null || Ordinal.Comparer.Compare(item, extreme) * sign > 0)) extreme = item;
        return extreme is null && Arithmetic.IsNumeric(returns) ? throw new InvalidOperationException("an empty sequence has no minimum or maximum") : extreme;
    }

    private static IEnumerable<object?>? Sequence(object? value) => value switch
    {
        string text => text.Select(c => (object?)c),
        IEnumerable<object?> items => items,
        _ => null,
    };

    private static IEnumerable<object?> InRange(IEnumerable<object?> items, RangeValue range)
    {
        var all = items.ToList();
        var (start, end) = (Math.Max(range.Start.Offset(all.Count), 0), Math.Min(range.End.Offset(all.Count), all.Count));
        return all.Skip(start).Take(Math.Max(end - start, 0));
    }

    private static IEnumerable<object?> Chunks(IEnumerable<object?> items, int size)
    {
        var all = items.ToArray();
        for (var start = 0; start < all.Length; start += size) yield return all.Skip(start).Take(size).ToArray();
    }

    private static object? Total(IEnumerable<object?> items)
    {
        object? total = null;
        foreach (var item in items) total = total is null ? item : Arithmetic.Binary(Microsoft.CodeAnalysis.Operations.BinaryOperatorKind.Add, total, item);
        return total;
    }

    private static object? Mean(List<object?> items) => items.Count == 0 ? throw new InvalidOperationException("an empty sequence has no average")
        : items.All(i => i is int or long or double) ? items.Average(i => Convert.ToDouble(i, CultureInfo.InvariantCulture)) : null;

    private static Result? Lists(Caller caller, string name, List<object?> list, object?[] x) => (name, x.Length) switch
    {
        ("Add", 1) => Done(() => list.Add(x[0])),
        ("AddRange", 1) => Done(() => list.AddRange(caller.Counted(Sequence(x[0])!).ToList())),
        ("ForEach", 1) => Done(() => list.ForEach(i => caller.Call(x[0], i))),
        _ => caller.Walked(list.Count, () => Walking(name, list, x)),
    };

    private static Result? Walking(string name, List<object?> list, object?[] x) => (name, x.Length) switch
    {
        ("Insert", 2) => Done(() => list.Insert((int)x[0]!, x[1])),
        ("RemoveAt", 1) => Done(() => list.RemoveAt((int)x[0]!)),
        ("Remove", 1) => new(list.Remove(x[0])),
        ("Clear", 0) => Done(list.Clear),
        ("Reverse", 0) => Done(list.Reverse),
        ("Contains", 1) => new(list.Contains(x[0])),
        ("IndexOf", 1) => new(list.IndexOf(x[0])),
        ("ToArray", 0) => new(list.ToArray()),
        ("GetRange", 2) => new(list.GetRange((int)x[0]!, (int)x[1]!)),
        _ => null,
    };

    private static Result? Arrays(Caller caller, string name, object? instance, object?[] x) =>
        name == "Empty" && x.Length == 0 ? new(Array.Empty<object?>())
        : (instance ?? x.FirstOrDefault()) is object?[] array ? caller.Walked(array.Length, () => Walking(name, instance, array, x)) : null;

    private static Result? Walking(string name, object? instance, object?[] array, object?[] x) => (name, instance, x.Length) switch
    {
        ("Clone", not null, 0) => new(array.Clone()),
        ("GetLength", not null, 1) when x[0] is 0 => new(array.Length),
        ("Fill", null, 2) => Done(() =>
        {
            for (var i = 0; i < array.Length; i++) array[i] = x[1];
        }),
        ("Reverse", null, 1) => Done(() => Array.Reverse(array)),
        ("IndexOf", null, 2) => new(Array.IndexOf(array, x[1])),
        _ => null,
    };
}
