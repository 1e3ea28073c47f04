using System.Collections;
using System.Globalization;
using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Kiln.Generators.Frontend;

internal sealed partial class Evaluator
{
    // ---- Operators ----

    public override object? VisitUnaryOperator(IUnaryOperation operation, Scope scope)
    {
        var value = Visit(operation.Operand, scope);
        if (operation.OperatorKind == UnaryOperatorKind.Hat) return value is int n ? new IndexValue(n, true) : throw Reject(operation, "it is not an index");
        if (operation.OperatorMethod is { } method && !IsPrimitive(method)) return Invoke(method, null, [value], operation, scope);
        if (value is null && IsNullable(operation.Type)) return null;
        return Checked(operation, () => Arithmetic.Unary(operation.OperatorKind, value));
    }

    public override object? VisitBinaryOperator(IBinaryOperation operation, Scope scope)
    {
        var left = Visit(operation.LeftOperand, scope);
        switch (operation.OperatorKind)
        {
            case BinaryOperatorKind.ConditionalAnd when left is bool l: return l && Is(operation.RightOperand, scope);
            case BinaryOperatorKind.ConditionalOr when left is bool l: return l || Is(operation.RightOperand, scope);
        }
        var right = Visit(operation.RightOperand, scope);
        return Binary(operation, operation.OperatorKind, operation.OperatorMethod, left, right, operation.LeftOperand.Type, operation.RightOperand.Type, scope);
    }

    private object? Binary(IOperation operation, BinaryOperatorKind kind, IMethodSymbol? method, object? left, object? right, ITypeSymbol? leftType, ITypeSymbol? rightType, Scope scope)
    {
        var isEquality = kind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals;
        if (method is not null && !IsPrimitive(method))
        {
            if (!(isEquality && (left is null || right is null || (method.IsImplicitlyDeclared && left is UserObject)))) return Invoke(method, null, [left, right], operation, scope);
            return Equals(left, right) == (kind == BinaryOperatorKind.Equals);
        }
        if (kind == BinaryOperatorKind.Add && operation.Type?.SpecialType == SpecialType.System_String)
            return Short(ToText(left, leftType, operation) + ToText(right, rightType, operation), operation);
        if (!isEquality && (left is null || right is null))
            return operation.Type?.SpecialType == SpecialType.System_Boolean ? false : IsNullable(operation.Type) ? null : throw Reject(operation, "an operand is null");
        if (isEquality && (left is Node || right is Node) && left is not null && right is not null) throw Reject(operation, "tensors have no value at build time");
        return Checked(operation, () => Arithmetic.Binary(kind, left, right));
    }

    /// <summary>string.op_Equality, decimal's operators, …: arithmetic like any other.</summary>
    private static bool IsPrimitive(IMethodSymbol method) => method.ContainingType.SpecialType is not SpecialType.None;

    private static bool IsNullable(ITypeSymbol? type) => type?.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;

    private static object Checked(IOperation operation, Func<object?> compute)
    {
        try
        {
            return compute() ?? throw Reject(operation, $"{operation.Kind} is not defined for these operands at build time");
        }
        catch (ArithmeticException e)
        {
            throw Reject(operation, e is DivideByZeroException ? "division by zero" : "the result does not fit its type");
        }
    }

    public override object? VisitTupleBinaryOperator(ITupleBinaryOperation operation, Scope scope) =>
        Equals(Visit(operation.LeftOperand, scope), Visit(operation.RightOperand, scope)) == (operation.OperatorKind == BinaryOperatorKind.Equals);

    public override object? VisitConditional(IConditionalOperation operation, Scope scope) =>
        Visit(Is(operation.Condition, scope) ? operation.WhenTrue : operation.WhenFalse, scope);

    public override object? VisitCoalesce(ICoalesceOperation operation, Scope scope) => Visit(operation.Value, scope) ?? Visit(operation.WhenNull, scope);

