#!/usr/bin/env bash
# ILGPU 1.5.3 (OptimizationLevel.O1, MathMode.Default) simplifies float32 expressions as if they were real numbers.
#
# Seen in the PTX of a kernel that computes (x * 0.1f) * 0.3f and x + 0f, compiled offline for sm_70:
#   - the two factors are multiplied while compiling: one mul.f32 by 0.03f stays of two, which rounds once instead of twice;
#   - x + 0f is dropped: no add.f32 stays, so that a negative zero stays negative (IEEE 754: -0 + 0 = +0).
# C# itself rounds after each operation. Code that must have the bits of the CPU has to hide its operations from the optimiser.
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
foreach (var name in new[] { nameof(Kernels.Product), nameof(Kernels.Zero) })
{
    var entry = EntryPointDescription.FromExplicitlyGroupedKernel(typeof(Kernels).GetMethod(name));
    var ptx = ((PTXCompiledKernel)backend.Compile(entry, new KernelSpecialization(32, null))).PTXAssembly;
    foreach (var line in ptx.Split('\n').Where(l => l.Contains("mul.f32") || l.Contains("add.f32"))) Console.WriteLine($"{name}: {line.Trim()}");
    Console.WriteLine($"{name}: {ptx.Split('\n').Count(l => l.Contains("mul.f32"))} products, {ptx.Split('\n').Count(l => l.Contains("add.f32"))} sums");
}

public static class Kernels
{
    public static void Product(ArrayView<float> x) => x[Group.IdxX] = x[Group.IdxX] * 0.1f * 0.3f;
    public static void Zero(ArrayView<float> x) => x[Group.IdxX] = x[Group.IdxX] + 0f;
}
CODE
dotnet run -c Release | tee seen.txt
grep -q '^Product: 1 products, 0 sums' seen.txt && grep -q '^Zero: 0 products, 0 sums' seen.txt || { echo "ILGPU does otherwise now"; exit 1; }
