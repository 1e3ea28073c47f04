using Kiln.Generators.Graph;

namespace Kiln.Generators.Kernels;

/// <summary>
/// Finds the loops over time among the steps of a program: a cycle through the state of a recurrence is one. What is not on such a cycle runs over all
/// steps of time at once, before the loop or after it.
/// </summary>
internal sealed class TimeLoops
{
    private readonly IReadOnlyList<Step> _steps;
    private readonly HashSet<StatePlaces> _open;
    private readonly Dictionary<Buffer, List<int>> _writers = [];

    /// <summary>For each step, those that it waits for; around a loop too.</summary>
    private readonly int[][] _waits;

    private readonly bool[] _placed;

    /// <param name="open">States of the loops around these steps: of the step before, known when these begin.</param>
    private TimeLoops(IReadOnlyList<Step> steps, HashSet<StatePlaces> open)
    {
        (_steps, _open) = (steps, open);
        for (var step = 0; step < steps.Count; step++)
            foreach (var written in steps[step].Writes) Add(_writers, written.Place, step);
        _waits = [.. steps.Select(s => s.Reads.Where(r => !IsKnown(r)).SelectMany(r => _writers.TryGetValue(r.Place, out var writers) ? writers : []).Distinct().ToArray())];
        _placed = new bool[steps.Count];
    }

    /// <param name="steps">In an order in which only loops go back.</param>
    /// <param name="kept">Buffers that are read after the steps.</param>
    /// <returns>The steps in an order of their dependencies, loops among them as one step each.</returns>
    /// <exception cref="UnsupportedException">A step over the whole batch lies in a loop.</exception>
    public static IReadOnlyList<Step> Of(IReadOnlyList<Step> steps, IEnumerable<Buffer> kept)
    {
        if (!steps.Any(s => s.Writes.Any(w => w.State is not null))) return steps;
        var loops = MapGroups.Of(new TimeLoops(steps, []).Ordered(), kept);
        KeepOneStep(loops, [.. kept.Select(k => k.Place)]);
        return loops;
    }

    private bool IsKnown(Buffer read) => read is { State: { } state, View: StateView.Before } && _open.Contains(state);

    private List<Step> Ordered()
    {
        var ordered = new List<Step>();
        var components = Components();
        var moved = new HashSet<int>();
        foreach (var component in components)
        {
            if (component.Count == 1 && !_waits[component[0]].Contains(component[0])) ordered.Add(_steps[component[0]]);
            else ordered.Add(Loop(component, moved));
        }
        return [.. ordered.Where(s => !moved.Any(i => ReferenceEquals(_steps[i], s)))];
    }

    /// <summary>A cycle as a loop: over the outermost axis of its states; further cycles in it are loops within.</summary>
    private TimeLoop Loop(List<int> component, HashSet<int> moved)
    {
        var steps = component.Select(i => _steps[i]).ToArray();
        if (Array.Find(steps, s => s.Domain != Domain.Batch) is { } wrong)
            throw new UnsupportedException($"a value over the whole batch within a recurrence ({wrong.Comment})");
        var states = steps.SelectMany(s => s.Writes).Where(w => w is { State: not null, View: StateView.After }).GroupBy(w => w.State!).Select(g => (State: g.Key, g.First().Time)).ToArray();
        var depth = states.Min(s => s.Time.Count);
        var own = states.Where(s => s.Time.Count == depth).Select(s => s.State).ToArray();
        var first = states.First(s => s.Time.Count == depth);
        var before = new List<Step>();
        foreach (var state in own)
        {
            var initial = state.Views.First(v => v.View == StateView.Initial);
            foreach (var i in _writers[initial.Place].Where(i => _steps[i].Writes.Contains(initial)))
            {
                before.Add(_steps[i]);
                moved.Add(i);
            }
        }
        // A value that is read in the loop is written there as a whole: also a part of it that does not depend on the state, such as the input of a concatenation,
        // and what a loop within this one begins with.
        var inner = new SortedSet<int>(component);
        var read = new HashSet<Buffer>(steps.SelectMany(s => s.Reads).Select(r => r.Place));
        foreach (var place in steps.SelectMany(s => s.Writes).Select(w => w.Place).Distinct().Where(read.Contains))
            foreach (var i in _writers[place].Where(i => !moved.Contains(i) && inner.Add(i))) moved.Add(i);
        var body = new TimeLoops([.. inner.Select(i => _steps[i])], [.. _open, .. own]).Ordered();
        var all = before.Concat(body).ToArray();
        var written = new HashSet<Buffer>(all.SelectMany(s => s.Writes).Select(w => w.Place));
        return new TimeLoop(
            $"over {first.State.Axis}", first.State.Axis, first.State.Backward, first.Time.Take(depth - 1).ToEquatable(), before.ToEquatable(), body.ToEquatable(),
            all.SelectMany(s => s.Reads).Select(r => r.Place).Where(r => !written.Contains(r)).Distinct().ToEquatable(), written.ToEquatable());
    }

