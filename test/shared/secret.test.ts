// A secret never prints, whatever prints it.
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { Logger } from '@aws-lambda-powertools/logger';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Secret } from '../../src/shared/secret.ts';

const VALUE = 'canary-Zk3v9';
const secret = new Secret(VALUE);
const holder = { deep: [{ secret }], map: new Map([['secret', secret]]), set: new Set([secret]) };

function printedBy(print: (console: Console) => void): string {
  let text = '';
  const stream = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  print(new Console({ stdout: stream, stderr: stream }));
  return text;
}

const PRINTERS: Readonly<Record<string, () => string>> = {
  'console.log': () => printedBy((console) => console.log(secret, holder)),
  'console.error with %s %o %O %j %d': () =>
    printedBy((console) => console.error('%s %o %O %j %d', secret, secret, holder, secret, secret)),
  'console.dir with everything shown': () =>
    printedBy((console) => console.dir(holder, { showHidden: true, depth: null, getters: true })),
  'console.table': () => printedBy((console) => console.table([{ secret }])),
  'util.inspect without custom inspection': () =>
    inspect(holder, { customInspect: false, showHidden: true, depth: null }),
  'util.format': () => format('%s|%j|%o', secret, holder, holder),
  'JSON.stringify': () => JSON.stringify({ secret, list: [secret] }),
  'a template': () => `${secret}`,
  concatenation: () => `a${String(secret)}${[secret].join()}`,
  'a number': () => String(Number(secret)),
  "an error's message, stack and cause": () =>
    inspect(new Error(`no: ${secret}`, { cause: { secret } }), { depth: null, showHidden: true }),
  'its own members': () =>
    JSON.stringify([Object.entries(secret), Reflect.ownKeys(secret).map(String), { ...secret }]),
  'a structured clone': () => inspect(structuredClone({ secret }), { depth: null, showHidden: true }),
};

describe('a Secret', () => {
  it.each(Object.entries(PRINTERS))('is not shown by %s', (_, print) => {
    const printed = print();
    expect(printed).not.toContain(VALUE);
    expect(printed).not.toContain(Buffer.from(VALUE).toString('base64').slice(0, 8));
  });

  it.each(['a template', 'JSON.stringify', 'util.format', 'console.log'])('says what it is in %s', (name) => {
    expect(PRINTERS[name]?.()).toContain('[secret]');
  });

  it('opens for whoever asks for it', () => {
    expect(secret.open()).toBe(VALUE);
  });

  describe('in the structured log', () => {
    afterEach(() => vi.restoreAllMocks());

    it('is not shown, neither as a field nor inside one nor in an error', () => {
      const lines: string[] = [];
      const logger = new Logger({ logLevel: 'DEBUG' });
      for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
        const sink = (...parts: unknown[]) => void lines.push(parts.map(String).join(' '));
        vi.spyOn(Reflect.get(logger, 'console') as Console, method).mockImplementation(sink);
      }
      logger.info('message', { secret, holder: { secret } });
      logger.error('message', new Error(`no: ${secret}`, { cause: { secret } }));
      expect(lines).toHaveLength(2);
      expect(lines.join('\n')).toContain('[secret]');
      expect(lines.join('\n')).not.toContain(VALUE);
    });
  });
});
