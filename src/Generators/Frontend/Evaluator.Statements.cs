using Kiln.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Kiln.Generators.Frontend;

internal sealed partial class Evaluator
{
    /// <summary>Runs a statement; the result says how it ended.</summary>
    private Flow Run(IOperation? statement, Scope scope)
    {
        switch (statement)
        {
            case null or ILocalFunctionOperation or IEmptyOperation:
                return Flow.Next;
            case IBlockOperation block:
                return RunAll(block.Operations, scope.Inner());
            case IVariableDeclarationGroupOperation group:
                foreach (var declaration in group.Declarations)
                    foreach (var declarator in declaration.Declarators) Declare(declarator, scope);
                return Flow.Next;
            case IExpressionStatementOperation { Operation: var expression }:
                Visit(expression, scope);
                return Flow.Next;
            case IReturnOperation { Kind: OperationKind.Return } result:
                scope.Frame.Result = Visit(result.ReturnedValue, scope);
                return Flow.Return;
            case IBranchOperation { BranchKind: BranchKind.Break }:
                return Flow.Break;
            case IBranchOperation { BranchKind: BranchKind.Continue }:
                return Flow.Continue;
            case IConditionalOperation branch:
                return Run(Is(branch.Condition, scope) ? branch.WhenTrue : branch.WhenFalse, scope);
            case ISwitchOperation choice:
                return RunSwitch(choice, scope);
            case IForLoopOperation loop:
                return RunFor(loop, scope.Inner());
            case IForEachLoopOperation loop:
                return RunForEach(loop, scope);
            case IWhileLoopOperation loop:
                return RunWhile(loop, scope);
            default:
                Visit(statement, scope);
                return Flow.Next;
        }
    }

    private Flow RunAll(IReadOnlyList<IOperation> statements, Scope scope)
    {
        foreach (var statement in statements)
            if (statement is ILocalFunctionOperation function) scope.Declare(function.Symbol, new Closure(function.Symbol, function.Body, scope, scope.Frame.This));
        foreach (var statement in statements)
            if (Run(statement, scope) is var flow and not Flow.Next) return flow;
        return Flow.Next;
    }

    private void Declare(IVariableDeclaratorOperation declarator, Scope scope)
    {
        if (declarator.Symbol.RefKind != RefKind.None) throw Reject(declarator, "variables by reference are not supported in a network");
        var initializer = declarator.GetVariableInitializer()?.Value;
        var value = Visit(initializer, scope);

        // A layer or parameter made for a variable goes by its name.
        while (initializer is IConversionOperation conversion) initializer = conversion.Operand;
        if (initializer is IObjectCreationOperation && value is IOwned { Place: { IsNamed: false } place }) place.Suggest(_place.Vary(Words.Camel(declarator.Symbol.Name)));
        scope.Declare(declarator.Symbol, value);
    }

    private Flow RunFor(IForLoopOperation loop, Scope scope)
    {
        foreach (var before in loop.Before) Run(before, scope);
        while (loop.Condition is null || Is(loop.Condition, scope))
        {
            Step(loop.Syntax);
            if (RunBody(loop.Body, scope, out var flow)) return flow;
            foreach (var step in loop.AtLoopBottom) Run(step, scope);
        }
        return Flow.Next;
    }

    private Flow RunWhile(IWhileLoopOperation loop, Scope scope)
    {
        if (loop.Condition is null) throw new Diagnostics.CompileErrorException();
        for (var first = true; ; first = false)
        {
            Step(loop.Syntax);
            var iteration = scope.Inner();
            if (!(first && !loop.ConditionIsTop) && Is(loop.Condition, iteration) == loop.ConditionIsUntil) return Flow.Next;
            if (RunBody(loop.Body, iteration, out var flow)) return flow;
        }
    }

    private Flow RunForEach(IForEachLoopOperation loop, Scope scope)
    {
        var type = ElementType(loop);
        foreach (var item in Items(Visit(loop.Collection, scope), loop.Collection))
        {
            Step(loop.Syntax);
            var iteration = scope.Inner();
            switch (loop.LoopControlVariable)
            {
                case IVariableDeclaratorOperation variable: iteration.Declare(variable.Symbol, type is null ? item : ConvertElement(item, type, variable.Symbol.Type, loop.Collection, scope)); break;
                case { } target: Deconstruct(target, item, type, iteration); break;
            }
            if (RunBody(loop.Body, iteration, out var flow)) return flow;
        }
        return Flow.Next;
    }

    private ITypeSymbol? ElementType(IForEachLoopOperation loop)
    {
        if (!_elementTypes.TryGetValue(loop.Syntax, out var type))
            _elementTypes.Add(loop.Syntax, type = loop.Syntax is CommonForEachStatementSyntax syntax ? Model(syntax.SyntaxTree).GetForEachStatementInfo(syntax).ElementType : null);
        return type;
    }

    private readonly Dictionary<SyntaxNode, ITypeSymbol?> _elementTypes = [];

    /// <summary>Runs a loop's body once; true if the loop ends with it.</summary>
    private bool RunBody(IOperation body, Scope scope, out Flow flow)
    {
        var outer = _loop;
        _loop = body.Parent?.Syntax;
        flow = Run(body, scope);
        _loop = outer;
        if (flow == Flow.Return) return true;
        var ends = flow == Flow.Break;
        flow = Flow.Next;
        return ends;
    }

    private Flow RunSwitch(ISwitchOperation choice, Scope scope)
    {
        var value = Visit(choice.Value, scope);
        var inner = scope.Inner();
        var chosen = choice.Cases.FirstOrDefault(c => c.Clauses.Any(clause => Matches(clause, value, inner)))
            ?? choice.Cases.FirstOrDefault(c => c.Clauses.Any(clause => clause is IDefaultCaseClauseOperation));
        if (chosen is null) return Flow.Next;
        var flow = RunAll(chosen.Body, inner);
        return flow == Flow.Break ? Flow.Next : flow;
    }

    private bool Matches(ICaseClauseOperation clause, object? value, Scope scope) => clause switch
    {
        ISingleValueCaseClauseOperation single => Equals(value, Visit(single.Value, scope)),
        IPatternCaseClauseOperation pattern => Matches(pattern.Pattern, value, scope) && (pattern.Guard is null || Is(pattern.Guard, scope)),
        IDefaultCaseClauseOperation => false,
        _ => throw Reject(clause, $"{Describe(clause)} is not supported in a network"),
    };

    private bool Is(IOperation condition, Scope scope) => Visit(condition, scope) switch
    {
        bool value => value,
        Node => throw Reject(condition, "a tensor has no value at build time"),
        _ => throw Reject(condition, "it is not a condition"),
    };
}
