/// <summary>
/// Named in the runtime configuration of programs that use the library: the runtime calls it before Main, and thereby
/// runs <see cref="Preceptor.Foundation.Native.Register"/> even where a program makes a tensor before it touches Preceptor.
/// </summary>
internal static class StartupHook
{
    /// <summary>Does nothing itself: entering this assembly has run its module initializer.</summary>
    public static void Initialize() { }
}