    public override object? VisitCoalesceAssignment(ICoalesceAssignmentOperation operation, Scope scope) =>
        Visit(operation.Target, scope) ?? Assign(operation.Target, Visit(operation.Value, scope), scope);

    public override object? VisitConditionalAccess(IConditionalAccessOperation operation, Scope scope)
    {
        if (Visit(operation.Operation, scope) is not { } receiver) return null;
        _accessed.Push(receiver);
        var value = Visit(operation.WhenNotNull, scope);
        _accessed.Pop();
        return value;
    }

    public override object? VisitConditionalAccessInstance(IConditionalAccessInstanceOperation operation, Scope scope) => _accessed.Peek();

    private readonly Stack<object> _accessed = new();

    public override object? VisitParenthesized(IParenthesizedOperation operation, Scope scope) => Visit(operation.Operand, scope);

    // ---- Conversions ----

    public override object? VisitConversion(IConversionOperation operation, Scope scope)
    {
        var value = Visit(operation.Operand, scope);
        if (operation.Type is { Name: "Index", ContainingNamespace.Name: "System" } && value is int position) return new IndexValue(position, false);
        if (value is TupleValue && operation is { Type: { IsTupleType: true } to, Operand.Type: { IsTupleType: true } from }) return ConvertElement(value, from, to, operation, scope);
        return operation.OperatorMethod is { } method && !IsPrimitive(method)
            ? value is null && IsNullable(operation.Operand.Type) ? null : Invoke(method, null, [value], operation, scope)
            : Convert(value, operation.Type!, operation, scope, operation.IsTryCast);
    }

    /// <summary>A conversion for which there is no operation: of an element of a tuple, or of what a loop or a deconstruction gives.</summary>
    private object? ConvertElement(object? value, ITypeSymbol from, ITypeSymbol to, IOperation operation, Scope scope)
    {
        if (value is null || SymbolEqualityComparer.Default.Equals(from, to)) return value;
        if (value is TupleValue tuple && from is INamedTypeSymbol { IsTupleType: true } parts && to is INamedTypeSymbol { IsTupleType: true } wanted)
            return new TupleValue([.. tuple.Items.Select((item, i) => ConvertElement(item, parts.TupleElements[i].Type, wanted.TupleElements[i].Type, operation, scope))]);
        return _compilation.ClassifyCommonConversion(from, to) is { IsUserDefined: true, MethodSymbol: { } method } && !IsPrimitive(method)
            ? Invoke(method, null, [value], operation, scope) : Convert(value, to, operation, scope);
    }

