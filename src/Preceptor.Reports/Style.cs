namespace Preceptor.Reports;

/// <summary>The report's style sheet. Colours are variables: set for light, again for dark, and back to light on paper.</summary>
internal static class Style
{
    private const string Light =
        """
        --paper: #ffffff; --panel: #f5f6f8; --ink: #1b1f24; --soft: #59636e; --line: #d8dde3; --warn: #fff4d6; --warn-line: #b7791f; --shade: #00000033;
        --floor: #6b7280; --baseline: #1f6feb; --method: #0b7f52; --ceiling: #a8590a;
        --hue0: #0072b2; --hue1: #d55e00; --hue2: #009e73; --hue3: #cc79a7; --hue4: #b8860b; --hue5: #7a5cc8;
        """;

    private const string Dark =
        """
        --paper: #14171b; --panel: #1d2127; --ink: #e6e9ed; --soft: #9aa5b1; --line: #363d46; --warn: #3a2f14; --warn-line: #d9a441; --shade: #ffffff38;
        --floor: #a3acb8; --baseline: #6cb0ff; --method: #46d39a; --ceiling: #f0ab55;
        --hue0: #2f6fb5; --hue1: #b8561a; --hue2: #1f8a63; --hue3: #a8508a; --hue4: #8f7416; --hue5: #7757c9;
        """;

