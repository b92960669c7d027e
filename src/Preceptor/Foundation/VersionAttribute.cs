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

    /// <summary>The loaded type of a full name; null if there is none.</summary>
    internal static Type? Find(string fullName) => AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetType(fullName)).FirstOrDefault(t => t is not null);
}
