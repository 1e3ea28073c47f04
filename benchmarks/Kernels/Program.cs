using BenchmarkDotNet.Running;

// For instance: dotnet run -c Release --project benchmarks/Kernels -- --filter '*Mathematics*' or '*Generator*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
