using Preceptor.Bench;

var bench = args.Length == 0 ? null : Bench.All.FirstOrDefault(b => b.Name == args[0]);
if (bench is null)
{
    Console.Error.WriteLine("usage: Preceptor.Bench NAME [ARGUMENT…]\n");
    foreach (var known in Bench.All) Console.Error.WriteLine($"  {known.Name + " " + known.Arguments,-56} {known.About}");
    Console.Error.WriteLine("\nPRECEPTOR_PYTHON names a python with PyTorch 2.");
    return 2;
}
try
{
    return bench.Run(args[1..]);
}
catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
{
    Console.Error.WriteLine($"{bench.Name} {bench.Arguments}: {e.Message}");
    return 2;
}
