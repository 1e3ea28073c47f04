using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Kiln.Generators.Frontend;

internal sealed partial class Evaluator
{
    public override object? VisitIsPattern(IIsPatternOperation operation, Scope scope) => Matches(operation.Pattern, Visit(operation.Value, scope), scope);

    public override object? VisitIsType(IIsTypeOperation operation, Scope scope) =>
        IsInstance(Visit(operation.ValueOperand, scope), operation.TypeOperand, operation, scope) != operation.IsNegated;

    public override object? VisitSwitchExpression(ISwitchExpressionOperation operation, Scope scope)
    {
        var value = Visit(operation.Value, scope);
        foreach (var arm in operation.Arms)
        {
            var inner = scope.Inner();
            if (Matches(arm.Pattern, value, inner) && (arm.Guard is null || Is(arm.Guard, inner))) return Visit(arm.Value, inner);
        }
        throw Reject(operation, $"no arm matches {Text.Of(value)}");
    }

    private bool Matches(IPatternOperation pattern, object? value, Scope scope)
    {
        Step(pattern.Syntax);
        switch (pattern)
        {
            case IDiscardPatternOperation:
                return true;
            case IConstantPatternOperation constant:
                return Equals(value, Visit(constant.Value, scope));
            case IDeclarationPatternOperation declaration:
                if (!declaration.MatchesNull && (declaration.MatchedType is not { } wanted || !IsInstance(value, wanted, declaration, scope))) return false;
                if (declaration.DeclaredSymbol is { } declared) scope.Declare(declared, value);
                return true;
            case ITypePatternOperation type:
                return IsInstance(value, type.MatchedType, type, scope);
            case INegatedPatternOperation negated:
                return !Matches(negated.Pattern, value, scope);
            case IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.And } both:
                return Matches(both.LeftPattern, value, scope) && Matches(both.RightPattern, value, scope);
            case IBinaryPatternOperation either:
                return Matches(either.LeftPattern, value, scope) || Matches(either.RightPattern, value, scope);
            case IRelationalPatternOperation relation:
                return value is not null && Arithmetic.Binary(relation.OperatorKind, value, Visit(relation.Value, scope)) is true;
            case IRecursivePatternOperation recursive:
                return MatchesRecursive(recursive, value, scope);
            case IListPatternOperation list:
                return MatchesList(list, value, scope);
            default:
                throw Reject(pattern, $"{Describe(pattern)} is not supported in a network");
        }
    }

    private bool MatchesRecursive(IRecursivePatternOperation pattern, object? value, Scope scope)
    {
        if (value is null || (pattern.MatchedType is { } type && !SymbolEqualityComparer.Default.Equals(type, pattern.InputType) && !IsInstance(value, type, pattern, scope))) return false;
        if (pattern.DeconstructionSubpatterns.Length > 0)
        {
            var parts = Parts(value, pattern.DeconstructionSubpatterns.Length, pattern);
            for (var i = 0; i < parts.Count; i++)
                if (!Matches(pattern.DeconstructionSubpatterns[i], parts[i], scope)) return false;
        }
        foreach (var property in pattern.PropertySubpatterns)
            if (!Matches(property.Pattern, Member(property.Member, value, scope), scope)) return false;
        if (pattern.DeclaredSymbol is { } declared) scope.Declare(declared, value);
        return true;
    }

    private object? Member(IOperation member, object value, Scope scope) => member switch
    {
        IFieldReferenceOperation field => Field(field, value),
        IPropertyReferenceOperation property => Property(property, value, [], scope),
        _ => throw Reject(member, "it is neither a field nor a property"),
    };

    private bool MatchesList(IListPatternOperation pattern, object? value, Scope scope)
    {
        if (value is null) return false;
        var items = Items(value, pattern).ToList();
        var slice = pattern.Patterns.ToList().FindIndex(p => p is ISlicePatternOperation);
        var count = pattern.Patterns.Length;
        if (slice < 0 ? items.Count != count : items.Count < count - 1) return false;
        for (var i = 0; i < count; i++)
        {
            if (i == slice)
            {
                if (((ISlicePatternOperation)pattern.Patterns[i]).Pattern is { } inner && !Matches(inner, items.GetRange(i, items.Count - count + 1).ToArray(), scope)) return false;
                continue;
            }
            if (!Matches(pattern.Patterns[i], items[slice < 0 || i < slice ? i : items.Count - count + i], scope)) return false;
        }
        if (pattern.DeclaredSymbol is { } declared) scope.Declare(declared, value);
        return true;
    }

    private bool IsInstance(object? value, ITypeSymbol type, IOperation where, Scope scope)
    {
        type = Resolve(type, scope);
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable) type = nullable.TypeArguments[0];
        if (value is null) return false;
        if (type.SpecialType == SpecialType.System_Object) return true;
        return value switch
        {
            UserObject user => Derives(user.Type, type),
            LayerObject layer => Derives(layer.Type, type),
            ParameterObject => type.Name is "Parameter" or "Tensor" && IsLanguage(type),
            Node => type.Name == "Tensor" && IsLanguage(type),
            SequenceStateObject => type.Name is "SequenceState" or "Sequence" && IsLanguage(type),
            LabelsValue => type.Name == "Labels" && IsLanguage(type),
            TupleValue tuple => type is INamedTypeSymbol { IsTupleType: true } named && named.TupleElements.Length == tuple.Items.Length,
            string => type.SpecialType == SpecialType.System_String,
            IConvertible when type.TypeKind != TypeKind.Enum => Arithmetic.TypeOf(value) == type.SpecialType,
            _ => throw Reject(where, $"whether it is a {type.ToDisplayString()} is not known at build time"),
        };
    }

    private static bool Derives(INamedTypeSymbol type, ITypeSymbol ancestor)
    {
        for (INamedTypeSymbol? t = type; t is not null; t = t.BaseType)
            if (SymbolEqualityComparer.Default.Equals(t, ancestor)) return true;
        return type.AllInterfaces.Contains(ancestor, SymbolEqualityComparer.Default);
    }
}
