using Kiln.Generators.Emission.Cpu;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;

namespace Kiln.Generators.Emission.Api;

/// <summary>What the class of a network that is wrong is generated from: its methods, and kernels that only say so.</summary>
internal static class OutlineCompiler
{
    public static CompiledNetwork Compile(Network network)
    {
        var programs = network.Programs.SelectMany(Variants).ToEquatable();
        return new(network, [], 0, 0, 0, programs, KernelsEmitter.EmitOutline(network.Class, programs.Select(p => p.EntryPoint)));
    }

    private static IEnumerable<CompiledProgram> Variants(Program program)
    {
        var roles = program.Graph.Outputs.Select(o => o.Role).ToList();
        var name = $"{program.Name}{program.Variant + 1}";
        CompiledProgram Compiled(Entry entry, string method, bool hasGradients) => new(
            program, entry, method, hasGradients, roles.Count(r => r is Role.Loss or Role.Monitor), [],
            Enumerable.Range(0, program.Inputs.Count).Where(i => program.Inputs[i].Optimized).Select(i => new InputGradientPlace(i, 0, 0)).ToEquatable(), 0, 0, RowsApart: false);
        yield return Compiled(Entry.Main, name, roles.Any(r => r is Role.Loss or Role.Update));
        if (roles.Contains(Role.Loss)) yield return Compiled(Entry.Loss, name + "Loss", false);
    }
}
