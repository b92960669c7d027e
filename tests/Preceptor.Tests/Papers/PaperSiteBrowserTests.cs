using Preceptor.Papers;
using PuppeteerSharp;

namespace Preceptor.Tests.Papers;

/// <summary>The site in a real browser without a window: searched, filtered, read by keyboard, on a phone and a desk, in light and dark.</summary>
public sealed class PaperSiteBrowserTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-site-").FullName;
    private IBrowser browser = null!;
    private IPage page = null!;

    private static string? Chromium { get; } = new[] { Environment.GetEnvironmentVariable("PRECEPTOR_CHROMIUM") }.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(p => new[] { "chromium", "chromium-browser", "google-chrome", "google-chrome-stable" }.Select(n => Path.Combine(p, n)))).FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Chromium is null) Assert.Skip("needs Chromium (PRECEPTOR_CHROMIUM, or chromium in the path)");
        PaperSite.Write(Path.Combine(folder, "site"), PaperSiteTests.Some(), new());
        browser = await Puppeteer.LaunchAsync(new() { Headless = true, ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"], UserDataDir = Path.Combine(folder, "profile") });
        page = await browser.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private Task<IResponse> Open(string place) => page.GoToAsync($"file://{folder}/site/{place}");

    private Task<string[]> Titles() => page.EvaluateExpressionAsync<string[]>("[...document.querySelectorAll('.papers h3 a')].filter(a => a.offsetParent).map(a => a.textContent)");

    private Task<string> Text(string script) => page.EvaluateExpressionAsync<string>(script);

    [Fact]
    public async Task Words_find_papers_the_best_first_and_an_empty_field_brings_all_back()
    {
        await Open("index.html");
        var all = await Titles();
        Assert.Equal(84, all.Length);
        await page.TypeAsync("#q", "noisy label");
        Assert.Equal("Compressing Features for Learning with Noisy Labels", (await Titles())[0]);
        Assert.Contains("of 84 papers, the best first", await Text("document.getElementById('count').textContent"), StringComparison.Ordinal);
        Assert.EndsWith("#q=noisy+label", await Text("location.href"), StringComparison.Ordinal);
        await page.Keyboard.PressAsync("Escape");
        Assert.Equal(all, await Titles());
        await Open("index.html#q=cats");
        Assert.Equal("A stranger <script>alert('title')</script>", Assert.Single(await Titles()));
        Assert.Equal("Papers", await page.GetTitleAsync());
    }

    [Fact]
    public async Task Filters_by_kind_and_by_supervision_narrow_the_list()
    {
        await Open("index.html");
        await page.ClickAsync("input[name=kind][value=fields]");
        Assert.Equal(2, (await Titles()).Length);
        await page.ClickAsync("input[name=supervision][value=equations]");
        Assert.Equal("Scaling physics-informed hard constraints with mixture-of-experts", Assert.Single(await Titles()));
        await page.ReloadAsync();
        Assert.Single(await Titles());
    }

    [Fact]
    public async Task The_keyboard_alone_searches_moves_and_opens()
    {
        await Open("index.html");
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("physics");
        await page.Keyboard.PressAsync("ArrowDown");
        Assert.Equal("Scaling physics-informed hard constraints with mixture-of-experts", await Text("document.activeElement.textContent"));
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync(".formula");
        Assert.Equal("Scaling physics-informed hard constraints with mixture-of-experts", await Text("document.querySelector('h1').textContent"));
        await Open("index.html");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("To the content", await Text("document.activeElement.textContent"));
        for (var i = 0; i < 40 && await Text("document.activeElement.name || ''") != "supervision"; i++) await page.Keyboard.PressAsync("Tab");
        Assert.NotEqual("none", await Text("getComputedStyle(document.activeElement.nextElementSibling).outlineStyle"));
        await page.Keyboard.PressAsync("Space");
        Assert.True((await Titles()).Length < 84);
    }

    [Theory]
    [InlineData(375, "light"), InlineData(375, "dark"), InlineData(1280, "light"), InlineData(1280, "dark")]
    public async Task Nothing_sticks_out_and_all_text_stands_off_its_ground(int width, string scheme)
    {
        await page.SetViewportAsync(new() { Width = width, Height = 900 });
        await page.EmulateMediaFeaturesAsync([new() { MediaFeature = MediaFeature.PrefersColorScheme, Value = scheme }]);
        foreach (var place in new[] { "index.html", "papers/nested-dropout.html", "papers/ps-kd.html", "papers/trice.html", "papers/a-stranger.html" })
        {
            await Open(place);
            Assert.Equal($"{place} {width}", $"{place} {await Text("String(document.documentElement.scrollWidth)")}");
            // WCAG's contrast of text and ground, at least 4.5.
            var faint = await page.EvaluateFunctionAsync<string[]>("""
                () => {
                  const rgb = c => c.match(/[\d.]+/g).map(Number), light = c => { const [r, g, b] = rgb(c).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
                  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if ((rgb(c)[3] ?? 1) > 0) return c; } return 'rgb(255, 255, 255)'; };
                  return [...document.querySelectorAll('main *')].filter(e => e.offsetParent && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).flatMap(e => {
                    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x), contrast = (a + 0.05) / (b + 0.05);
                    return contrast < 4.5 ? [`${e.tagName} ${e.className}: ${contrast.toFixed(1)}`] : [];
                  });
                }
                """);
            Assert.Empty(faint);
        }
    }
}
