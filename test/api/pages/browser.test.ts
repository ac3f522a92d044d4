// The pages in a real headless Chromium: narrow and wide, light and dark, by keyboard.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TextResponse } from '../../../src/api/http.ts';
import { pendingPage } from '../../../src/api/pages/approval-page.ts';
import { decidedPage, loginPage, refusedPage } from '../../../src/api/pages/ended-pages.ts';
import { cardOf } from '../../../src/approvals/index.ts';
import { HOSTILE, PLAIN } from '../../support/cards.ts';
import { type Browser, launchChromium, type Tab } from '../../support/chromium.ts';
import { type FoundChromium, findChromium } from '../../support/find-chromium.ts';
import { until } from '../../support/poll.ts';

const reader = { id: 'dana@example.com', name: 'Dana' };
const common = { reader, action: '/decide', hidden: { key: 'k', form: 'f' } };
const missing = { count: 1, of: { 'support-leads': 1 } };
const at = '2027-05-01T09:30:00.000Z';

const PAGES: Readonly<Record<string, TextResponse>> = {
  plain: pendingPage({ ...common, card: cardOf(PLAIN), missing, reveal: { action: '/reveal' } }),
  hostile: pendingPage({
    ...common,
    card: cardOf(HOSTILE),
    missing,
    problem: 'A reason is required to approve an admin operation.',
    typed: 'Hm',
    reveal: { action: '/reveal', text: HOSTILE.exact },
  }),
  decided: decidedPage({
    outcome: { status: 'denied', at, by: [reader.id], why: 'no' },
    card: cardOf(PLAIN),
  }),
  login: loginPage({ loginUrl: '/login' }),
  refused: refusedPage({
    status: 403,
    heading: 'This is not yours to decide',
    detail: 'x'.repeat(400),
    reader,
  }),
};

const chromium = await findChromium();
let server: Server;
let browser: Browser;
let tab: Tab;
let base: string;
const posted: string[] = [];

/** What stands out of the window to the side, but for what scrolls in a frame of its own. */
const TOO_WIDE = `document.documentElement.scrollWidth > innerWidth`;
/** Whatever is pressed: its name and its size. A link within a sentence may be small. */
const TARGETS = `[...document.querySelectorAll('a,button,textarea')].filter((e) => e.offsetParent !== null)
  .map((e) => { const r = e.getBoundingClientRect(); return { name: e.textContent.trim() || e.name, width: r.width, height: r.height } })`;
/** Each text with how much it stands out from what is behind it, as WCAG counts it; the least of them. */
const LEAST_CONTRAST = `(() => {
  const rgb = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return { r, g, b, a } };
  const part = (v) => { const s = v / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4 };
  const light = ({ r, g, b }) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.a > 0) return c } return { r: 255, g: 255, b: 255 } };
  let least = { ratio: 99, text: '' };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.data.trim(), e = walk.currentNode.parentElement;
    if (text === '') continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least.ratio) least = { ratio, text };
  }
  return least;
})()`;

async function answer(path: string, request: AsyncIterable<Buffer>): Promise<TextResponse | undefined> {
  if (path !== '/decide') return PAGES[path.slice(1)];
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  posted.push(Buffer.concat(parts).toString());
  return PAGES['decided'];
}

describe.runIf(chromium)('in a browser', () => {
  beforeAll(async () => {
    server = createServer((request, response) => {
      void answer(request.url ?? '', request).then((page) => {
        if (page === undefined) response.writeHead(404).end();
        else response.writeHead(page.status, page.headers).end(page.body);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await launchChromium(chromium as FoundChromium);
    tab = await browser.tab();
  });
  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });

  const views = Object.keys(PAGES).flatMap((name) =>
    [320, 1280].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ name, width, scheme }))),
  );
  it.each(views)(
    '$name, $width wide, $scheme: fits, can be read, can be pressed',
    async ({ name, ...view }) => {
      await tab.open(base + name, view);
      expect(await tab.evaluate<boolean>(TOO_WIDE)).toBe(false);
      const { ratio, text } = await tab.evaluate<{ ratio: number; text: string }>(LEAST_CONTRAST);
      expect(ratio, text).toBeGreaterThanOrEqual(4.5);
      const targets = await tab.evaluate<{ name: string; width: number; height: number }[]>(TARGETS);
      for (const target of targets) {
        expect(target.height, target.name).toBeGreaterThanOrEqual(44);
        expect(target.width, target.name).toBeGreaterThanOrEqual(44);
      }
      // The policy let the style sheet in.
      expect(await tab.evaluate('getComputedStyle(document.querySelector("main")).maxWidth')).not.toBe(
        'none',
      );
    },
  );

  it('approve and deny are as easy to press as each other, and differ in colour', async () => {
    await tab.open(`${base}plain`, { width: 320 });
    const [approve, deny] = await tab.evaluate<{ width: number; height: number; colour: string }[]>(
      `[...document.querySelectorAll('.choice button')].map((e) => { const r = e.getBoundingClientRect();
        return { width: r.width, height: r.height, colour: getComputedStyle(e).backgroundColor } })`,
    );
    expect([approve?.width, approve?.height]).toEqual([deny?.width, deny?.height]);
    expect(approve?.colour).not.toBe(deny?.colour);
  });

  it('by keyboard alone: the way to the decision, the reason, the buttons, each with a focus that is seen', async () => {
    await tab.open(`${base}plain`, { width: 320 });
    const seen: string[] = [];
    for (let step = 0; step < 5; step += 1) {
      await tab.press('Tab', 9);
      seen.push(
        await tab.evaluate<string>(`(() => { const e = document.activeElement, s = getComputedStyle(e);
          return (s.outlineStyle === 'solid' && parseFloat(s.outlineWidth) >= 2 ? '' : 'unseen ') + (e.value || e.textContent || e.name) })()`),
      );
    }
    expect(seen).toEqual(['Show it without masks', 'Go to the decision', 'reason', 'approve', 'deny']);
  });

  it('by keyboard alone: a reason is typed, and a denial sent with it', async () => {
    await tab.open(`${base}plain`, { width: 320 });
    await tab.evaluate('document.getElementById("reason").focus()');
    await tab.send('Input.insertText', { text: 'Not today' });
    await tab.press('Tab', 9);
    await tab.press('Tab', 9);
    await tab.arriving(() => tab.press('Enter', 13, '\r'));
    expect(posted.splice(0)).toEqual(['key=k&form=f&reason=Not+today&decision=deny']);
    expect(await tab.evaluate('document.title')).toBe('Already decided · Bailiwick');
  });

  it('where a reason is missing, the field has the focus, what was typed is there, and its fault is told with it', async () => {
    await tab.open(`${base}hostile`, { width: 320 });
    // A browser moves the focus when it next draws the page.
    const focused = await until('a focused field', async () => {
      const { id, ...rest } = await tab.evaluate<{ id: string; value: string; invalid: string }>(
        '(({ id, value, ariaInvalid }) => ({ id, value, invalid: ariaInvalid }))(document.activeElement)',
      );
      return id === '' ? undefined : { id, ...rest };
    });
    expect(focused).toEqual({ id: 'reason', value: 'Hm', invalid: 'true' });
  });

  it('text that says it is markup is text', async () => {
    await tab.open(`${base}hostile`, { width: 1280 });
    expect(await tab.evaluate('document.querySelectorAll("h2").length')).toBe(7);
    expect(await tab.evaluate('document.querySelector("blockquote").textContent')).toContain(
      '</blockquote><h2>Policies</h2>',
    );
  });
});
