import { describe, expect, test } from 'vitest';
import { impactHtml } from '../../server/src/report/impactHtml.js';
import type { ImpactPicture } from '../../server/src/report/impactModel.js';
import { typicalReruns } from '../../server/src/report/impactTypical.js';
import { about, rebuilds, shopImpact, unknown, withoutHistory } from './impactFixture.js';

/** The text a reader would see, without the markup. */
const text = (picture: ImpactPicture, trusted = true): string =>
  impactHtml(picture, { trusted })
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
/** The texts of the cells of the row that contains `wanted`. */
function row(picture: ImpactPicture, wanted: string): string[] {
  const rows = impactHtml(picture).match(/<tr[ >].*?<\/tr>/gs) ?? [];
  const found = rows.find((one) => one.includes(wanted)) ?? '';
  const cells = found.match(/<t[hd][ >].*?<\/t[hd]>/gs) ?? [];
  return cells.map((one) =>
    one
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

describe('in short', () => {
  test('the average commit, its range and basis, what runs again, what the fixes would leave', () => {
    const said = text(shopImpact());
    expect(said).toContain('more than 48 s to rebuild after an average commit simulated, 19 – 101 s');
    expect(said).toContain(
      '4 of 8 steps run again on a typical commit; 160 of the last 200 commits ran something again.',
    );
    expect(said).toContain('With all fixes: 6 s (88 % less).');
    expect(said).toContain('Not counted: one step that runs for a time nobody knows ( line 10 )');
  });

  test('steps whose time nobody knows count only where they run', () => {
    const stages = shopImpact().stages.filter(({ label }) => label !== 'assets');
    expect(text(shopImpact({ stages }))).toContain(' 48 s to rebuild');
    expect(text(shopImpact({ stages }))).not.toMatch(/more than|Not counted/);
  });

  test('nothing is called zero that is not known', () => {
    const unsure = { meanSeconds: unknown, p50Seconds: unknown, p90Seconds: unknown };
    const said = text(shopImpact({ rebuild: unsure, clean: unknown, allFixes: null }));
    expect(said).toContain('Time not known to rebuild after an average commit no model knows ./build.sh');
    expect(said).not.toMatch(/\b0 s to rebuild/);
    expect(said).not.toContain('With all fixes');
  });

  test('commits that run nothing again', () => {
    const { stages, commits } = shopImpact();
    const quiet = stages.map((stage) => ({
      ...stage,
      steps: stage.steps.map((step) => ({ ...step, rebuilds: 0, causes: [] })),
    }));
    const none = commits === null ? null : { ...commits, rebuilding: 0 };
    expect(text(shopImpact({ stages: quiet, commits: none }))).toContain(
      'No step surely ran again after any of the last 200 commits.',
    );
    const few = commits === null ? null : { ...commits, rebuilding: 3 };
    expect(text(shopImpact({ stages: quiet, commits: few }))).toContain(
      '3 of the last 200 commits ran something again; on a typical one nothing does.',
    );
  });

  test('a typical commit re-runs what more than half of all re-ran', () => {
    expect(typicalReruns(shopImpact())).toEqual({ again: 4, of: 8, none: false });
    expect(typicalReruns(withoutHistory('no git'))).toBeNull();
  });
});

describe('without history', () => {
  test('the clean build, scenarios and why', () => {
    const said = text(withoutHistory('This folder lies in no git repository.'));
    expect(said).toContain('No history. This folder lies in no git repository.');
    expect(said).toContain('more than 62 s for a clean build');
    expect(said).toContain('A source edit 4 steps of 8, from line 4 on 48 s');
    expect(said).not.toContain('of 200');
    expect(said).not.toContain('Average commit');
    expect(said.match(/clean build 8 steps of 8/gi)).toHaveLength(1);
  });

  test('leads to where trust is granted, only where that is what lacks', () => {
    const picture = withoutHistory('Git is asked only in a trusted workspace.');
    expect(impactHtml(picture, { trusted: false })).toContain('data-command="workbench.trust.manage"');
    expect(impactHtml(picture)).not.toContain('workbench.trust.manage');
  });
});

describe('steps', () => {
  test('when, how long, how often, why', () => {
    const [name, start, time, again] = row(shopImpact(), 'RUN npm ci');
    expect(name).toBe('RUN npm ci line 5 clean rebuild');
    expect(start).toBe('starts at 3 s');
    expect(time).toBe('31 s 12 – 65 s, simulated');
    expect(again).toBe('160 of 200 src/');
  });

  test('a maybe is said, and an unknown time', () => {
    expect(row(shopImpact(), 'COPY --from=build')[3]).toBe('130 of 200, perhaps 70 more argument GIT_SHA');
    expect(row(shopImpact(), './build.sh')[2]).toBe('not known');
  });

  test('what takes hardly any time is not shown as nothing', () => {
    const [stage] = shopImpact().stages;
    const quick = stage?.steps.map((step) => ({ ...step, seconds: about(0.02) })) ?? [];
    const stages = stage === undefined ? [] : [{ ...stage, steps: quick }];
    expect(row(shopImpact({ stages }), 'RUN npm ci')[2]).toMatch(/^&lt; 0\.1 s/);
  });

  test('bars stay inside the timeline', () => {
    const html = impactHtml(shopImpact({ clean: about(5) }));
    const bars = [...html.matchAll(/x="([\d.]+)%" width="([\d.]+)%"/g)];
    expect(bars.length).toBe(8);
    for (const [, x, width] of bars) expect(Number(x) + Number(width)).toBeLessThanOrEqual(100.01);
  });

  test('a single stage has no path to mark: all its steps count', () => {
    const { stages } = shopImpact();
    const html = impactHtml(shopImpact({ stages: stages.slice(0, 1) }));
    expect(html).not.toContain('class="mark"');
    expect(html).not.toContain('class="critical"');
  });
});

describe('fixes', () => {
  test('before and after, a button where a program may apply it', () => {
    const [title, time, saves, button] = row(shopImpact(), 'Copy package.json and');
    expect(title).toBe(
      'Copy package.json and package-lock.json first, the rest after npm ci source-before-deps, line 4 ; safe',
    );
    expect([time, saves, button]).toEqual(['48 s → becomes 19 s', '60 %', 'Apply']);
    expect(impactHtml(shopImpact())).toContain('data-fix="source-before-deps:3:0"');
    expect(row(shopImpact(), 'Create .dockerignore')[2]).toBe('4 % 162 MB of context');
    expect(row(shopImpact(), 'Leave development')[3]).toBe('');
    expect(impactHtml(shopImpact())).not.toContain('data-fix="dev-deps-in-image:4:0"');
  });

  test('all safe ones, and all', () => {
    expect(row(shopImpact(), 'Both safe')).toEqual([
      'Both safe fixes',
      '48 s → becomes 11 s',
      '77 %',
      'Apply all safe',
    ]);
    expect(row(shopImpact(), 'data-fix="all"')[1]).toBe('48 s → becomes 6 s');
    const one = shopImpact({ fixes: shopImpact().fixes.slice(0, 1) });
    expect(impactHtml(one)).not.toContain('data-fix="safe"');
    expect(text(one)).toContain('With the fix: 6 s');
  });

  test('a small saving is not called nothing, and nothing is said where there is no fix', () => {
    const [first] = shopImpact().fixes;
    const small = first === undefined ? [] : [{ ...first, savedPercent: 0.2, rebuild: rebuilds(47.9) }];
    expect(row(shopImpact({ fixes: small }), 'Copy package.json and')[2]).toBe('&lt; 1 %');
    expect(text(shopImpact({ fixes: [], allFixes: null, safeFixes: null }))).toContain(
      'Nothing that Plimsoll',
    );
  });
});

test('fixes that leave rebuilds as they are stand apart', () => {
  const [first, second] = shopImpact().fixes;
  if (first === undefined || second === undefined) throw new Error('the shop has fixes');
  const fixes = [first, { ...second, savedPercent: 0 }];
  const alone = { rebuild: rebuilds(19), savedPercent: 60 };
  const html = impactHtml(shopImpact({ fixes, safeFixes: alone, allFixes: { ...alone, left: 0 } }));
  expect(html).toMatch(
    /<h2 id="fixes">One fix<.*<details.*1 other fix: rebuilds stay as they are.*Move ARG/s,
  );
});

test('fixes that save only together stand together', () => {
  const fixes = shopImpact().fixes.map((fix) => ({ ...fix, savedPercent: 0, bytesSaved: null }));
  const html = impactHtml(shopImpact({ fixes }));
  expect(html).not.toContain('<details');
  expect(html).toContain('together they do');
  expect(row(shopImpact({ fixes }), 'Copy package.json and')[2]).toBe('nothing');
});

test('causes over all steps, the most commits first', () => {
  const said = text(shopImpact());
  expect(said).toMatch(/argument GIT_SHA 200 of 200 line 16 src\/ 150 of 200 line 4 and 3 more steps/);
});

test('arguments that change by themselves', () => {
  expect(row(shopImpact(), '${{ github.sha }}')).toEqual([
    'GIT_SHA',
    'with every commit',
    '${{ github.sha }}',
    '.github/workflows/image.yml:23',
  ]);
});

describe('measured builds', () => {
  test('with a trend in words', () => {
    expect(text(shopImpact())).toContain('The newest took 44 s , 22 s less than the one before.');
    expect(row(shopImpact(), 'Measure Build<')).toEqual([
      '2026-11-22 11:04 UTC, Measure Build',
      '44 s',
      '6',
      '2',
    ]);
    expect(row(shopImpact(), 'old.log')[1]).toBe('not in the log');
  });

  test('none: how to get one', () => {
    const html = impactHtml(withoutHistory('x'));
    expect(html).toContain('data-command="plimsoll.measureBuild"');
    expect(html).not.toContain('plimsoll.forgetMeasuredBuilds');
  });
});

describe('markup', () => {
  const hostile = `<img src=x onerror="alert(1)">'\u202e`;

  /** Every text of a value replaced. */
  function poisoned(value: unknown, key = ''): unknown {
    const fixed = ['basis', 'applicability', 'changes', 'kind'].includes(key);
    if (typeof value === 'string') return fixed ? value : hostile;
    if (Array.isArray(value)) return value.map((one) => poisoned(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poisoned(one, name)]));
  }

  test('no text of the workspace acts as markup', () => {
    for (const picture of [shopImpact(), withoutHistory('x')]) {
      const html = impactHtml(poisoned(picture) as ImpactPicture);
      expect(html).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;');
      expect(html).not.toContain('<img');
      expect(html).not.toContain('\u202e');
      // What is left without well-formed tags holds no angle bracket: nothing broke out of an attribute.
      expect(html.replace(/<\/?\w+(?:\s+[\w-]+(?:="[^"<>]*")?)*\s*\/?>/g, '')).not.toMatch(/[<>]/);
    }
  });

  test('no inline style or script, which the page’s policy would refuse', () => {
    expect(impactHtml(shopImpact())).not.toMatch(/\sstyle=|<script|\son\w+=/);
  });

  test('headings, tables and ids are in order', () => {
    for (const picture of [shopImpact(), withoutHistory('x')]) {
      const html = impactHtml(picture);
      const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [, id] of html.matchAll(/aria-labelledby="([^"]+)"/g)) expect(ids).toContain(id);
      expect(html.match(/<h1>/g)).toHaveLength(1);
      expect(html.match(/<table/g)?.length).toBe(html.match(/<caption/g)?.length);
      for (const [tag] of html.matchAll(/<th[ >][^>]*>/g)) expect(tag).toContain('scope=');
      for (const name of ['tr', 'td', 'th', 'table', 'section', 'button', 'span', 'svg'])
        expect(html.match(new RegExp(`<${name}[ >]`, 'g'))?.length, name).toBe(
          html.match(new RegExp(`</${name}>`, 'g'))?.length,
        );
    }
  });

  test('the whole page, one tag a line', async () => {
    const lines = (html: string): string => `${html.replace(/></g, '>\n<')}\n`;
    await expect(lines(impactHtml(shopImpact()))).toMatchFileSnapshot('impact.golden.txt');
  });
});
