using System.Runtime.CompilerServices;
using Preceptor.Baselines;

namespace Preceptor.Tests.Baselines;

/// <summary>The tests see the catalogue that the command sees, whichever runs first.</summary>
internal static class Registration
{
    [ModuleInitializer]
    internal static void Register() => PlainBaselines.Register();
}
