// A real browser decides: it opens the printed link, clicks, and is told; without scripts, by keyboard, and after a login.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AT_LOGIN } from '../e2e/support/target/login.ts';
import { type Browser, launchChromium, type Tab } from '../support/chromium.ts';
import { type FoundChromium, findChromium } from '../support/find-chromium.ts';
import { type OidcProvider, startOidcProvider } from '../support/oidc-provider.ts';
import { until } from '../support/poll.ts';
import {
  add,
  change,
  configWith,
  ended,
  linkTo,
  openTask,
  type Pending,
  pendingIn,
  standing,
  startCounter,
  type Task,
} from './support/approvals.ts';
import { brokerForTest, temporaryDirectory } from './support/broker.ts';

const chromium = await findChromium();
const VIEW = { width: 390 };

interface At {
  readonly url: string;
  readonly data: string;
  readonly counts: ReadonlyMap<string, number>;
  readonly task: Task;
  readonly pending: Pending;
  readonly link: URL;
}

const click = (tab: Tab, selector: string) =>
  tab.arriving(() => tab.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`));
const heading = (tab: Tab) => tab.evaluate<string>('document.querySelector("h1").textContent');
const words = (tab: Tab) => tab.evaluate<string>('document.querySelector("main").innerText');

describe.runIf(chromium)('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(chromium as FoundChromium);
  });
  afterAll(() => browser.close());

  async function waiting(more?: (config: string) => void): Promise<At> {
    const counter = await startCounter();
    const config = configWith(counter);
    more?.(config);
    const data = join(temporaryDirectory(), 'data');
    const secrets = join(temporaryDirectory(), 'secrets.json');
    writeFileSync(secrets, JSON.stringify({ 'oidc-login': { clientSecret: 'of-the-client' } }), {
      mode: 0o600,
    });
    const { url } = await brokerForTest(['--config', config, '--data', data, '--secrets', secrets]);
    const task = await openTask(url, data);
    const pending = pendingIn(await add(task, 'one'));
    return { url, data, counts: counter.counts, task, pending, link: await linkTo(data, pending) };
  }

  test.for([
    ['with scripts', false],
    ['without scripts', true],
  ] as const)('%s: the page, a click on Approve, the record of it, and it ran', async ([, isDisabled]) => {
    const at = await waiting();
    const tab = await browser.tab();
    await tab.send('Emulation.setScriptExecutionDisabled', { value: isDisabled });
    await tab.open(at.link.href, VIEW);
    expect(await words(tab)).toContain('POST /added/one');
    expect(at.counts.size).toBe(0);
    await click(tab, 'button.approve');
    expect(await heading(tab)).toBe('You approved this');
    expect(await ended(at.task, at.pending)).toMatchObject({ status: 'succeeded' });
    expect(at.counts.get('/added/one')).toBe(1);
    // Back, and sent once more, as people do.
    await tab.open(at.link.href, VIEW);
    expect(await heading(tab)).toBe('Already decided');
    expect(await tab.evaluate('document.forms.length')).toBe(0);
    expect(at.counts.get('/added/one')).toBe(1);
  });

  test('Deny without a reason comes back with the reason in focus; with one it is denied', async () => {
    const at = await waiting();
    const tab = await browser.tab();
    await tab.open(at.link.href, VIEW);
    await click(tab, 'button.deny');
    // A browser moves the focus when it next draws the page.
    const focused = await until('a focused field', async () => {
      const id = await tab.evaluate<string>('document.activeElement.id');
      return id === '' ? undefined : id;
    });
    expect(focused).toBe('reason');
    await tab.send('Input.insertText', { text: 'Not today' });
    await click(tab, 'button.deny');
    expect(await heading(tab)).toBe('You denied this');
    expect(await ended(at.task, at.pending)).toMatchObject({ status: 'denied' });
    expect(at.counts.size).toBe(0);
  });

  test('a form of another site, sent by this browser, decides nothing', async () => {
    const at = await waiting();
    const tab = await browser.tab();
    await tab.open(at.link.href, VIEW);
    const fields = await tab.evaluate<string>('document.getElementById("decision").innerHTML');
    const page = `<form id="f" method="post" action="${new URL(at.link.pathname, at.url)}">${fields}</form>`;
    await tab.open(`data:text/html,${encodeURIComponent(page)}`, VIEW);
    await click(tab, 'button.approve');
    expect(await words(tab)).toContain('The form was sent from another site.');
    expect(await standing(at.task, at.pending)).toMatchObject({ status: 'awaiting_approval' });
  });

  describe('where a login is needed', () => {
    let provider: OidcProvider;
    afterAll(() => provider.close());

    test('the page says nothing, the provider asks who it is, and that person decides', async () => {
      const redirectUris: string[] = [];
      provider = await startOidcProvider({
        client: { clientId: 'bailiwick', clientSecret: 'of-the-client', redirectUris },
        people: {
          lee: { ...AT_LOGIN.ann, email: 'lee@example.com', name: 'Lee', groups: ['demo-owners'] },
          dana: { ...AT_LOGIN.ann, email: 'dana@example.com', name: 'Dana', groups: ['demo-owners'] },
        },
        asks: true,
      });
      const at = await waiting((config) => {
        change(config, 'broker.yaml', (text) =>
          text
            .replace(
              /humans:\n {2}issuer: demo/,
              `humans:\n  issuer: ${provider.issuer}\n  algorithms: [ES256]\n  login: { clientId: bailiwick, secret: oidc-login }`,
            )
            .concat('\napprovals: { requireLogin: true }\n'),
        );
      });
      redirectUris.push(`${at.url}/approve/login/callback`);
      const [mine, theirs] = [await browser.tab(), await browser.tab()];
      await mine.open(at.link.href, VIEW);
      expect(await heading(mine)).toBe('Log in to decide');
      expect(await words(mine)).not.toMatch(/added|counter|demo-agent/);
      await click(mine, 'main a');
      expect(await mine.evaluate('location.origin')).toBe(provider.issuer);
      await click(mine, 'a[href*="person=lee"]');
      expect(await mine.evaluate('location.origin')).toBe(at.url);
      expect(await words(mine)).toContain('You are Lee (lee@example.com)');
      // Another tab of the same browser is logged in too.
      await theirs.open(new URL(at.link.pathname, at.url).href, VIEW);
      expect(await words(theirs)).toContain('You are Lee');
      await click(mine, 'button.reveal');
      expect(await words(mine)).toContain('Without masks');
      await click(mine, 'button.approve');
      expect(await heading(mine)).toBe('You approved this');
      expect(await ended(at.task, at.pending)).toMatchObject({ status: 'succeeded' });
      expect(at.counts.get('/added/one')).toBe(1);
    });
  });
});
