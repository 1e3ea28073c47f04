using System.Collections.Immutable;
using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Kiln.Generators.Frontend;

internal sealed partial class Evaluator
{
    private readonly Stack<object?> _initialised = new();
    private readonly Dictionary<ISymbol, object?> _statics = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, Exception> _failed = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _initialising = new(SymbolEqualityComparer.Default);

    // ---- Creation ----

    public override object? VisitObjectCreation(IObjectCreationOperation operation, Scope scope)
    {
        if (operation.Constructor is not { } constructor) throw new CompileErrorException();
        var type = constructor.ContainingType;
        return Make(type, constructor, Arguments(operation.Arguments, constructor, scope), operation.Initializer, operation, scope);
    }

    /// <summary>new T(), in a generic method or class.</summary>
    public override object? VisitTypeParameterObjectCreation(ITypeParameterObjectCreationOperation operation, Scope scope)
    {
        var constructor = (Resolve(operation.Type!, scope) as INamedTypeSymbol)?.InstanceConstructors.FirstOrDefault(c => c.Parameters.Length == 0);
        if (constructor is null) throw Reject(operation, "the type is not known at build time");
        return Make(constructor.ContainingType, constructor, [], operation.Initializer, operation, scope);
    }

    private object? Make(INamedTypeSymbol type, IMethodSymbol constructor, object?[] values, IObjectOrCollectionInitializerOperation? initializer, IOperation operation, Scope scope)
    {
        object? made;
        if (IsLanguage(type)) made = CreateLanguage(type, constructor, values, operation, scope);
        else if (InheritsException(type)) made = new ExceptionValue(type.Name, values.OfType<string>().FirstOrDefault());
        else if (type.DeclaringSyntaxReferences.Length > 0) made = Create(type, constructor, values, operation.Syntax, operation, scope);
        else made = Library.Create(this, type, values, operation, scope);

        if (initializer is not null) Initialise(made, initializer, scope);
        Finish(made);
        return made;
    }

    public override object? VisitObjectOrCollectionInitializer(IObjectOrCollectionInitializerOperation operation, Scope scope) => throw Reject(operation, "nested initialisers are not supported in a network");

    private void Initialise(object? made, IObjectOrCollectionInitializerOperation initializer, Scope scope)
    {
        _initialised.Push(made);
        foreach (var step in initializer.Initializers)
            if (step is IMemberInitializerOperation member) Initialise(Visit(member.InitializedMember, scope), member.Initializer, scope);
            else Visit(step, scope);
        _initialised.Pop();
    }

    public override object? VisitAnonymousObjectCreation(IAnonymousObjectCreationOperation operation, Scope scope)
    {
        var made = new UserObject((INamedTypeSymbol)operation.Type!, _place, false, operation.Syntax);
        foreach (var step in operation.Initializers.OfType<ISimpleAssignmentOperation>())
            made.Fields[((IPropertyReferenceOperation)step.Target).Property] = Visit(step.Value, scope);
        return made;
    }

    public override object? VisitWith(IWithOperation operation, Scope scope)
    {
        if (Visit(operation.Operand, scope) is not UserObject original) throw Reject(operation, "only your own records and structs can be copied by 'with'");
        var copy = original.Copy();
        if (operation.Initializer is { } initializer) Initialise(copy, initializer, scope);
        return copy;
    }

    /// <summary>Makes an object of a class with source, as its constructor says.</summary>
    internal UserObject Create(INamedTypeSymbol type, IMethodSymbol constructor, object?[] values, SyntaxNode syntax, IOperation? site, Scope scope)
    {
        var isLayer = IsLayer(type);
        var made = new UserObject(type, _place.Numbered(Words.Layer(type.Name)), isLayer, syntax);
        Construct(made, constructor, values, site, syntax, scope);
        if (isLayer)
            foreach (var field in made.Fields.ToList()) Settle(field.Value, made.Place, Words.Camel(field.Key.Name));
        return made;
    }

