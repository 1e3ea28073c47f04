using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Kernels;

// Values over time, and the states of loops.
internal sealed partial class Lowering
{
    /// <summary>The places of each loop's state, by the node that reads it before a step.</summary>
    private readonly Dictionary<int, StatePlaces> _states = [];

    /// <summary>What stands for it in the graph is opened here; the steps that belong to it are found by <see cref="TimeLoops"/>.</summary>
    private void LowerPreviousState(Node node, PreviousState previous)
    {
        var state = _states[node.Id] = new StatePlaces(previous.Axis, previous.Backward);
        var before = New(node, Storage.Rows).Of(state, StateView.Before);
        var outer = node.Type.Time.Take(node.Type.Time.Count - 1).ToEquatable();
        var initial = new Buffer($"{before.Name}Initial", Storage.Rows, node.Type.Length, Space.Arena) { Time = outer }.Of(state, StateView.Initial);
        var from = Demand(node.Inputs[0], Storage.Rows);
        _steps.Add(new Move($"{before.Name} to begin with", from, initial));
        Keep(node, before);
    }

    private void LowerNextState(Node node)
    {
        var state = _states[node.Inputs[0]];
        var next = Demand(node.Inputs[1], Storage.Rows);
        // The state after a step comes into being in its place, where it is not another's too.
        if (next is { Space: Space.Arena, State: null } && next.Time == node.Type.Time && IsWritten(next))
        {
            Keep(node, next.Of(state, StateView.After));
            return;
        }
        var after = New(node, Storage.Rows).Of(state, StateView.After);
        _steps.Add(new Move($"{after.Name} from {next.Name}", next, after));
        Keep(node, after);
    }

    private void LowerFinalState(Node node) =>
        Keep(node, New(node, Storage.Rows).Of(_states[_graph[node.Inputs[0]].Inputs[0]], StateView.Final));

    private void LowerSteps(Node node)
    {
        var (kind, axis, distance) = node.Operator switch
        {
            ShiftTime shift => (StepMove.Shift, shift.Axis, shift.Offset),
            ReverseTime reverse => (StepMove.Reverse, reverse.Axis, 0),
            EveryStep every => (StepMove.Every, every.Axis, every.Stride),
            RenameAxis rename => (StepMove.Rename, rename.Axis, 1),
            _ => (StepMove.Spread, ((SpreadSteps)node.Operator).Axis, ((SpreadSteps)node.Operator).Stride),
        };
        var from = Alone(Demand(node.Inputs[0], Storage.Rows));
        _steps.Add(new MoveSteps(Comment(node), kind, axis, distance, from, Keep(node, New(node, Storage.Rows, spaced: from.Spaced))) { Result = (node.Operator as RenameAxis)?.Result });
    }

    private void LowerAxisOfTime(Node node, TimeAxis axis, bool toSteps)
    {
        var from = Alone(Demand(node.Inputs[0], Storage.Rows));
        _steps.Add(new MoveAxis(Comment(node), axis, toSteps, from, Keep(node, New(node, Storage.Rows))));
    }

    private void LowerReduceTime(Node node, ReduceTime reduce)
    {
        var storage = WhereIs(node.Inputs[0]) is Storage.Rows ? Storage.Rows : Storage.Lanes;
        var from = Alone(Demand(node.Inputs[0], storage));
        // Row by row the same places: all of a step at once.
        _steps.Add(new FoldTime(Comment(node), reduce.Kind, reduce.Axis, from, Keep(node, New(node, storage, spaced: from.Spaced))));
    }

    /// <summary>The loss and, where it is wanted, its gradient, which come from the same variables.</summary>
    private void LowerCtc(Node node, CtcLoss loss)
    {
        var gradient = _graph.Nodes.FirstOrDefault(n => n.Operator is CtcGradient && n.Inputs == node.Inputs);
        var (scores, labels) = (Demand(node.Inputs[0], Storage.Rows), Demand(node.Inputs[1], Storage.Rows));
        _steps.Add(new CtcStep(Comment(node), loss.Blank, loss.SkipInfeasible, scores, labels, Keep(node, New(node, Storage.Rows)), gradient is null ? null : Keep(gradient, New(gradient, Storage.Rows, spaced: scores.Spaced))));
    }

    private void LowerGatherRows(Node node)
    {
        if (_graph[node.Inputs[1]].Type.Rank > 0) throw new UnsupportedException("an embedding of several labels per sample");
        _steps.Add(new PickRows(Comment(node), Demand(node.Inputs[0], Storage.Flat), Demand(node.Inputs[1], Storage.Rows), Keep(node, New(node, Storage.Rows))));
    }

    private void LowerScatterRows(Node node, ScatterRows scatter) =>
        _steps.Add(new AddRows(Comment(node), Alone(Demand(node.Inputs[0], Storage.Rows)), Demand(node.Inputs[1], Storage.Rows), Keep(node, New(node, Storage.Flat)), scatter.Rows));

    /// <summary>The lengths of an axis, which come into being where they are asked for.</summary>
    private Buffer ReadLengths(Node node, Lengths lengths, Storage storage)
    {
        var target = New(node, storage);
        _steps.Add(new ReadLengths($"lengths of {lengths.Axis}", lengths.Axis, target));
        return Keep(node, target);
    }

    /// <summary>A value whose steps follow each other without a gap: of the state of a loop within a loop, a copy.</summary>
    private Buffer Alone(Buffer buffer)
    {
        if (buffer is not { State: not null, Time.Count: > 1 }) return buffer;
        var copy = new Buffer($"{buffer.Name}Copy", buffer.Storage, buffer.Features, Space.Arena) { Time = buffer.Time };
        _steps.Add(new Move($"{buffer.Name} without gaps", buffer, copy));
        return copy;
    }

    /// <summary>A product of each sample, summed over time and the batch.</summary>
    private void SumOverAll(Node node, Buffer product)
    {
        for (var axis = product.Time.Count - 1; axis >= 0; axis--)
        {
            var sum = new Buffer($"{product.Name}Sum", product.Storage, product.Features, Space.Arena) { Time = product.Time.Take(axis).ToEquatable() };
            _steps.Add(new FoldTime(Comment(node), Reduction.Sum, product.Time[axis], product, sum));
            product = sum;
        }
        _steps.Add(new SumOverBatch(Comment(node), product, Keep(node, New(node, Storage.Flat))));
    }
}
