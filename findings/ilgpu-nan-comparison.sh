#!/usr/bin/env bash
# ILGPU 1.5.3: a comparison of floats with a constant on its left comes out in PTX with the operands exchanged and "or unordered" added, and then a NaN takes the wrong side.
#
# Seen: "20f < a ? 1f : 2f" in C# becomes setp.gtu.f32, "a greater than 20 or unordered": with a NaN the kernel's result is 1, where C# gives 2.
# With the constant on the right, "a > 20f", it is setp.gt.f32, as it should be.
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
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

using var context = Context.Create(builder => builder.Optimize(OptimizationLevel.O1).Math(MathMode.Default));
using var backend = new PTXBackend(context, CudaArchitecture.SM_70, CudaInstructionSet.ISA_63, null);
var entry = EntryPointDescription.FromExplicitlyGroupedKernel(typeof(Kernels).GetMethod(nameof(Kernels.Compare)));
var ptx = ((PTXCompiledKernel)backend.Compile(entry, new KernelSpecialization(32, null))).PTXAssembly;
foreach (var line in ptx.Split('\n').Where(l => l.Contains("setp.") && l.Contains("f32") || l.Contains("selp"))) Console.WriteLine(line.Trim());
Console.WriteLine($"C#: NaN gives {Kernels.Choose(float.NaN)}");

public static class Kernels
{
    public static void Compare(ArrayView<float> x) => x[Group.IdxX] = Choose(x[Group.IdxX]);

    public static float Choose(float a) => 20f < a ? 1f : 2f;
}
CODE
dotnet run -c Release | tee seen.txt
grep -q 'setp\.gtu\.f32' seen.txt && grep -q '^C#: NaN gives 2' seen.txt || { echo "ILGPU does otherwise now"; exit 1; }
