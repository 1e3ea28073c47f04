using BenchmarkDotNet.Running;

// For instance: dotnet run -c Release --project benchmarks/Kernels -- --filter '*Mathematics*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
