// A real headless Chromium, driven over its own protocol: pages are opened, measured, typed into and photographed in it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { FoundChromium } from './find-chromium.ts';

const CLOSE_MILLISECONDS = 5000;

interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

export interface View {
  readonly width: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
}

async function endpointOf(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('no standard error');
  for await (const line of createInterface({ input: child.stderr })) {
    const [, url] = /DevTools listening on (ws:\S+)/.exec(line) ?? [];
    if (url !== undefined) {
      child.stderr.resume();
      return url;
    }
  }
  throw new Error('the browser ended before it could be driven');
}

/** One tab of it. */
export class Tab {
  readonly #send: (method: string, params?: object) => Promise<Readonly<Record<string, unknown>>>;
  readonly #loaded: () => Promise<void>;
  constructor(send: Tab['send'], loaded: () => Promise<void>) {
    this.#send = send;
    this.#loaded = loaded;
  }

  send(method: string, params?: object): Promise<Readonly<Record<string, unknown>>> {
    return this.#send(method, params);
  }

  async open(url: string, { width, height = 800, scheme = 'light' }: View): Promise<void> {
    await this.#send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: width < 500,
    });
    await this.#send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    });
    await this.arriving(() => this.#send('Page.navigate', { url }));
  }

  /** Does something after which another page is loaded, and waits for that. */
  async arriving(act: () => Promise<unknown>): Promise<void> {
    const loaded = this.#loaded();
    await act();
    await loaded;
  }

  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = (await this.#send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })) as { result: { value: T }; exceptionDetails?: { text: string } };
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
    return result.value;
  }

  async press(key: string, code: number, text?: string): Promise<void> {
    const event = { key, code: key, windowsVirtualKeyCode: code, ...(text === undefined ? {} : { text }) };
    await this.#send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
    await this.#send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  async photo(isWhole = true): Promise<Buffer> {
    const { data } = await this.#send('Page.captureScreenshot', { captureBeyondViewport: isWhole });
    return Buffer.from(String(data), 'base64');
  }
}

export interface Browser {
  tab(): Promise<Tab>;
  close(): Promise<void>;
}

export async function launchChromium({ file, env }: FoundChromium): Promise<Browser> {
  const directory = mkdtempSync(join(tmpdir(), 'bailiwick-chromium-'));
  const child = spawn(
    file,
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--hide-scrollbars',
      '--remote-debugging-port=0',
      `--user-data-dir=${directory}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } },
  );
  const socket = new WebSocket(await endpointOf(child));
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  const waiting = new Map<number, (reply: Reply) => void>();
  const loads = new Map<string, (() => void)[]>();
  socket.addEventListener('message', ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply;
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply);
    if (reply.method === 'Page.loadEventFired')
      for (const tell of loads.get(reply.sessionId ?? '')?.splice(0) ?? []) tell();
  });
  let last = 0;
  const send = async (method: string, params: object = {}, sessionId?: string) => {
    last += 1;
    const id = last;
    const answered = new Promise<Reply>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    const { result = {}, error } = await answered;
    waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  return {
    async tab() {
      const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      const session = String(sessionId);
      loads.set(session, []);
      const tab = new Tab(
        (method, params) => send(method, params, session),
        () => new Promise((resolve) => loads.get(session)?.push(resolve)),
      );
      await tab.send('Page.enable');
      return tab;
    },
    async close() {
      const ended = once(child, 'exit');
      // It may be gone before it answers, or answer and not go.
      void send('Browser.close').catch(() => child.kill());
      const kill = setTimeout(() => child.kill('SIGKILL'), CLOSE_MILLISECONDS);
      await ended;
      clearTimeout(kill);
      socket.close();
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
