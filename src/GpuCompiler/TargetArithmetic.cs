using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using Kiln.Gpu.Kernels;

namespace Kiln.Gpu.Compiler;

/// <summary>What <see cref="Numerics"/> is on each target. Where an instruction needs more than one line, a name stands for it that <see cref="PtxText"/> and <see cref="OpenClText"/> know.</summary>
internal static class TargetArithmetic
{
    public static void Register(Context context)
    {
        var manager = context.GetIntrinsicManager();
        foreach (var name in new[] { nameof(Numerics.Add), nameof(Numerics.Subtract), nameof(Numerics.Multiply), nameof(Numerics.Divide), nameof(Numerics.MultiplyAdd), nameof(Numerics.SelectGreater), nameof(Numerics.SelectEqual), nameof(Numerics.Round), nameof(Numerics.RoundTensorFloat32), nameof(Numerics.MultiplyHigh) })
        {
            var method = typeof(Numerics).GetMethod(name)!;
            manager.RegisterMethod(method, new PTXIntrinsic(typeof(TargetArithmetic), name + "Ptx", IntrinsicImplementationMode.GenerateCode));
            manager.RegisterMethod(method, new CLIntrinsic(typeof(TargetArithmetic), name + "OpenCl", IntrinsicImplementationMode.GenerateCode));
        }
        var tile = typeof(TensorCores).GetMethod(nameof(TensorCores.MultiplyAdd))!;
        manager.RegisterMethod(tile, new PTXIntrinsic(typeof(TargetArithmetic), nameof(TileMultiplyAddPtx), IntrinsicImplementationMode.GenerateCode));
        manager.RegisterMethod(tile, new CLIntrinsic(typeof(TargetArithmetic), nameof(TileMultiplyAddOpenCl), IntrinsicImplementationMode.GenerateCode));
    }

    private static void AddPtx(PTXBackend backend, PTXCodeGenerator code, Value value) => Ptx(code, value, "add.rn.f32");
    private static void SubtractPtx(PTXBackend backend, PTXCodeGenerator code, Value value) => Ptx(code, value, "sub.rn.f32");
    private static void MultiplyPtx(PTXBackend backend, PTXCodeGenerator code, Value value) => Ptx(code, value, "mul.rn.f32");
    private static void DividePtx(PTXBackend backend, PTXCodeGenerator code, Value value) => Ptx(code, value, "div.rn.f32");
    private static void MultiplyAddPtx(PTXBackend backend, PTXCodeGenerator code, Value value) => Ptx(code, value, "fma.rn.f32");
    private static void SelectGreaterPtx(PTXBackend backend, PTXCodeGenerator code, Value value) => Ptx(code, value, PtxText.SelectGreater);
    private static void SelectEqualPtx(PTXBackend backend, PTXCodeGenerator code, Value value) => Ptx(code, value, PtxText.SelectEqual);
    private static void RoundPtx(PTXBackend backend, PTXCodeGenerator code, Value value) => Ptx(code, value, "cvt.rni.f32.f32");
    private static void RoundTensorFloat32Ptx(PTXBackend backend, PTXCodeGenerator code, Value value) => Ptx(code, value, PtxText.RoundTensorFloat32);
    private static void MultiplyHighPtx(PTXBackend backend, PTXCodeGenerator code, Value value) => Ptx(code, value, "mul.hi.u32");

    private static void AddOpenCl(CLBackend backend, CLCodeGenerator code, Value value) => OpenCl(code, value, OpenClText.Add);
    private static void SubtractOpenCl(CLBackend backend, CLCodeGenerator code, Value value) => OpenCl(code, value, OpenClText.Subtract);
    private static void MultiplyOpenCl(CLBackend backend, CLCodeGenerator code, Value value) => OpenCl(code, value, OpenClText.Multiply);
    private static void DivideOpenCl(CLBackend backend, CLCodeGenerator code, Value value) => OpenCl(code, value, OpenClText.Divide);
    private static void MultiplyAddOpenCl(CLBackend backend, CLCodeGenerator code, Value value) => OpenCl(code, value, "fma");
    private static void SelectGreaterOpenCl(CLBackend backend, CLCodeGenerator code, Value value) => OpenCl(code, value, OpenClText.SelectGreater);
    private static void SelectEqualOpenCl(CLBackend backend, CLCodeGenerator code, Value value) => OpenCl(code, value, OpenClText.SelectEqual);
    private static void RoundOpenCl(CLBackend backend, CLCodeGenerator code, Value value) => OpenCl(code, value, "rint");
    private static void RoundTensorFloat32OpenCl(CLBackend backend, CLCodeGenerator code, Value value) => OpenCl(code, value, OpenClText.RoundTensorFloat32);
    private static void MultiplyHighOpenCl(CLBackend backend, CLCodeGenerator code, Value value) => OpenCl(code, value, OpenClText.MultiplyHigh);

    private static void Ptx(PTXCodeGenerator code, Value call, string instruction)
    {
        var operands = Enumerable.Range(0, call.Count).Select(i => code.LoadPrimitive(call[i])).ToArray();
        var target = code.AllocateHardware(call);
        using var command = code.BeginCommand(instruction);
        command.AppendArgument(target);
        foreach (var operand in operands) command.AppendArgument(operand);
    }

    /// <summary>The result's four registers, then those of the operands.</summary>
    private static void TileMultiplyAddPtx(PTXBackend backend, PTXCodeGenerator code, Value value)
    {
        var operands = Enumerable.Range(0, value.Count).SelectMany(i => Parts(code.Load(value[i]))).ToArray();
        var target = code.Allocate(value);
        using var command = code.BeginCommand(PtxText.TileMultiplyAdd);
        foreach (var register in Parts(target).Concat(operands)) command.AppendArgument(register);

        static IEnumerable<PTXRegisterAllocator.PrimitiveRegister> Parts(PTXRegisterAllocator.Register register) => ((PTXRegisterAllocator.CompoundRegister)register).Children.Cast<PTXRegisterAllocator.PrimitiveRegister>();
    }

    /// <summary>ILGPU wants one for each target. Where kernels ask for the target first, no call is left.</summary>
    private static void TileMultiplyAddOpenCl(CLBackend backend, CLCodeGenerator code, Value value) => throw new NotSupportedException("tensor cores in OpenCL C");

    private static void OpenCl(CLCodeGenerator code, Value call, string function)
    {
        var operands = Enumerable.Range(0, call.Count).Select(i => code.Load(call[i])).ToArray();
        var target = code.Allocate(call);
        using var statement = code.BeginStatement(target);
        statement.AppendCommand(function);
        statement.BeginArguments();
        foreach (var operand in operands) statement.AppendArgument(operand);
        statement.EndArguments();
    }
}
