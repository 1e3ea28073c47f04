using System.Collections.Immutable;
using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kiln.Generators.Frontend;

/// <summary>The parameters of a [Predict] or [Learn] method: what their types and attributes say of an input.</summary>
internal sealed class InputReader(IAssemblySymbol language)
{
    /// <summary>The most inputs, outputs or results that a call carries: Kiln.Kernels.Frame.MaxArguments.</summary>
    public const int MaxArguments = 32;

    /// <summary>The most axes of time that a call carries: Kiln.Kernels.Frame.MaxAxes.</summary>
    public const int MaxAxes = 8;

    /// <summary>An input, once for each shape that it declares.</summary>
    public ImmutableArray<Input> Read(IParameterSymbol parameter, ProgramKind kind)
    {
        var where = parameter.DeclaringSyntaxReferences[0].GetSyntax();
        var word = Word(parameter.Type);
        if (parameter.Type.TypeKind == TypeKind.Error) throw new CompileErrorException();
        if (parameter.RefKind != RefKind.None) throw Unsuited(where.GetLocation(), $"the input '{parameter.Name}' is passed by reference: pass inputs by value");
        if (word is not ("Tensor" or "Labels" or "Sequence" or "TokenSequence")) throw Unsuited(where.GetLocation(), $"the input '{parameter.Name}' has the type {parameter.Type.ToDisplayString()}; an input is a Tensor, Labels, a Sequence or a TokenSequence");
        if (parameter.Ordinal >= MaxArguments) throw Unsuited(where.GetLocation(), $"the input '{parameter.Name}' is one too many: a program has at most {MaxArguments}");

        var shapes = ReadShapes(parameter);
        var bytes = Attribute(parameter, "BytesAttribute");
        var optimized = Attribute(parameter, "OptimizedAttribute");
        if (optimized is not null && kind == ProgramKind.Predict) throw Unsuited(Where(optimized), $"'{parameter.Name}' is [Optimized] in a [Predict] method: only a [Learn] method can change its input");
        var isOverTime = word is "Sequence" or "TokenSequence";
        if (optimized is not null && word == "Sequence")
            throw Unsuited(Where(optimized), $"'{parameter.Name}' is an [Optimized] Sequence, but what a call moves has one size: take [Optimized, Shape(steps, …)] Tensor {parameter.Name}, whose AsSequence() is a Sequence");
        if (word == "TokenSequence" && shapes.Count > 0) throw Unsuited(Where(Attributes(parameter, "ShapeAttribute").First()), $"the tokens '{parameter.Name}' have no shape: there is one at every step");
        var inputs = word is "Tensor" or "Sequence" ? ReadTensor(parameter, where, shapes, bytes, optimized) : ReadLabels(parameter, where, shapes, bytes, optimized);
        var time = ReadTime(parameter, isOverTime);
        return isOverTime ? [.. inputs.Select(i => i with { Time = [time] })] : inputs;
    }

    /// <summary>The axis that the attribute names, or one of the parameter's own.</summary>
    private TimeAxis ReadTime(IParameterSymbol parameter, bool isOverTime)
    {
        if (Attribute(parameter, "TimeAttribute") is not { } attribute) return new(parameter.Name);
        if (!isOverTime) throw Unsuited(Where(attribute), $"'{parameter.Name}' is a {parameter.Type.Name}: [Time] is for a Sequence or a TokenSequence");
        if (AttributeArguments.Positional(attribute) is not { Length: 1 } names || names[0] is not string name) throw new CompileErrorException();
        if (!SyntaxFacts.IsValidIdentifier(name)) throw new NetworkException(Descriptors.Argument, Where(attribute), $"Time: expected a name like that of a variable, got '{name}'");
        var max = AttributeArguments.Named(attribute, "Max", 0);
        if (max < 0) throw new NetworkException(Descriptors.Argument, Where(attribute), $"Time: Max must be at least 1, or 0 for no bound, got {max}");
        return new(name, max);
    }

    /// <summary>Inputs over an axis of one name have that axis: the bound that one of them declares holds for all.</summary>
    public static ImmutableArray<ImmutableArray<Input>> Unified(ImmutableArray<ImmutableArray<Input>> inputs)
    {
        var bounds = inputs.SelectMany(i => i).SelectMany(i => i.Time).GroupBy(a => a.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Where(a => a.Max > 0).Select(a => a.Max).DefaultIfEmpty(0).Min(), StringComparer.Ordinal);
        return [.. inputs.Select(shapes => shapes.Select(i => i with { Time = i.Time.Select(a => a with { Max = bounds[a.Name] }).ToEquatable() }).ToImmutableArray())];
    }

