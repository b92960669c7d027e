global using Xunit;

// Torch has one default generator a process: two tests that draw from it at once would change each other's numbers.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
