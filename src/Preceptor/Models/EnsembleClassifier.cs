using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>Several classifiers that answer together, by the mean of their logits.</summary>
public sealed class EnsembleClassifier : IClassifier
{
    internal const string FormatName = "ensemble";
    private const int MostMembers = 64;

    /// <summary>Wraps classifiers, whose owner this becomes.</summary>
    public EnsembleClassifier(IReadOnlyList<IClassifier> members)
    {
        ArgumentOutOfRangeException.ThrowIfZero(members.Count, nameof(members));
        Members = members;
    }

    /// <summary>The classifiers.</summary>
    public IReadOnlyList<IClassifier> Members { get; }

    /// <inheritdoc/>
    public string Format => FormatName;

    /// <inheritdoc/>
    public float[] Logits(Examples examples)
    {
        var sums = Members[0].Logits(examples);
        foreach (var member in Members.Skip(1))
        {
            var logits = member.Logits(examples);
            for (var i = 0; i < sums.Length; i++) sums[i] += logits[i];
        }
        for (var i = 0; i < sums.Length; i++) sums[i] /= Members.Count;
        return sums;
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        ModelFiles.WriteJson(Path.Combine(folder, "ensemble.json"), new Form([.. Members.Select(m => m.Format)]));
        for (var i = 0; i < Members.Count; i++)
        {
            var place = Place(folder, i);
            Directory.CreateDirectory(place);
            Members[i].Save(place);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="RequestException">A file is missing or damaged.</exception>
    public static EnsembleClassifier Load(string folder)
    {
        var path = Path.Combine(folder, "ensemble.json");
        var form = ModelFiles.ReadJson<Form>(path);
        if (form.Formats is not { Count: > 0 and <= MostMembers } || form.Formats.Contains(FormatName)) throw new RequestException($"{path}: an ensemble has from 1 to {MostMembers} members, none of them an ensemble");
        return new([.. form.Formats.Select((format, i) => ClassifierFormats.Load(format, Place(folder, i)))]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var member in Members) member.Dispose();
    }

    private static string Place(string folder, int member) => Path.Combine(folder, (member + 1).ToString(CultureInfo.InvariantCulture));

    private sealed record Form(IReadOnlyList<string> Formats);
}
