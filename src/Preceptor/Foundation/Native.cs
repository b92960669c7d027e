using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text;

namespace Preceptor.Foundation;

/// <summary>
/// Lets TorchSharp load on systems whose libstdc++ is older than GCC 13 (Debian 12, Ubuntu 22.04). Nothing is loaded
/// until TorchSharp itself asks: its glue library then fails on one missing symbol version, the runtime raises
/// <see cref="AssemblyLoadContext.ResolvingUnmanagedDll"/>, and a cached copy whose requirement is marked weak is loaded
/// instead (the one symbol behind it is never called).
/// </summary>
internal static class Native
{
    private const string Glue = "libLibTorchSharp.so";
    private const string SymbolVersion = "GLIBCXX_3.4.32";

#pragma warning disable CA2255 // A library's module initializer is the only hook that runs before a consumer's first tensor.
    [ModuleInitializer]
    internal static void Register()
#pragma warning restore CA2255
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64) return;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += static (_, name) =>
            name.Contains("LibTorchSharp", StringComparison.Ordinal) ? LoadGlue() : 0;
    }

    private static nint LoadGlue()
    {
        var folders = ((AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string) ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory)
            .Append(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native"))
            .ToArray();
        string? Find(string file) => folders.Select(f => Path.Combine(f, file)).FirstOrDefault(File.Exists);
        if (Find(Glue) is not { } glue) return 0;
        // Loaded first, so that the glue's own dependencies match them by name wherever its copy lies.
        foreach (var dependency in (string[])["libgomp-98b21ff3.so.1", "libc10.so", "libtorch_cpu.so", "libtorch.so"])
            if (Find(dependency) is { } path) NativeLibrary.TryLoad(path, out _);
        return NativeLibrary.TryLoad(glue, out var handle) ? handle : NativeLibrary.Load(WeakenedCopy(glue));
    }

    private static string WeakenedCopy(string source)
    {
        var bytes = File.ReadAllBytes(source);
        var root = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        if (root.Length == 0) root = Path.GetTempPath();
        var folder = Path.Combine(root, "torchsharp-native", Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]);
        var target = Path.Combine(folder, Glue);
        if (File.Exists(target)) return target;
        MarkWeak(bytes);
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, Path.GetRandomFileName());
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, target, overwrite: true); // atomic where several processes start at once
        return target;
    }

    /// <summary>In an ELF64 little-endian image, marks the requirement of <see cref="SymbolVersion"/> as weak.</summary>
    /// <returns>False if the image has no such requirement.</returns>
    internal static bool MarkWeak(Span<byte> elf)
    {
        static ulong U64(ReadOnlySpan<byte> b, int at) => BitConverter.ToUInt64(b[at..]);
        static uint U32(ReadOnlySpan<byte> b, int at) => BitConverter.ToUInt32(b[at..]);
        static ushort U16(ReadOnlySpan<byte> b, int at) => BitConverter.ToUInt16(b[at..]);
        int sections = (int)U64(elf, 0x28), sectionSize = U16(elf, 0x3A), sectionCount = U16(elf, 0x3C);
        for (var s = 0; s < sectionCount; s++)
        {
            var header = sections + s * sectionSize;
            if (U32(elf, header + 4) != 0x6ffffffe) continue; // SHT_GNU_verneed
            int offset = (int)U64(elf, header + 0x18), link = (int)U32(elf, header + 0x28), count = (int)U32(elf, header + 0x2C);
            var strings = (int)U64(elf, sections + link * sectionSize + 0x18);
            for (int n = 0, need = offset; n < count; n++, need += (int)U32(elf, need + 12))
                for (int a = 0, entry = need + (int)U32(elf, need + 8); a < U16(elf, need + 2); a++, entry += (int)U32(elf, entry + 12))
                {
                    var name = elf[(strings + (int)U32(elf, entry + 8))..];
                    if (!name[..name.IndexOf((byte)0)].SequenceEqual(Encoding.ASCII.GetBytes(SymbolVersion))) continue;
                    elf[entry + 4] |= 2; // VER_FLG_WEAK
                    return true;
                }
        }
        return false;
    }
}