    private static ImmutableArray<Input> ReadTensor(IParameterSymbol parameter, SyntaxNode where, List<EquatableArray<int>> shapes, AttributeData? bytes, AttributeData? optimized)
    {
        if (shapes.Count == 0) throw Unsuited(where.GetLocation(), $"the input '{parameter.Name}' needs its shape: [Shape(…)]");
        if (bytes is not null && optimized is not null) throw Unsuited(Where(optimized), $"'{parameter.Name}' is both [Bytes] and [Optimized]: an [Optimized] input must be of floats");
        var (scale, mean) = bytes is null ? (1, 0) : AttributeArguments.Widening(bytes, "Bytes");
        return [.. shapes.Select(s => new Input(parameter.Name, InputKind.Tensor, s, 0, optimized is not null, bytes is not null, scale, mean))];
    }

    private ImmutableArray<Input> ReadLabels(IParameterSymbol parameter, SyntaxNode where, List<EquatableArray<int>> shapes, AttributeData? bytes, AttributeData? optimized)
    {
        if ((bytes ?? optimized) is { } misplaced) throw Unsuited(Where(misplaced), $"'{parameter.Name}' is {(Word(parameter.Type) == "Labels" ? "Labels" : "a TokenSequence")}: [Bytes] and [Optimized] are for a Tensor");
        var isTokens = Word(parameter.Type) == "TokenSequence";
        if ((isTokens ? Attribute(parameter, "VocabularyAttribute") : null) is not { } classes && (classes = Attribute(parameter, "ClassesAttribute")!) is null)
            throw Unsuited(where.GetLocation(), isTokens ? $"the tokens '{parameter.Name}' need the size of their vocabulary: [Vocabulary(…)]" : $"the labels '{parameter.Name}' need the number of their classes: [Classes(…)]");
        if (AttributeArguments.Positional(classes) is not { Length: 1 } counts || counts[0] is not int count) throw new CompileErrorException();
        if (count < 1) throw new NetworkException(Descriptors.Argument, Where(classes), $"{classes.AttributeClass!.Name.Replace("Attribute", "")}: expected at least 1, got {count}");
        if (shapes.Count == 0) shapes.Add([]);
        return [.. shapes.Select(s => new Input(parameter.Name, InputKind.Labels, s, count, false, false, 1, 0))];
    }

    /// <summary>Every choice among the declared shapes differs from the others in some size, by which the caller makes it.</summary>
    public void CheckDistinct(IMethodSymbol method, ImmutableArray<ImmutableArray<Input>> inputs)
    {
        var several = inputs.Select((shapes, i) => (Parameter: method.Parameters[i], Shapes: shapes)).Where(i => i.Shapes.Length > 1).ToList();
        for (var later = 1; several.Count > 0 && later < several[0].Shapes.Length; later++)
            for (var earlier = 0; earlier < later; earlier++)
                if (several.All(i => i.Shapes[earlier].Shape == i.Shapes[later].Shape))
                    throw Unsuited(Where(Attributes(several[0].Parameter, "ShapeAttribute").ElementAt(later)), $"'{several[0].Parameter.Name}' declares the shape [{string.Join(", ", several[0].Shapes[later].Shape)}] twice");
    }

    /// <summary>Shapes of one rank, that the caller tells apart by their sizes.</summary>
    private List<EquatableArray<int>> ReadShapes(IParameterSymbol parameter)
    {
        var shapes = new List<EquatableArray<int>>();
        foreach (var attribute in Attributes(parameter, "ShapeAttribute"))
        {
            var shape = ReadShape(attribute);
            if (shapes.Count > 0 && shape.Count != shapes[0].Count) throw Unsuited(Where(attribute), $"the shapes of '{parameter.Name}' have {shapes[0].Count} and {shape.Count} axes; only their sizes may differ");
            shapes.Add(shape);
        }
        return shapes;
    }

    private static EquatableArray<int> ReadShape(AttributeData attribute)
    {
        if (AttributeArguments.Positional(attribute) is not { Length: 1 } dimensions || dimensions[0] is not object?[] sizes) throw new CompileErrorException();
        var shape = sizes.Select(s => (int)s!).ToEquatable();
        AttributeArguments.CheckShape(attribute, "Shape", shape);
        return shape;
    }

    private string Word(ITypeSymbol type) => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, language) ? type.Name : "";

    private AttributeData? Attribute(ISymbol symbol, string name) => Attributes(symbol, name).FirstOrDefault();

    private IEnumerable<AttributeData> Attributes(ISymbol symbol, string name) => AttributeArguments.Of(symbol, name, language);

    private static Location Where(AttributeData attribute) => AttributeArguments.Syntax(attribute, default).GetLocation();

    private static NetworkException Unsuited(Location where, string what) => new(Descriptors.Signature, where, what);
}
