using Kiln.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Kiln.Generators.Frontend;

internal sealed partial class Evaluator
{
    public override object? VisitInvocation(IInvocationOperation operation, Scope scope)
    {
        var instance = operation.TargetMethod.MethodKind == MethodKind.LocalFunction ? null : Reference(operation.Instance, scope);
        if (instance is null && operation.Instance is not null && !operation.TargetMethod.IsStatic) throw Reject(operation, "it is called on null");
        var values = Arguments(operation.Arguments, operation.TargetMethod, scope);
        return instance is UserObject && IsBase(operation.Instance) ? InvokeSource(operation.TargetMethod, instance, values, operation, scope, _place)
            : Invoke(operation.TargetMethod, instance, values, operation, scope);
    }

    /// <summary>base.Member means the base class's own member, whatever overrides it; what it makes belongs to the override's place.</summary>
    private static bool IsBase(IOperation? receiver) => receiver?.Syntax is BaseExpressionSyntax;

    /// <summary>Arguments in the order of the parameters; IOperation has put named, optional and params ones into place.</summary>
    private object?[] Arguments(IReadOnlyList<IArgumentOperation> arguments, IMethodSymbol method, Scope scope)
    {
        var values = new object?[method.Parameters.Length];
        foreach (var argument in arguments)
        {
            if (argument.Parameter is not { } parameter) throw new CompileErrorException();
            if (parameter.RefKind is RefKind.Ref or RefKind.Out) throw Reject(argument, "arguments by reference are not supported in a network");
            values[parameter.Ordinal] = Visit(argument.Value, scope);
        }
        return values;
    }

    public override object? VisitDelegateCreation(IDelegateCreationOperation operation, Scope scope) => operation.Target switch
    {
        IAnonymousFunctionOperation lambda => new Closure(lambda.Symbol, lambda.Body, scope, scope.Frame.This),
        IMethodReferenceOperation { Method: { MethodKind: MethodKind.LocalFunction } method } => LocalFunction(method, operation, scope),
        IMethodReferenceOperation reference => new Closure(reference.Method, null, null, Visit(reference.Instance, scope)),
        _ => Visit(operation.Target, scope),
    };

    private static Closure LocalFunction(IMethodSymbol method, IOperation where, Scope scope) =>
        scope.TryGet(method.OriginalDefinition, out var value) && value is Closure closure ? closure : throw Reject(where, "it is not declared here");

    private object? Invoke(IMethodSymbol method, object? instance, object?[] values, IOperation site, Scope scope)
    {
        Step(site.Syntax);
        if (method.MethodKind == MethodKind.DelegateInvoke)
            return instance is Closure target ? Invoke(target, values, site, scope) : throw Reject(site, "it is not a lambda or a method of your own");
        if (method.MethodKind == MethodKind.LocalFunction)
            return Within(_place.Call(method, Site(site.Syntax)), () => Invoke(LocalFunction(method, site, scope), values, site, scope, method));

        if (method.ReducedFrom is { } extension) (method, values, instance) = (extension, [instance, .. values], null);
        if (instance is UserObject user) method = Implementation(user, method);
        if (instance is SequenceStateObject state && method.ContainingType.Name != "SequenceState") instance = Read(state);
        if (IsLanguage(method)) return InvokeLanguage(method, instance, values, site, scope);
        if (method.DeclaringSyntaxReferences.Length == 0 || method.IsImplicitlyDeclared)
            return Library.Call(this, method, instance, values, site, scope);
        return InvokeSource(method, instance, values, site, scope);
    }

    /// <summary>The override that an object's own class has for a virtual or interface method.</summary>
    private static IMethodSymbol Implementation(UserObject user, IMethodSymbol method)
    {
        if (method.ContainingType.TypeKind == TypeKind.Interface) return user.Type.FindImplementationForInterfaceMember(method) as IMethodSymbol ?? method;
        if (!(method.IsVirtual || method.IsAbstract || method.IsOverride)) return method;
        for (INamedTypeSymbol? type = user.Type; type is not null; type = type.BaseType)
            foreach (var candidate in type.GetMembers(method.Name).OfType<IMethodSymbol>())
                for (var overridden = candidate; overridden is not null; overridden = overridden.OverriddenMethod)
                    if (SymbolEqualityComparer.Default.Equals(overridden.OriginalDefinition, method.OriginalDefinition)) return candidate;
        return method;
    }

