using System.Globalization;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>Several modules that are trained as one; their parameters are named by the module's number. The modules stay their owners'.</summary>
public sealed class ModuleGroup : nn.Module
{
    // torch's ModuleList registers its modules only once a method of its own is called, after an optimiser has looked for parameters.
    /// <summary>Groups modules.</summary>
    public ModuleGroup(params ReadOnlySpan<nn.Module> modules) : base(nameof(ModuleGroup))
    {
        for (var i = 0; i < modules.Length; i++) register_module(i.ToString(CultureInfo.InvariantCulture), modules[i]);
    }
}