    public const string Sheet =
        $$"""

        :root { color-scheme: light dark; {{Light}} }
        @media (prefers-color-scheme: dark) { :root { {{Dark}} } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; }
        main { max-width: 960px; margin: 0 auto; padding: 24px 20px 64px; }
        h1 { font-size: clamp(1.35rem, 1.1rem + 1.4vw, 2rem); line-height: 1.25; margin: 4px 0 12px; text-wrap: balance; overflow-wrap: anywhere; }
        h2 { font-size: 1.2rem; margin: 40px 0 8px; padding-top: 16px; border-top: 1px solid var(--line); }
        h3 { font-size: 1rem; margin: 20px 0 4px; }
        p { margin: 0 0 12px; max-width: 75ch; }
        .kicker, .note, caption, figcaption { color: var(--soft); font-size: .875rem; }
        .kicker { margin: 0; overflow-wrap: anywhere; }
        .caution { background: var(--warn); border-left: 4px solid var(--warn-line); padding: 10px 14px; border-radius: 4px; max-width: none; }
        figure { margin: 12px 0; min-width: 0; }
        figcaption { margin-bottom: 4px; }
        figcaption strong { color: var(--ink); }
        svg { display: block; overflow: visible; font: 12px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; font-variant-numeric: tabular-nums; }
        svg text { fill: var(--ink); }
        svg .soft { fill: var(--soft); }
        svg .name, svg .value { font-size: 14px; paint-order: stroke; stroke: var(--paper); stroke-width: 5px; stroke-linejoin: round; }
        svg .name { font-weight: 600; }
        svg .grid { stroke: var(--line); stroke-width: 1; }
        svg .reference { stroke: var(--baseline); stroke-width: 1; stroke-dasharray: 3 4; opacity: .7; }
        svg .label { paint-order: stroke; stroke: var(--paper); stroke-width: 3; }
        svg .across { stroke: var(--arm); stroke-width: 1; stroke-dasharray: 3 4; opacity: .7; }
        svg .diagonal { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 4; }
        svg polyline { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        .floor { --arm: var(--floor); } .baseline { --arm: var(--baseline); } .method { --arm: var(--method); } .ceiling { --arm: var(--ceiling); }
        svg .mark { fill: var(--arm); stroke: var(--arm); }
        svg .seed { fill: var(--arm); opacity: .45; }
        svg .whisker { stroke: var(--arm); stroke-width: 3; stroke-linecap: round; }
        svg .curve { stroke: var(--arm); }
        svg .series { stroke: var(--hue); } svg .series circle { fill: var(--hue); stroke: none; } svg .series .seed { opacity: .45; } svg .band { fill: var(--hue); stroke: none; opacity: .18; }
        svg .baseline.curve { stroke-dasharray: 7 4; }
        svg .floor.curve { stroke-dasharray: 1 5; }
        svg .ceiling.curve { stroke-dasharray: 10 3 2 3; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 280px), 1fr)); gap: 8px 28px; }
        .small.charts { grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 8px 20px; }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; padding: 0; margin: 4px 0 0; font-size: .875rem; }
        .legend svg { display: inline-block; vertical-align: middle; margin-right: 6px; }
        .swatch { display: inline-block; width: 10px; height: 10px; border-radius: 50%; background: var(--arm); margin-right: 6px; }
        .arm { white-space: nowrap; }
        .advice { padding-left: 1.2em; margin: 8px 0; max-width: 78ch; }
        .advice li { margin-bottom: 8px; }
        /* A shadow at the side where more is to be scrolled to; the page's colour moves with the table and covers it at the end. */
        .scroll { overflow-x: auto; background: linear-gradient(to right, var(--paper) 40%, transparent) 0 0 / 32px 100% local, linear-gradient(to left, var(--paper) 40%, transparent) 100% 0 / 32px 100% local,
          linear-gradient(to right, var(--shade), transparent) 0 0 / 14px 100% scroll, linear-gradient(to left, var(--shade), transparent) 100% 0 / 14px 100% scroll; background-repeat: no-repeat; }
        table { border-collapse: collapse; font-size: .9rem; margin: 8px 0; min-width: min(100%, 480px); }
        caption { text-align: left; padding: 4px 0; }
        caption span { position: sticky; left: 0; display: inline-block; max-width: min(100vw - 40px, 920px); }
        td .seeds { display: inline-block; white-space: normal; }
        th, td { padding: 5px 10px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
        thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
        th:first-child:not(.edge) { text-align: left; padding-left: 0; }
        tbody th { font-weight: 600; }
        tbody th[title] { max-width: 24ch; overflow: hidden; text-overflow: ellipsis; }
        th .note { display: block; font-weight: 400; white-space: normal; min-width: 150px; }
        th.wide { text-align: center; }
        td.edge, th.edge { border-left: 1px solid var(--line); }
        .rows { list-style: none; padding: 0; margin: 8px 0; display: grid; gap: 8px; grid-template-columns: minmax(0, 1fr); }
        .tiles { grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr)); }
        .rows > li { background: var(--panel); border-radius: 6px; padding: 8px 12px; display: flex; gap: 12px; align-items: flex-start; overflow-wrap: anywhere; }
        .rows img { width: 64px; height: 64px; object-fit: contain; image-rendering: pixelated; flex: none; border-radius: 4px; }
        .pictures ul { list-style: none; padding: 0; margin: 8px 0; display: flex; flex-wrap: wrap; gap: 8px; }
        .pictures li { width: 72px; font-size: .75rem; color: var(--soft); overflow-wrap: anywhere; }
        .pictures li:first-child { margin-right: 20px; }
        .pictures li > * { display: block; }
        .pictures img { width: 72px; height: 72px; object-fit: contain; image-rendering: pixelated; border-radius: 4px; box-sizing: border-box; }
        .pictures img.unlike { border: 2px dashed var(--line); opacity: .75; }
        .rows p { margin: 0; max-width: none; }
        .rows .cell { margin-top: 2px; font-size: .95rem; }
        .hue0 { --hue: var(--hue0); } .hue1 { --hue: var(--hue1); } .hue2 { --hue: var(--hue2); } .hue3 { --hue: var(--hue3); } .hue4 { --hue: var(--hue4); } .hue5 { --hue: var(--hue5); }
        mark { background: color-mix(in srgb, var(--hue) var(--shade-of), transparent); color: inherit; border-radius: 3px; padding: 0 2px; }
        .shade1 { --shade-of: 15%; } .shade2 { --shade-of: 30%; } .shade3 { --shade-of: 45%; } .shade4 { --shade-of: 60%; }
        .rival { text-decoration: underline dotted; text-underline-offset: 3px; }
        .sentence { border-bottom: 2px solid color-mix(in srgb, var(--hue) 70%, transparent); }
        .rows .paragraph { border-left: 3px solid var(--hue); padding-left: 8px; }
        .rows .reasons { list-style: none; padding: 0; margin: 6px 0 0; font-size: .875rem; }
        .hue { display: inline-block; width: 10px; height: 10px; border-radius: 2px; background: var(--hue); margin-right: 6px; }
        code, pre { font: .85rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        code { background: var(--panel); padding: 1px 5px; border-radius: 4px; overflow-wrap: anywhere; }
        pre { background: var(--panel); padding: 12px; border-radius: 6px; overflow-x: auto; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 4px 0; }
        dt { color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; }
        details { margin-top: 12px; }
        summary { cursor: pointer; color: var(--soft); }
        :focus-visible { outline: 2px solid var(--baseline); outline-offset: 2px; }
        @media (max-width: 520px) { main { padding: 16px 14px 48px; } th, td { padding: 5px 6px; } table { font-size: .84rem; } tbody th { white-space: normal; } th .note { min-width: 84px; } .small.charts { grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); } }
        @media print {
          :root { color-scheme: light; {{Light}} }
          body { font-size: 10.5pt; }
          main { max-width: none; padding: 0; }
          h2, h2 + p { break-after: avoid; }
          h2 { margin-top: 20px; }
          p, figure, tr, .rows li, .advice li, .small.charts { break-inside: avoid; }
          .charts { break-before: avoid; }
          .scroll { overflow: visible; background: none; }
          .scroll:not(:has(tbody tr:nth-child(16))) { break-inside: avoid; }
          pre { white-space: pre-wrap; overflow-wrap: anywhere; }
          .rows > li, code, pre { border: 1px solid var(--line); }
          * { print-color-adjust: exact; }
        }

        """;
}