    private void Construct(UserObject made, IMethodSymbol constructor, object?[] values, IOperation? site, SyntaxNode syntax, Scope caller)
    {
        if (_calls.Count >= MaxDepth) throw new NetworkException(Descriptors.Endless, syntax.GetLocation(), constructor.ContainingType.Name, $"constructors are nested more than {MaxDepth} deep");
        _calls.Push(new(constructor, syntax.GetLocation()));
        var definition = constructor.OriginalDefinition;
        var type = definition.ContainingType;
        var frame = new Frame(made, TypeArguments(constructor, caller));
        var scope = new Scope(null, frame);
        foreach (var parameter in definition.Parameters) scope.Declare(parameter, Copy(values[parameter.Ordinal]));

        var declaration = definition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(_cancellation);
        if (declaration is not null && !_compilation.ContainsSyntaxTree(declaration.SyntaxTree)) throw NoSource(type, syntax);
        if (declaration is TypeDeclarationSyntax { ParameterList: not null })
            foreach (var parameter in definition.Parameters)
            {
                made.Fields[parameter] = values[parameter.Ordinal];
                if (type.IsRecord && type.GetMembers(parameter.Name).OfType<IPropertySymbol>().FirstOrDefault() is { } positional && positional.DeclaringSyntaxReferences.Any(r => r.GetSyntax(_cancellation) is ParameterSyntax))
                {
                    made.Fields.Remove(parameter);
                    made.Fields[positional] = values[parameter.Ordinal];
                }
            }

        var body = declaration is ConstructorDeclarationSyntax ? Body(definition, syntax) as IConstructorBodyOperation : null;
        var initializer = body?.Initializer is IExpressionStatementOperation { Operation: IInvocationOperation chained } ? chained : body?.Initializer as IInvocationOperation;
        var delegates = initializer is not null && SymbolEqualityComparer.Default.Equals(initializer.TargetMethod.ContainingType.OriginalDefinition, type);
        if (!delegates) InitialiseFields(made, type, scope);
        if (initializer is not null) ConstructBase(made, initializer.TargetMethod, Arguments(initializer.Arguments, initializer.TargetMethod, scope), syntax, scope);
        else if (declaration is TypeDeclarationSyntax { BaseList.Types: var bases } && bases.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault() is { } call && Model(call.SyntaxTree).GetOperation(call, _cancellation) is IInvocationOperation baseCall)
            ConstructBase(made, baseCall.TargetMethod, Arguments(baseCall.Arguments, baseCall.TargetMethod, scope), syntax, scope);
        else if (type.BaseType?.InstanceConstructors.FirstOrDefault(c => c.Parameters.Length == 0) is { } plain) ConstructBase(made, plain, [], syntax, scope);

        if (body?.BlockBody is { } block) Run(block, scope);
        if (body?.ExpressionBody is { } expression) Run(expression, scope);
        _calls.Pop();
    }

    private void ConstructBase(UserObject made, IMethodSymbol constructor, object?[] values, SyntaxNode syntax, Scope scope)
    {
        var type = constructor.ContainingType;
        if (type.SpecialType is SpecialType.System_Object or SpecialType.System_ValueType || IsLanguage(type)) return;
        if (type.DeclaringSyntaxReferences.Length == 0) throw NoSource(type, syntax);
        Construct(made, constructor, values, null, syntax, scope);
    }

    private void InitialiseFields(UserObject made, INamedTypeSymbol type, Scope scope)
    {
        foreach (var member in type.GetMembers())
        {
            if (member.IsStatic || member.IsImplicitlyDeclared) continue;
            var (storedType, hasInitializer) = member switch
            {
                IFieldSymbol { IsConst: false } field => (field.Type, field.DeclaringSyntaxReferences.Any(r => r.GetSyntax(_cancellation) is VariableDeclaratorSyntax { Initializer: not null })),
                IPropertySymbol property when IsAuto(property) => (property.Type, property.DeclaringSyntaxReferences.Any(r => r.GetSyntax(_cancellation) is PropertyDeclarationSyntax { Initializer: not null })),
                _ => (null, false),
            };
            if (storedType is null) continue;
            if (hasInitializer) made.Fields[member] = Visit(InitialValue(Body(member, made.Syntax)), scope);
            else if (!made.Fields.ContainsKey(member)) made.Fields[member] = storedType.IsValueType && !IsNullable(storedType) && Resolve(storedType, scope) is var resolved ? Zero(resolved, made.Syntax) : null;
        }
    }

