namespace Preceptor.Foundation;

/// <summary>
/// The version of a method, a shared part or a generator. Raise it when its numbers change: stored stages that used the
/// old version are then run again instead of reused.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class VersionAttribute(int number) : Attribute
{
    /// <summary>The version, counted from 1.</summary>
    public int Number { get; } = number;

    /// <summary>The version of a type; 0 if it declares none.</summary>
    public static int Of(Type type) => type.GetCustomAttributes(typeof(VersionAttribute), false) is [VersionAttribute version] ? version.Number : 0;

    /// <summary>The loaded type of a full name if it still has the version that was recorded; otherwise null.</summary>
    internal static Type? Current(string fullName, int version) =>
        AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetType(fullName)).FirstOrDefault(t => t is not null) is { } type && Of(type) == version ? type : null;
}