    private object? Convert(object? value, ITypeSymbol type, IOperation operation, Scope scope, bool isTry = false)
    {
        type = Resolve(type, scope);
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable) type = nullable.TypeArguments[0];
        if (value is null) return type is { IsValueType: true } && !IsNullable(operation.Type) ? throw Reject(operation, "it is null") : null;
        if (type is INamedTypeSymbol { EnumUnderlyingType: { } underlying }) type = underlying;
        if (Arithmetic.IsNumeric(type.SpecialType) && value is IConvertible and not string and not bool)
            return Arithmetic.TypeOf(value) == type.SpecialType ? value : Checked(operation, () => Arithmetic.Convert(value, type.SpecialType));
        if (isTry) return IsInstance(value, type, operation, scope) ? value : null;
        if (value is UserObject user && type.TypeKind is TypeKind.Class or TypeKind.Struct && type.SpecialType == SpecialType.None && !Derives(user.Type, type) && type is INamedTypeSymbol { IsGenericType: false })
            throw Reject(operation, $"it is a {user.Type.Name} and not a {type.Name}");
        if (value is SequenceStateObject state && (state.Place.IsSettled || _initialising.Count == 0) && type.Name != "SequenceState" && IsLanguage(type)) return Read(state);
        return value;
    }

    private static ITypeSymbol Resolve(ITypeSymbol type, Scope scope) =>
        type is ITypeParameterSymbol parameter && scope.Frame.TypeArguments is { } arguments && arguments.TryGetValue(parameter, out var argument) ? argument : type;

    public override object? VisitDefaultValue(IDefaultValueOperation operation, Scope scope) => Default(Resolve(operation.Type!, scope), operation);

    private object? Default(ITypeSymbol type, IOperation where)
    {
        if (!type.IsValueType || IsNullable(type)) return null;
        if (type is INamedTypeSymbol { EnumUnderlyingType: { } underlying }) return Arithmetic.Zero(underlying.SpecialType);
        if (Arithmetic.Zero(type.SpecialType) is { } zero) return zero;
        if (type is INamedTypeSymbol { IsTupleType: true } tuple) return new TupleValue([.. tuple.TupleElements.Select(e => Default(e.Type, where))]);
        if (type.Name is "Size" or "Volume" && IsLanguage(type)) return UnsetSize.Value;
        if (type.Name == "Padding" && IsLanguage(type)) return 0;
        if (type is not INamedTypeSymbol named || named.DeclaringSyntaxReferences.Length == 0) throw Reject(where, $"the default of {type.ToDisplayString()} is not known at build time");
        var value = new UserObject(named.OriginalDefinition, _place, false, where.Syntax);
        foreach (var field in named.OriginalDefinition.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic)) value.Fields[Storage(field)] = Default(field.Type, where);
        return value;
    }

    // ---- Arrays, collections, tuples ----

    public override object? VisitArrayCreation(IArrayCreationOperation operation, Scope scope)
    {
        if (operation.DimensionSizes.Length != 1) throw Reject(operation, "an array has one dimension; an array of arrays has more");
        if (operation.Initializer is { } initializer) return initializer.ElementValues.Select(e => Visit(e, scope)).ToArray();
        var length = Int(Visit(operation.DimensionSizes[0], scope), operation.DimensionSizes[0]);
        if (length is < 0 or > MaxSteps) throw Reject(operation, $"an array of {length} elements");
        var element = ((IArrayTypeSymbol)operation.Type!).ElementType;
        Step(operation.Syntax, length);
        var array = new object?[length];
        var zero = Default(Resolve(element, scope), operation);
        for (var i = 0; i < length; i++) array[i] = Copy(zero);
        return array;
    }

    public override object? VisitArrayInitializer(IArrayInitializerOperation operation, Scope scope) => operation.ElementValues.Select(e => Visit(e, scope)).ToArray();

    public override object? VisitCollectionExpression(ICollectionExpressionOperation operation, Scope scope)
    {
        var items = new List<object?>();
        foreach (var element in operation.Elements)
        {
            if (element is ISpreadOperation spread)
                foreach (var item in Items(Visit(spread.Operand, scope), spread.Operand))
                {
                    Step(spread.Operand.Syntax);
                    items.Add(spread.ElementConversion.IsUserDefined ? Invoke(spread.ElementConversion.MethodSymbol!, null, [item], spread, scope) : ElementType(operation.Type!) is { } type ? Convert(item, type, spread.Operand, scope) : item);
                }
            else items.Add(Visit(element, scope));
        }
        return operation.Type switch
        {
            INamedTypeSymbol { Name: "List", TypeArguments.Length: 1 } or INamedTypeSymbol { Name: "IList" or "ICollection", TypeArguments.Length: 1 } => items,
            IArrayTypeSymbol or INamedTypeSymbol { Name: "IEnumerable" or "IReadOnlyList" or "IReadOnlyCollection" or "Span" or "ReadOnlySpan" or "ImmutableArray" } => items.ToArray(),
            _ => throw Reject(operation, $"a {operation.Type!.ToDisplayString()} cannot be made at build time"),
        };
    }

    private static ITypeSymbol? ElementType(ITypeSymbol collection) => collection switch
    {
        IArrayTypeSymbol array => array.ElementType,
        INamedTypeSymbol { TypeArguments.Length: 1 } named => named.TypeArguments[0],
        _ => null,
    };

    public override object? VisitArrayElementReference(IArrayElementReferenceOperation operation, Scope scope)
    {
        if (operation.Indices.Length != 1) throw Reject(operation, "an array has one dimension");
        var array = Visit(operation.ArrayReference, scope) as object?[] ?? throw Reject(operation, "it is null");
        var index = Visit(operation.Indices[0], scope);
        if (index is RangeValue range) return Slice(array, range, operation).ToArray();
        return Copy(array[Offset(index, array.Length, operation)]);
    }

    public override object? VisitImplicitIndexerReference(IImplicitIndexerReferenceOperation operation, Scope scope)
    {
        var value = Visit(operation.Instance, scope);
        var index = Visit(operation.Argument, scope);
        switch (value)
        {
            case string text when index is RangeValue range: return new string([.. Slice([.. text], range, operation)]);
            case string text: return text[Offset(index, text.Length, operation)];
            case List<object?> list when index is RangeValue range: return Slice([.. list], range, operation).ToList();
            case List<object?> list: return list[Offset(index, list.Count, operation)];
            case object?[] array when index is RangeValue range: return Slice(array, range, operation).ToArray();
            case ShapeValue shape when index is IndexValue: return shape.Type[Offset(index, shape.Type.Rank, operation)];
            case LayerObject { Name: "Sequential" } layers when index is IndexValue: return Layers(layers)[Offset(index, Layers(layers).Length, operation)];
            default: throw Reject(operation, "it cannot be indexed from its end at build time");
        }
    }

    public override object? VisitRangeOperation(IRangeOperation operation, Scope scope) => new RangeValue(
        Visit(operation.LeftOperand, scope) as IndexValue ?? new(0, false), Visit(operation.RightOperand, scope) as IndexValue ?? new(0, true));

    private ArraySegment<T> Slice<T>(T[] items, RangeValue range, IOperation where)
    {
        var (start, end) = (range.Start.Offset(items.Length), range.End.Offset(items.Length));
        if (start < 0 || start > end || end > items.Length) throw Reject(where, $"the range {start}..{end} is outside of {English.Count(items.Length, "element")}");
        Step(where.Syntax, items.Length);
        return new(items, start, end - start);
    }

    private static int Offset(object? index, int length, IOperation where)
    {
        var offset = index is IndexValue value ? value.Offset(length) : Int(index, where);
        return (uint)offset < (uint)length ? offset : throw Reject(where, $"the index {offset} is outside of {English.Count(length, "element")}");
    }

    private static int Int(object? value, IOperation where) => value is IConvertible and not string and not bool and not double and not float ? System.Convert.ToInt32(value, CultureInfo.InvariantCulture) : throw Reject(where, "it is not a whole number");

    public override object? VisitTuple(ITupleOperation operation, Scope scope) => new TupleValue([.. operation.Elements.Select(e => Visit(e, scope))]);

    /// <summary>What can be enumerated, item by item.</summary>
    private static IEnumerable<object?> Items(object? value, IOperation where) => value switch
    {
        string text => text.Select(c => (object?)c),
        IEnumerable<object?> items => Guarded(items, where),
        LayerObject { Name: "Sequential" } layers => Layers(layers),
        IEnumerable items when value is not UserObject => items.Cast<object?>(),
        null => throw Reject(where, "it is null"),
        _ => throw Reject(where, "it cannot be enumerated at build time"),
    };

    private static IEnumerable<object?> Guarded(IEnumerable<object?> items, IOperation where)
    {
        using var enumerator = items.GetEnumerator();
        while (true)
        {
            try
            {
                if (!enumerator.MoveNext()) yield break;
            }
            catch (InvalidOperationException)
            {
                throw Reject(where, "the list was changed while it was enumerated");
            }
            yield return enumerator.Current;
        }
    }

    // ---- Variables ----

    public override object? VisitLocalReference(ILocalReferenceOperation operation, Scope scope)
    {
        if (operation.IsDeclaration) scope.Declare(operation.Local, null);
        return scope.TryGet(operation.Local, out var value) ? Copy(value) : throw Reject(operation, "it has no value yet");
    }

    public override object? VisitParameterReference(IParameterReferenceOperation operation, Scope scope)
    {
        if (scope.TryGet(operation.Parameter, out var value)) return Copy(value);

        // The receiver of an extension block: extension(Tensor x) { … }.
        if (operation.Parameter.ContainingSymbol is INamedTypeSymbol) return Copy(scope.Frame.This);
        return scope.Frame.This is UserObject self && self.Fields.TryGetValue(operation.Parameter, out value) ? Copy(value) : throw Reject(operation, "it has no value here");
    }

    public override object? VisitInstanceReference(IInstanceReferenceOperation operation, Scope scope) =>
        operation.ReferenceKind == InstanceReferenceKind.ImplicitReceiver ? _initialised.Peek() : scope.Frame.This;

    public override object? VisitDeclarationExpression(IDeclarationExpressionOperation operation, Scope scope) => Visit(operation.Expression, scope);

    public override object? VisitSimpleAssignment(ISimpleAssignmentOperation operation, Scope scope)
    {
        if (operation.IsRef) throw Reject(operation, "variables by reference are not supported in a network");
        return Assign(operation.Target, Visit(operation.Value, scope), scope);
    }

    public override object? VisitCompoundAssignment(ICompoundAssignmentOperation operation, Scope scope)
    {
        var target = Visit(operation.Target, scope);
        var left = operation.InConversion.IsUserDefined ? Invoke(operation.InConversion.MethodSymbol!, null, [target], operation, scope) : target;
        var right = Visit(operation.Value, scope);

        // byte += int is computed as int: the smaller of the two numbers is widened first.
        if (operation.OperatorMethod is null && left is not null && right is not null and not string && operation.InConversion.IsNumeric && operation.OperatorKind is not (BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift))
            left = Checked(operation, () => Arithmetic.Convert(left, Arithmetic.TypeOf(right)));
        var result = Binary(operation, operation.OperatorKind, operation.OperatorMethod, left, right, operation.Target.Type, operation.Value.Type, scope);
        if (operation.OutConversion.IsUserDefined) result = Invoke(operation.OutConversion.MethodSymbol!, null, [result], operation, scope);
        return Assign(operation.Target, Convert(result, operation.Target.Type!, operation, scope), scope);
    }

    public override object? VisitIncrementOrDecrement(IIncrementOrDecrementOperation operation, Scope scope)
    {
        var before = Visit(operation.Target, scope);
        if (operation.OperatorMethod is { } method && !IsPrimitive(method)) throw Reject(operation, "increments of the user's own types are not supported in a network");
        var kind = operation.Kind == OperationKind.Increment ? BinaryOperatorKind.Add : BinaryOperatorKind.Subtract;
        var after = before is null ? null : Checked(operation, () => Arithmetic.Convert(Arithmetic.Binary(kind, before, Arithmetic.Convert(1, Arithmetic.TypeOf(before)))!, Arithmetic.TypeOf(before)));
        Assign(operation.Target, after, scope);
        return operation.IsPostfix ? before : after;
    }

    public override object? VisitDeconstructionAssignment(IDeconstructionAssignmentOperation operation, Scope scope)
    {
        var value = Visit(operation.Value, scope);
        Deconstruct(operation.Target, value, operation.Value.Type, scope);
        return value;
    }

    /// <param name="type">The value's type, where it is known.</param>
    private void Deconstruct(IOperation target, object? value, ITypeSymbol? type, Scope scope)
    {
        switch (target)
        {
            case IDeclarationExpressionOperation declaration:
                Deconstruct(declaration.Expression, value, type, scope);
                break;
            case ITupleOperation tuple:
                var parts = Parts(value, tuple.Elements.Length, tuple);
                var types = (type as INamedTypeSymbol)?.TupleElements ?? default;
                for (var i = 0; i < parts.Count; i++) Deconstruct(tuple.Elements[i], parts[i], types.IsDefaultOrEmpty ? null : types[i].Type, scope);
                break;
            default:
                if (target is not IDiscardOperation && target.Type is { } to)
                {
                    if (type is not null) value = ConvertElement(value, type, to, target, scope);
                    else if (value is IConvertible and not string && Arithmetic.IsNumeric(to.SpecialType)) value = Convert(value, to, target, scope);
                    else if (to is { Name: "Tensor" } && value is double number) value = Constant(number);
                }
                Assign(target, value, scope);
                break;
        }
    }

    /// <summary>The parts of a tuple, of a record by its positional properties, or by the user's Deconstruct.</summary>
    private IReadOnlyList<object?> Parts(object? value, int count, IOperation where)
    {
        if (value is TupleValue tuple && tuple.Items.Length == count) return tuple.Items;
        if (value is UserObject { Type.IsRecord: true } record && record.Type.InstanceConstructors.FirstOrDefault(c => c.Parameters.Length == count && record.Type.GetMembers("Deconstruct").Any(d => d.IsImplicitlyDeclared)) is { } primary)
            return [.. primary.Parameters.Select(p => record.Type.GetMembers(p.Name).OfType<IPropertySymbol>().FirstOrDefault() is { } property && record.Fields.TryGetValue(property, out var part) ? part : throw Reject(where, $"{p.Name} has no value"))];
        throw Reject(where, "it cannot be deconstructed at build time");
    }

    private object? Assign(IOperation target, object? value, Scope scope)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                if (local.IsDeclaration || !scope.TrySet(local.Local, value)) scope.Declare(local.Local, value);
                return value;
            case IParameterReferenceOperation parameter:
                if (scope.TrySet(parameter.Parameter, value)) return value;
                if (scope.Frame.This is UserObject self && self.Fields.ContainsKey(parameter.Parameter)) self.Fields[parameter.Parameter] = value;
                else throw Reject(target, "it cannot be assigned here");
                return value;
            case IDiscardOperation:
                return value;
            case IDeclarationExpressionOperation declaration:
                return Assign(declaration.Expression, value, scope);
            case ITupleOperation:
                Deconstruct(target, value, null, scope);
                return value;
            case IArrayElementReferenceOperation { Indices.Length: 1 } element:
                var array = Visit(element.ArrayReference, scope) as object?[] ?? throw Reject(target, "it is null");
                return array[Offset(Visit(element.Indices[0], scope), array.Length, target)] = value;
            case IFieldReferenceOperation field:
                return AssignField(field, value, scope);
            case IPropertyReferenceOperation property:
                return AssignProperty(property, value, scope);
            case IImplicitIndexerReferenceOperation indexer when Visit(indexer.Instance, scope) is List<object?> list:
                return list[Offset(Visit(indexer.Argument, scope), list.Count, target)] = value;
            default:
                throw Reject(target, "it cannot be assigned at build time");
        }
    }

    /// <summary>Structs are values: reading one gives a copy.</summary>
    private static object? Copy(object? value) => value is UserObject { Type: { IsValueType: true, IsReadOnly: false } } structure ? structure.Copy() : value;

    /// <summary>The object itself, not a copy: for members of structs that change it.</summary>
    private object? Reference(IOperation? operation, Scope scope) => operation switch
    {
        ILocalReferenceOperation local when scope.TryGet(local.Local, out var value) => value,
        IParameterReferenceOperation parameter when scope.TryGet(parameter.Parameter, out var value) => value,
        IArrayElementReferenceOperation { Indices.Length: 1 } element when Visit(element.ArrayReference, scope) is object?[] array && Visit(element.Indices[0], scope) is var index and not RangeValue => array[Offset(index, array.Length, element)],
        IFieldReferenceOperation { Field.IsStatic: false } field => Field(field, Receiver(field, scope)),
        _ => Visit(operation, scope),
    };
}
