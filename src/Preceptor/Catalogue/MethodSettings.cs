using Preceptor.Foundation;

namespace Preceptor.Catalogue;

/// <summary>The method section: a slug, slugs joined by +, a map with name and options, or a list of those, the last of which trains.</summary>
internal static class MethodSettings
{
    public static IReadOnlyList<MethodChoice> Read(Setting setting)
    {
        MethodChoice[] methods = [.. Steps(setting).Select(step =>
        {
            var info = MethodCatalogue.Find(Name(step));
            return new MethodChoice(info, Options.Bind(info.OptionsType, step.Without("name")));
        })];
        if (methods.Length == 0) throw setting.Wrong("expected a method");
        if (methods.FirstOrDefault(m => m.Info.IsMeasure) is { } measure) return methods.Length == 1 ? methods : throw setting.Wrong($"{measure.Info.Slug} measures, and stands alone");
        if (!methods[^1].Info.IsFit) throw setting.Wrong($"the last step must train a model; {methods[^1].Info.Slug} betters the supervision: add supervised after it");
        if (methods[..^1].FirstOrDefault(m => m.Info.IsFit) is { } early) throw setting.Wrong($"{early.Info.Slug} trains a model and must be the last step");
        return methods;
    }

    /// <summary>Puts a value at the one step whose options have the key.</summary>
    public static MapSetting Override(MapSetting settings, string[] key, Setting value)
    {
        if (settings.Find("method") is not { } setting) throw value.Wrong("name a method before its options");
        var steps = Steps(setting);
        if (key[0] == "name") return settings.With("method", value);
        var fitting = Enumerable.Range(0, steps.Length).Where(i => Options.Describe(MethodCatalogue.Find(Name(steps[i])).OptionsType).Any(o => o.Key == key[0])).ToArray();
        if (fitting.Length == 0)
        {
            var known = steps.SelectMany(s => Options.Describe(MethodCatalogue.Find(Name(s)).OptionsType)).Select(o => o.Key).ToArray();
            throw value.Wrong($"{string.Join(", ", steps.Select(s => Name(s).Text))} has no option '{key[0]}'{Spelling.Hint(key[0], known)}; {(known.Length == 0 ? "it has no options" : "it has " + string.Join(", ", known))}");
        }
        if (fitting.Length > 1) throw value.Wrong($"several steps have an option '{key[0]}'; write it in a specification instead");
        steps[fitting[0]] = Specification.Put(steps[fitting[0]], key, value);
        return settings.With("method", new ListSetting(setting.Place, setting.Path, steps));
    }

    /// <summary>The slugs of a chain as one word: <c>a+b</c>, or <c>[a, b]</c> as in a specification.</summary>
    public static IEnumerable<ScalarSetting> Chain(ScalarSetting chain)
    {
        var text = chain.Text.Trim();
        var slugs = text.StartsWith('[') && text.EndsWith(']') ? text[1..^1].Split(',', StringSplitOptions.TrimEntries) : text.Split('+', StringSplitOptions.TrimEntries);
        return slugs.Select(slug => chain with { Text = slug });
    }

    private static MapSetting[] Steps(Setting setting) => setting switch
    {
        ScalarSetting chain => [.. Chain(chain).Select(slug => new MapSetting(slug.Place, slug.Path, [new("name", slug)]))],
        MapSetting map => [map],
        ListSetting list => [.. list.Items.SelectMany(Steps)],
        _ => [],
    };

    private static ScalarSetting Name(MapSetting step) => step.Find("name") as ScalarSetting ?? throw step.Wrong("name: is missing: the method's slug");
}
