// Search and filters over the list that stands in the page: without this script the whole list is shown.
(() => {
  'use strict';
  const form = document.getElementById('find'), field = document.getElementById('q'), count = document.getElementById('count');
  const feed = document.getElementById('feed'), results = document.getElementById('results');
  const papers = [...feed.querySelectorAll('li[data-key]')];
  const home = papers.map(paper => paper.parentElement);
  const common = new Set('a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with'.split(' '));

  // Endings that English adds: a word and a query agree once theirs are gone.
  const stem = word => word.length < 4 ? word : word.replace(/(ies)$/, 'y').replace(/(sses)$/, 'ss').replace(/([^s])s$/, '$1').replace(/(ations?|ing|ed|ly)$/, '').replace(/e$/, '');
  const terms = text => (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) || []).filter(word => !common.has(word)).map(stem);

  const entries = papers.map(paper => {
    const counts = new Map(), add = (text, weight) => { for (const term of terms(text)) counts.set(term, (counts.get(term) || 0) + weight); };
    add(paper.querySelector('h3').textContent, 2);
    add(paper.textContent, 1);
    let length = 0;
    for (const value of counts.values()) length += value;
    return { counts, length };
  });
  const mean = entries.reduce((sum, entry) => sum + entry.length, 0) / Math.max(1, entries.length);
  const having = new Map();
  for (const entry of entries) for (const term of entry.counts.keys()) having.set(term, (having.get(term) || 0) + 1);

  // BM25; the word that is being typed also finds what begins with it.
  const scores = query => {
    const wanted = terms(query), typed = /[\p{L}\p{N}]$/u.test(query) ? wanted.at(-1) : undefined;
    return entries.map(entry => {
      let score = 0;
      for (const term of new Set(wanted)) {
        let found = term, times = entry.counts.get(term) || 0;
        if (!times && term === typed && term.length > 2 && !having.has(term)) for (const [other, n] of entry.counts) if (other.startsWith(term)) { found = other; times = n; break; }
        if (!times) continue;
        const n = having.get(found);
        score += Math.log(1 + (entries.length - n + 0.5) / (n + 0.5)) * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * entry.length / mean));
      }
      return score;
    });
  };

  const chosen = name => [...form.querySelectorAll(`input[name=${name}]:checked`)].map(input => input.value);
  const show = () => {
    const query = field.value.trim(), kinds = chosen('kind'), supervisions = chosen('supervision');
    const ranked = query ? scores(query) : null;
    const fits = papers.map((paper, i) => (!ranked || ranked[i] > 0) && (!kinds.length || kinds.includes(paper.dataset.kind))
      && (!supervisions.length || supervisions.some(s => paper.dataset.supervision.split('|').includes(s))));
    papers.forEach((paper, i) => { paper.hidden = !fits[i]; if (!ranked) home[i].append(paper); });
    if (ranked) papers.map((paper, i) => [paper, ranked[i], i]).sort((a, b) => b[1] - a[1] || a[2] - b[2]).forEach(([paper]) => results.append(paper));
    results.hidden = !ranked;
    for (const day of feed.querySelectorAll('section')) day.hidden = !!ranked || !day.querySelector('li:not([hidden])');
    const n = fits.filter(Boolean).length;
    count.textContent = n === papers.length ? `${n} papers` : `${n} of ${papers.length} papers${ranked ? ', the best first' : ''}`;
    const state = new URLSearchParams();
    if (query) state.set('q', query);
    kinds.forEach(kind => state.append('kind', kind));
    supervisions.forEach(supervision => state.append('supervision', supervision));
    history.replaceState(null, '', state.size ? '#' + state : location.pathname);
  };

  const restore = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    field.value = state.get('q') || '';
    for (const input of form.querySelectorAll('input[type=checkbox]')) input.checked = state.getAll(input.name).includes(input.value);
    show();
  };

  form.hidden = false;
  form.addEventListener('input', show);
  form.addEventListener('submit', event => { event.preventDefault(); papers.filter(p => !p.hidden).map(p => p.querySelector('h3 a')).find(a => a.offsetParent)?.focus(); });
  addEventListener('hashchange', restore);
  // The keys of mail and news readers: / to search, j and k or arrows from paper to paper, Escape back to the field.
  addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = document.activeElement === field, links = [...document.querySelectorAll('.papers h3 a')].filter(a => a.offsetParent);
    const at = links.indexOf(document.activeElement);
    const go = to => { event.preventDefault(); links[Math.max(0, Math.min(links.length - 1, to))]?.focus(); };
    if (event.key === '/' && !typing) { event.preventDefault(); field.focus(); field.select(); }
    else if (event.key === 'Escape') { if (typing) { field.value = ''; show(); } else field.focus(); }
    else if (event.key === 'ArrowDown' && (typing || at >= 0) || event.key === 'j' && !typing) go(at + 1);
    else if (event.key === 'ArrowUp' && at >= 0 || event.key === 'k' && !typing) { if (at <= 0) { event.preventDefault(); field.focus(); } else go(at - 1); }
  });
  restore();
})();