    private object? InvokeSource(IMethodSymbol method, object? instance, object?[] values, IOperation site, Scope scope, Place? place = null)
    {
        var definition = (method.PartialImplementationPart ?? method).OriginalDefinition;
        if (definition.IsAsync) throw Reject(site, "it is asynchronous");
        var body = Body(definition, site.Syntax) switch
        {
            IMethodBodyOperation m => m.BlockBody ?? m.ExpressionBody,
            IBlockOperation block => block,
            _ => null,
        };
        if (body is null) throw NoSource(method, site.Syntax);
        var frame = new Frame(instance, TypeArguments(method, scope));
        return Within(place ?? PlaceOf(definition, instance, site), () => Execute(definition, body, values, new Scope(null, frame), site));
    }

    /// <summary>Where the parameters that a method makes belong: to its owner, to the layer it is a method of, or to this very call.</summary>
    private Place PlaceOf(IMethodSymbol method, object? instance, IOperation site)
    {
        if (instance is UserObject { IsLayer: true } layer)
        {
            var place = layer.Place.Again();
            return method.Name == "Apply" ? place : place.Named(Words.Camel(method.Name)).Again();
        }
        if (method.MethodKind != MethodKind.Ordinary) return _place;
        return IsOwner(method) ? OwnerPlace(method).Again() : _place.Call(method, Site(site.Syntax));
    }

    private object? Invoke(Closure closure, object?[] values, IOperation site, Scope scope, IMethodSymbol? constructed = null)
    {
        if (closure.Body is null) return Invoke(closure.Method, closure.Instance, values, site, scope);
        var arguments = closure.Scope!.Frame.TypeArguments;
        if (constructed is { TypeArguments.Length: > 0 }) arguments = TypeArguments(constructed, scope, arguments);
        return Execute(closure.Method.OriginalDefinition, closure.Body, values, new Scope(closure.Scope, new Frame(closure.Instance, arguments)), site);
    }

    /// <summary>Calls a lambda for the library (LINQ).</summary>
    internal object? Call(Closure closure, IOperation site, Scope scope, params object?[] values) => Invoke(closure, values, site, scope);

    private object? Execute(IMethodSymbol method, IOperation body, object?[] values, Scope scope, IOperation site, Location? at = null)
    {
        if (_calls.Count >= MaxDepth) throw new NetworkException(Descriptors.Endless, Site(site.Syntax), method.Name, $"calls are nested more than {MaxDepth} deep");
        _calls.Push(new(method, at ?? Site(site.Syntax)));
        foreach (var parameter in method.Parameters) scope.Declare(parameter, Copy(values[parameter.Ordinal]));
        Run(body, scope);
        _calls.Pop();
        return scope.Frame.Result;
    }

    private static Dictionary<ITypeParameterSymbol, ITypeSymbol>? TypeArguments(IMethodSymbol method, Scope scope, IReadOnlyDictionary<ITypeParameterSymbol, ITypeSymbol>? outer = null)
    {
        if (method.TypeArguments.Length == 0 && method.ContainingType is null or { TypeArguments.Length: 0 } && outer is null) return null;
        var map = new Dictionary<ITypeParameterSymbol, ITypeSymbol>(SymbolEqualityComparer.Default);
        if (outer is not null)
            foreach (var pair in outer) map[pair.Key] = pair.Value;
        void Add(IReadOnlyList<ITypeParameterSymbol> parameters, IReadOnlyList<ITypeSymbol> arguments)
        {
            for (var i = 0; i < parameters.Count; i++) map[parameters[i]] = Resolve(arguments[i], scope);
        }
        Add(method.OriginalDefinition.TypeParameters, method.TypeArguments);
        if (method.ContainingType is { } type) Add(type.OriginalDefinition.TypeParameters, type.TypeArguments);
        return map;
    }

    private object? Within(Place place, Func<object?> evaluate)
    {
        var outer = _place;
        _place = place;
        var value = evaluate();
        _place = outer;
        return value;
    }
}
