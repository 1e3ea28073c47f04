#!/usr/bin/env bash
# ILGPU 1.5.3: a method for which PTXIntrinsic has a code generator of its own (IntrinsicImplementationMode.GenerateCode) is written in line where it is called, and once more, as a function that nothing calls.
#
# Seen in the PTX of a kernel that calls such a method twice: two fma.rn.f32 in the kernel and no call, and besides a .func of the method's name that returns 0.
# Each kernel brings such functions along, with names that count from the context's first one on. Who puts several kernels into one PTX module and renames what they define has to take them out:
# a module may define a function once.
#
# Exits with 0 if that is still so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><Optimize>true</Optimize></PropertyGroup>
  <ItemGroup><PackageReference Include="ILGPU" Version="[1.5.3]" /></ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'CODE'
using System;
using System.Linq;
using System.Runtime.CompilerServices;
using Regex = System.Text.RegularExpressions.Regex;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

using var context = Context.Create(builder => builder.Optimize(OptimizationLevel.O1).Inlining(InliningMode.Aggressive));
context.GetIntrinsicManager().RegisterMethod(typeof(Own).GetMethod(nameof(Own.MultiplyAdd)), new PTXIntrinsic(typeof(Generator), nameof(Generator.MultiplyAdd), IntrinsicImplementationMode.GenerateCode));
using var backend = new PTXBackend(context, CudaArchitecture.SM_70, CudaInstructionSet.ISA_63, null);
var entry = EntryPointDescription.FromExplicitlyGroupedKernel(typeof(Kernels).GetMethod(nameof(Kernels.Twice)));
var ptx = ((PTXCompiledKernel)backend.Compile(entry, new KernelSpecialization(32, null))).PTXAssembly;
Console.WriteLine(ptx);
Console.WriteLine($"{Regex.Matches(ptx, @"\bfma\.rn\.f32\b").Count} multiply-adds, {Regex.Matches(ptx, @"\bcall\b").Count} calls, {Regex.Matches(ptx, @"\.func\b[^;{]*MultiplyAdd[^;{]*\{").Count} functions with a body");

public static class Own
{
    [IntrinsicImplementation, MethodImpl(MethodImplOptions.NoInlining)]
    public static float MultiplyAdd(float a, float b, float c) => throw new NotSupportedException();
}

public static class Generator
{
    public static void MultiplyAdd(PTXBackend backend, PTXCodeGenerator code, Value value)
    {
        var operands = Enumerable.Range(0, value.Count).Select(i => code.LoadPrimitive(value[i])).ToArray();
        var target = code.AllocateHardware(value);
        using var command = code.BeginCommand("fma.rn.f32");
        command.AppendArgument(target);
        foreach (var operand in operands) command.AppendArgument(operand);
    }
}

public static class Kernels
{
    public static void Twice(ArrayView<float> x) => x[Group.IdxX] = Own.MultiplyAdd(x[Group.IdxX], 2f, Own.MultiplyAdd(x[Group.IdxX], 3f, 4f));
}
CODE
dotnet run -c Release | tee seen.txt
grep -q '^2 multiply-adds, 0 calls, [1-9][0-9]* functions with a body' seen.txt || { echo "ILGPU does otherwise now"; exit 1; }