    /// <summary>Strongly connected components by Tarjan's algorithm (1972), each in the order of its steps, in an order of their dependencies.</summary>
    private List<List<int>> Components()
    {
        var (components, stack, next) = (new List<List<int>>(), new Stack<int>(), 0);
        var (number, low, isOpen) = (new int[_steps.Count], new int[_steps.Count], new bool[_steps.Count]);
        for (var step = 0; step < _steps.Count; step++)
            if (number[step] == 0) Visit(step);
        return components;

        // With a stack of its own: a program has thousands of steps.
        void Visit(int root)
        {
            var path = new Stack<(int Step, int Wait)>();
            path.Push((root, 0));
            while (path.Count > 0)
            {
                var (step, wait) = path.Pop();
                if (wait == 0)
                {
                    number[step] = low[step] = ++next;
                    stack.Push(step);
                    isOpen[step] = true;
                }
                else
                {
                    low[step] = Math.Min(low[step], low[_waits[step][wait - 1]]);
                }
                while (wait < _waits[step].Length)
                {
                    var other = _waits[step][wait];
                    if (number[other] == 0) break;
                    if (isOpen[other]) low[step] = Math.Min(low[step], number[other]);
                    wait++;
                }
                if (wait < _waits[step].Length)
                {
                    path.Push((step, wait + 1));
                    path.Push((_waits[step][wait], 0));
                    continue;
                }
                if (low[step] != number[step]) continue;
                var component = new List<int>();
                int member;
                do
                {
                    member = stack.Pop();
                    isOpen[member] = false;
                    component.Add(member);
                }
                while (member != step);
                component.Sort();
                components.Add(component);
            }
        }
    }

    /// <summary>What only its own step of a loop reads has memory for one step.</summary>
    private static void KeepOneStep(IReadOnlyList<Step> steps, HashSet<Buffer> kept)
    {
        var users = new Dictionary<Buffer, List<Step>>();
        foreach (var step in steps.SelectMany(s => s is TimeLoop loop ? loop.All : [s]))
            foreach (var buffer in step.Reads.Concat(step.Writes)) Add(users, buffer.Place, step);
        foreach (var loop in steps.OfType<TimeLoop>()) Within(loop);

        void Within(TimeLoop loop)
        {
            var inside = new HashSet<Step>(loop.All, ByReference.Instance);
            foreach (var written in loop.To.Where(w => w.Space == Space.Arena && !kept.Contains(w) && w.Time.Contains(loop.Axis) && w.State?.Axis != loop.Axis))
                if (users[written].All(inside.Contains)) written.KeepOneStep(loop.Axis);
            foreach (var inner in loop.Body.OfType<TimeLoop>()) Within(inner);
        }
    }

    private static void Add<T>(Dictionary<Buffer, List<T>> lists, Buffer key, T value)
    {
        if (lists.TryGetValue(key, out var list)) list.Add(value);
        else lists[key] = [value];
    }

    /// <summary>Steps of equal content are steps of their own.</summary>
    private sealed class ByReference : IEqualityComparer<Step>
    {
        public static readonly ByReference Instance = new();
        public bool Equals(Step? a, Step? b) => ReferenceEquals(a, b);
        public int GetHashCode(Step step) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(step);
    }
}