    private object? Zero(ITypeSymbol type, SyntaxNode where) => type switch
    {
        INamedTypeSymbol { EnumUnderlyingType: { } underlying } => Arithmetic.Zero(underlying.SpecialType),
        _ when Arithmetic.Zero(type.SpecialType) is { } zero => zero,
        INamedTypeSymbol { IsTupleType: true } tuple => new TupleValue([.. tuple.TupleElements.Select(e => e.Type.IsValueType ? Zero(e.Type, where) : null)]),
        _ when type.Name is "Size" or "Volume" && IsLanguage(type) => UnsetSize.Value,
        _ when type.Name == "Padding" && IsLanguage(type) => 0,
        ITypeParameterSymbol => null,
        _ => throw Reject(where, $"the default of {type.ToDisplayString()} is not known at build time"),
    };

    private static IOperation InitialValue(IOperation operation) => operation switch
    {
        IFieldInitializerOperation field => field.Value,
        IPropertyInitializerOperation property => property.Value,
        _ => operation,
    };

    private static bool InheritsException(INamedTypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
            if (type is { Name: "Exception", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } }) return true;
        return false;
    }

    /// <summary>Whether the compiler makes the property's storage.</summary>
    private bool IsAuto(IPropertySymbol property) => !property.IsAbstract && property.DeclaringSyntaxReferences.Any(r => r.GetSyntax(_cancellation) switch
    {
        PropertyDeclarationSyntax { ExpressionBody: null, AccessorList: { } list } => list.Accessors.Any(a => a is { Body: null, ExpressionBody: null }),
        ParameterSyntax => true,
        _ => false,
    });

    // ---- Fields and properties ----

    /// <summary>What an object keeps a field's value under: an auto-property's field counts as the property.</summary>
    private static ISymbol Storage(IFieldSymbol field) => field.OriginalDefinition.AssociatedSymbol is IPropertySymbol property ? property : field.OriginalDefinition;

    public override object? VisitFieldReference(IFieldReferenceOperation operation, Scope scope) =>
        operation.Field.IsStatic ? Static(operation.Field, operation, scope) : Copy(Field(operation, Receiver(operation, scope)));

    /// <summary>The object whose member it is. A static method that reads a member of an object and names none is the compiler's error.</summary>
    private object? Receiver(IMemberReferenceOperation operation, Scope scope) => operation.Member.IsStatic ? null
        : operation.Instance is null or IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } && scope.Frame.This is null ? throw new CompileErrorException()
        : Reference(operation.Instance, scope);

    private object? Field(IFieldReferenceOperation operation, object? instance) => instance switch
    {
        TupleValue tuple => tuple.Items[TupleIndex(operation.Field)],
        UserObject user when user.Fields.TryGetValue(Storage(operation.Field), out var value) => value,
        null => throw Reject(operation, "it is read from null"),
        _ => throw Reject(operation, "it has no value at build time"),
    };

    private static int TupleIndex(IFieldSymbol field) =>
        int.Parse((field.CorrespondingTupleField ?? field).Name.Substring("Item".Length), System.Globalization.CultureInfo.InvariantCulture) - 1;

    private object? AssignField(IFieldReferenceOperation target, object? value, Scope scope)
    {
        if (target.Field.IsStatic) throw Reject(target, "static fields cannot change at build time");
        switch (Reference(target.Instance, scope))
        {
            case UserObject user: return user.Fields[Storage(target.Field)] = value;
            case TupleValue tuple: Assign(target.Instance!, tuple.With(TupleIndex(target.Field), value), scope); return value;
            default: throw Reject(target, "it cannot be assigned at build time");
        }
    }

    public override object? VisitPropertyReference(IPropertyReferenceOperation operation, Scope scope)
    {
        var instance = Receiver(operation, scope);
        var values = operation.Arguments.Length == 0 ? [] : Arguments(operation.Arguments, operation.Property.GetMethod ?? operation.Property.SetMethod!, scope);
        return Copy(Property(operation, instance, values, scope));
    }

    private object? Property(IPropertyReferenceOperation operation, object? instance, object?[] values, Scope scope)
    {
        var property = operation.Property;
        if (!property.IsStatic && instance is null) throw Reject(operation, "it is read from null");
        if (IsLanguage(property)) return LanguageProperty(property, instance, values, operation);
        if (instance is UserObject user)
        {
            if (!IsBase(operation.Instance)) property = ImplementationOf(user, property);
            if (user.Fields.TryGetValue(property.OriginalDefinition, out var stored)) return stored;
        }
        if (property.DeclaringSyntaxReferences.Length == 0) return Library.Property(property, instance, values, operation);
        if (property.IsStatic && IsAuto(property)) return Static(property, operation, scope);
        return property.GetMethod is { } getter ? InvokeSource(getter, instance, values, operation, scope) : throw Reject(operation, "it cannot be read");
    }

    private static IPropertySymbol ImplementationOf(UserObject user, IPropertySymbol property)
    {
        if (property.GetMethod is not { } getter) return property;
        return Implementation(user, getter).AssociatedSymbol as IPropertySymbol ?? property;
    }

    private object? AssignProperty(IPropertyReferenceOperation target, object? value, Scope scope)
    {
        var property = target.Property;
        var instance = Reference(target.Instance, scope);
        if (property.IsStatic) throw Reject(target, "static properties cannot change at build time");
        if (instance is null) throw Reject(target, "it is null");
        if (IsLanguage(property)) return AssignLanguage(property, instance, value, target);
        if (instance is List<object?> list && property.IsIndexer) return list[Offset(Visit(target.Arguments[0].Value, scope), list.Count, target)] = value;
        if (instance is not UserObject user) throw Reject(target, "it cannot be assigned at build time");
        if (IsAuto(property) || property.SetMethod is not { } setter) return user.Fields[property.OriginalDefinition] = value;
        InvokeSource(setter, instance, [.. Arguments(target.Arguments, property.GetMethod ?? setter, scope).Take(property.Parameters.Length), value], target, scope);
        return value;
    }

    // ---- Static fields: initialised once, on demand ----

    private object? Static(ISymbol symbol, IOperation site, Scope scope) =>
        StaticValue(symbol, site, scope) is var value && value is SequenceStateObject state && symbol is IFieldSymbol { Type.Name: "Sequence" } ? Read(state) : value;

    private object? StaticValue(ISymbol symbol, IOperation site, Scope scope)
    {
        var type = Constructed(symbol.ContainingType, scope);
        symbol = type.GetMembers(symbol.Name).First(m => SymbolEqualityComparer.Default.Equals(m.OriginalDefinition, symbol.OriginalDefinition));
        if (_statics.TryGetValue(symbol, out var known)) return known;
        if (_failed.TryGetValue(symbol, out var failure)) throw failure;
        if (symbol is IFieldSymbol { IsReadOnly: false } or IPropertySymbol { SetMethod: not null }) throw Reject(site, "it may change: make it const or readonly");
        if (symbol.DeclaringSyntaxReferences.Length == 0) return Library.Static(symbol, site);
        // Of a generic class there may be no end of fields, each of a further construction.
        if (_initialising.Count >= MaxDepth || !_initialising.Add(symbol)) throw new NetworkException(Descriptors.InitialisationCycle, site.Syntax.GetLocation(), symbol.Name);

        var (outerMode, outerCalls, outerLoops) = (IsTraining, _calls.Count, _open.ToArray());
        _open.Clear();
        _calls.Push(new(symbol, site.Syntax.GetLocation()));
        try
        {
            var root = FieldPlace(symbol, site);
            if (symbol.ContainingType.StaticConstructors.Any(c => !c.IsImplicitlyDeclared)) throw Reject(site, $"{symbol.ContainingType.Name} has a static constructor");
            var body = InitialValue(Body(symbol.OriginalDefinition, site.Syntax));
            var place = root.Named(FieldWord(symbol));
            var value = Within(place, () => Visit(body, new Scope(null, new Frame(null, TypeArguments(type)))));
            Settle(value, root, FieldWord(symbol));
            _contents[symbol.Name] = [.. Owned(value)];
            // A value over time is of the program that is being evaluated.
            return value is SequenceValue ? value : _statics[symbol] = value;
        }
        catch (NetworkException e)
        {
            throw _failed[symbol] = e;
        }
        finally
        {
            _initialising.Remove(symbol);
            IsTraining = outerMode;
            _open.AddRange(outerLoops);
            while (_calls.Count > outerCalls) _calls.Pop();
        }
    }

    /// <summary>The type as it is here, in place of its definition's type parameters: a generic class has static fields for each construction.</summary>
    private static INamedTypeSymbol Constructed(INamedTypeSymbol type, Scope scope)
    {
        var open = type.ContainingType is { } outer ? Constructed(outer, scope).GetTypeMembers(type.Name, type.Arity)[0] : type.OriginalDefinition;
        return type.Arity == 0 ? open : open.Construct([.. type.TypeArguments.Select(Argument)]);

        ITypeSymbol Argument(ITypeSymbol argument) => Resolve(argument, scope) is INamedTypeSymbol { IsGenericType: true } named ? Constructed(named, scope) : Resolve(argument, scope);
    }

    /// <summary>What the type parameters of a constructed type and of those around it stand for.</summary>
    private static Dictionary<ITypeParameterSymbol, ITypeSymbol> TypeArguments(INamedTypeSymbol? type)
    {
        var map = new Dictionary<ITypeParameterSymbol, ITypeSymbol>(SymbolEqualityComparer.Default);
        for (; type is not null; type = type.ContainingType)
            for (var i = 0; i < type.Arity; i++) map[type.OriginalDefinition.TypeParameters[i]] = type.TypeArguments[i];
        return map;
    }

    /// <summary>Gives layers and parameters the name of what holds them first: a field, a layer, an array in a field.</summary>
    private static void Settle(object? value, Place parent, string word)
    {
        switch (value)
        {
            case IOwned owned when value is not UserObject { IsLayer: false }:
                if (!owned.Place.IsSettled) owned.Place.Settle(parent, word);
                break;
            case UserObject plain:
                foreach (var field in plain.Fields.ToList()) Settle(field.Value, parent, word + "." + Words.Camel(field.Key.Name));
                break;
            case TupleValue tuple:
                for (var i = 0; i < tuple.Items.Length; i++) Settle(tuple.Items[i], parent, word + "." + i);
                break;
            case IList<object?> list:
                for (var i = 0; i < list.Count; i++) Settle(list[i], parent, word + "." + i);
                break;
        }
    }

    /// <summary>The layers and parameters that a value holds, however deep.</summary>
    private static IEnumerable<IOwned> Owned(object? value) => value switch
    {
        LayerObject { Name: "Sequential" } layers => [layers, .. Layers(layers).SelectMany(Owned)],
        LayerObject { Name: "Bidirectional" } both => [both, .. Owned(both.Arguments["forward"]), .. Owned(both.Arguments["backward"])],
        UserObject user => [.. user.IsLayer ? [user] : ImmutableArray<IOwned>.Empty, .. user.Fields.Values.SelectMany(Owned)],
        IOwned owned => [owned],
        TupleValue tuple => tuple.Items.SelectMany(Owned),
        IList<object?> list => list.SelectMany(Owned),
        _ => [],
    };
}
