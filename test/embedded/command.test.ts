// The command as a user has it: what it says, how it ends, and that it leaves nothing half-started.
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bailiwick, REPOSITORY, type Said } from '../support/command.ts';
import { until } from '../support/poll.ts';
import {
  ask,
  brokerForTest,
  demoAgentToken,
  E2E_CONFIG,
  QUICKSTART,
  temporaryDirectory,
} from './support/broker.ts';

/** Wrong use, or a config that can't be run: exit code 2, a sentence, and no stack of the program's own. */
function expectSentence({ code, out, err }: Said, words: RegExp): void {
  expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringMatching(words) });
  expect(err).not.toMatch(/\n\s+at |Error:|node:internal/);
}

describe('start', () => {
  test('says where it is ready, and is', async () => {
    const broker = await brokerForTest(['--data', join(temporaryDirectory(), 'new')]);
    expect((await ask(`${broker.url}/healthz`, 'GET')).body).toEqual({ status: 'ok' });
    const [first] = broker.out().split('\n');
    expect(first).toBe(`bailiwick ready ${broker.url}`);
    expect(await broker.stop()).toBe(0);
    await expect(fetch(`${broker.url}/healthz`)).rejects.toThrow();
  });

  test('keeps what it stores to its own user', async () => {
    const data = join(temporaryDirectory(), 'data');
    const broker = await brokerForTest(['--data', data]);
    const token = demoAgentToken(data);
    const capabilities = [{ capability: 'demo-aws:read', parameters: { prefix: 'a' } }];
    await ask(`${broker.url}/v1/tasks`, 'POST', token, { purpose: 'x', capabilities });
    expect(statSync(data).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(data)) {
      const stats = statSync(join(data, name));
      // SQLite makes the lock's journal before the lock can be closed to others; both hold nothing.
      if (stats.isFile() && name !== 'bailiwick.lock-journal')
        expect([name, stats.mode & 0o077]).toEqual([name, 0]);
    }
  });

  test('closes a directory of its own to others, and leaves alone one that holds other things', async () => {
    const [own, shared] = [temporaryDirectory(), temporaryDirectory()];
    writeFileSync(join(shared, 'notes.txt'), 'somebody else reads this');
    for (const data of [own, shared]) {
      chmodSync(data, 0o755);
      await (await brokerForTest(['--data', data])).stop();
    }
    expect([own, shared].map((data) => statSync(data).mode & 0o777)).toEqual([0o700, 0o755]);
  });

  test('works from another working directory, where its data then is', async () => {
    const cwd = temporaryDirectory();
    const broker = await brokerForTest([], { cwd });
    expect(existsSync(join(cwd, '.bailiwick', 'bailiwick.db'))).toBe(true);
    const said = await bailiwick(['demo', 'token', 'demo-agent'], { cwd });
    const capabilities = [{ capability: 'demo-aws:read', parameters: { prefix: 'a' } }];
    const body = { purpose: 'x', capabilities };
    expect((await ask(`${broker.url}/v1/tasks`, 'POST', said.out.trim(), body)).status).toBe(201);
  });

  test('with --durable, too', async () => {
    const broker = await brokerForTest(['--data', temporaryDirectory(), '--durable']);
    expect(await broker.stop('SIGTERM')).toBe(0);
  });

  test('from a config that `init` wrote', async () => {
    const config = join(temporaryDirectory(), 'mine');
    const said = await bailiwick(['init', config]);
    expect(said.code).toBe(0);
    expect((await bailiwick(['check', config])).code).toBe(0);
    const broker = await brokerForTest(['--config', config, '--data', temporaryDirectory()]);
    await until('the walk', () => (broker.out().includes('demo token demo-agent') ? true : undefined));
  });

  test('prints warnings of the config, and starts', async () => {
    const config = join(temporaryDirectory(), 'mine');
    await bailiwick(['init', config]);
    writeFileSync(join(config, 'agents', 'extra.json'), '{}');
    const broker = await brokerForTest(['--config', config, '--data', temporaryDirectory()]);
    await until('the warning', () =>
      /^agents\/extra\.json:1: warning: /m.test(broker.err()) ? true : undefined,
    );
  });
});

describe('start refuses', () => {
  const start = (...args: string[]) => bailiwick(['start', '--port', '0', ...args]);

  test('a port that is taken, and leaves nothing behind', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const data = join(temporaryDirectory(), 'data');
    expectSentence(
      await bailiwick(['start', '--port', String(port), '--data', data]),
      new RegExp(`^The port ${port} is taken\\.[^\\n]*--port\\.\\n$`),
    );
    expect(existsSync(data)).toBe(false);
  });

  test('a data directory that another broker uses, which goes on', async () => {
    const data = temporaryDirectory();
    const first = await brokerForTest(['--data', data]);
    expectSentence(
      await start('--data', data),
      /^Another broker is using the data directory [^\n]*--data\.\n$/,
    );
    expect((await ask(`${first.url}/healthz`, 'GET')).status).toBe(200);
  });

  test.for([
    ['is a file', (base: string) => join(base, 'file')],
    ['is below a file', (base: string) => join(base, 'file', 'data')],
    ['holds a directory where its database should be', (base: string) => join(base, 'odd')],
  ] as const)('a data directory that %s', async ([, place]) => {
    const base = temporaryDirectory();
    writeFileSync(join(base, 'file'), 'not a directory');
    mkdirSync(join(base, 'odd', 'bailiwick.db'), { recursive: true });
    const data = place(base);
    const said = await start('--data', data);
    expectSentence(said, /^The data directory [^\n]* can't be written \(\w+\)\.[^\n]*--data\.\n$/);
    expect(said.err).toContain(data);
    expect(readFileSync(join(base, 'file'), 'utf8')).toBe('not a directory');
  });

  // A directory that refuses to hold others, as root meets it: Node's own recursive mkdir never returns from it.
  test.runIf(process.platform === 'linux')('a data directory that can never be, at once', async () => {
    expectSentence(
      await start('--data', '/proc/bailiwick/data'),
      /^The data directory [^\n]* can't be written/,
    );
    const said = await bailiwick(['demo', 'token', 'demo-agent', '--data', '/proc/bailiwick']);
    expect(said.code).toBe(2);
  });

  test('a database of a later version, and leaves it as it is', async () => {
    const data = temporaryDirectory();
    const database = new DatabaseSync(join(data, 'bailiwick.db'));
    database.exec('PRAGMA user_version = 9999');
    database.close();
    expectSentence(await start('--data', data), /newer|later/);
  });

  test('a database that is none', async () => {
    const data = temporaryDirectory();
    writeFileSync(join(data, 'bailiwick.db'), 'This is no database, but a text of some length. '.repeat(100));
    expectSentence(await start('--data', data), /^The file bailiwick\.db in [^\n]* is damaged\.[^\n]*\n$/);
  });

  const PRIVATE = ['task-token-keys.json', 'masking-keys.json', 'demo-issuer.json'];

  test.for([...PRIVATE, 'sealing-key.json', 'signing-key.pem'])('a %s that is broken', async (name) => {
    const data = temporaryDirectory();
    writeFileSync(join(data, name), '{', { mode: 0o600 });
    expectSentence(await start('--data', data), new RegExp(name.replaceAll('.', '\\.')));
  });

  test.for([...PRIVATE, 'signing-key.pem'])('a %s that others may read', async (name) => {
    const data = temporaryDirectory();
    await (await brokerForTest(['--data', data])).stop();
    chmodSync(join(data, name), 0o640);
    expectSentence(await start('--data', data), /^Others may read [^\n]*chmod 600[^\n]*\n$/);
    chmodSync(join(data, name), 0o600);
    await brokerForTest(['--data', data]);
  });

  test('secrets that others may read, and says how to mend it', async () => {
    const secrets = join(temporaryDirectory(), 'secrets.json');
    writeFileSync(secrets, '{"prod/x": {"token": "not-to-be-shown"}}');
    chmodSync(secrets, 0o644);
    const data = join(temporaryDirectory(), 'data');
    const said = await start('--data', data, '--secrets', secrets);
    expect(existsSync(data)).toBe(false);
    expectSentence(said, /^Others may read the secrets file [^\n]*chmod 600[^\n]*\n$/);
    expect(said.err).not.toContain('not-to-be-shown');
    chmodSync(secrets, 0o600);
    await brokerForTest(['--data', temporaryDirectory(), '--secrets', secrets]);
  });

  test('secrets of another form, without showing them', async () => {
    const data = temporaryDirectory();
    writeFileSync(join(data, 'secrets.json'), '{"prod/x": "not-to-be-shown"}', { mode: 0o600 });
    const said = await start('--data', data);
    expectSentence(said, /^The secrets file [^\n]* the secret "prod\/x" is not of the form [^\n]*\n$/);
    expect(said.err).not.toContain('not-to-be-shown');
  });

  test('secrets that are a directory', async () => {
    const secrets = temporaryDirectory();
    expectSentence(await start('--data', temporaryDirectory(), '--secrets', secrets), /secrets/);
  });

  test('a broken config, with each fault by file and line', async () => {
    const config = join(temporaryDirectory(), 'mine');
    await bailiwick(['init', config]);
    writeFileSync(join(config, 'agents', 'demo-agent.yaml'), 'id: demo-agent\nowner: nobody\n');
    const said = await start('--config', config, '--data', temporaryDirectory());
    expectSentence(said, /^The config in [^\n]* can't be used:\nagents\/demo-agent\.yaml:\d+: /);
  });

  test('a config that is nowhere', async () => {
    const said = await start('--config', '/nowhere/at/all', '--data', temporaryDirectory());
    expectSentence(said, /\/nowhere\/at\/all/);
  });

  test.for([
    ['--port', '-1'],
    ['--port', '65536'],
    ['--port', '0x50'],
    ['--prot', '80'],
    ['somewhere'],
    ['--config'],
  ])('%s %s', async (args) => {
    const data = temporaryDirectory();
    const said = await bailiwick(['start', '--data', join(data, 'data'), ...args]);
    expectSentence(said, /\S/);
    expect(existsSync(join(data, 'data'))).toBe(false);
  });
});

describe('help and version', () => {
  test.for([['--help'], ['start', '--help'], ['demo', 'token', '-h']])(
    '%s %s prints the usage',
    async (args) => {
      const { code, out, err } = await bailiwick(args);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      for (const command of ['start', 'init', 'check', 'demo token']) expect(out).toContain(command);
    },
  );

  test('without a command, the usage, as wrong use', async () => {
    const { code, out, err } = await bailiwick([]);
    expect(code).toBe(2);
    expect(out + err).toContain('usage: bailiwick');
  });

  test('the version is that of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
    expect(await bailiwick(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  test.for(['strat', 'constructor'])('there is no command %s', async (name) => {
    expectSentence(await bailiwick([name]), /^There is no command/);
  });
});

describe('check', () => {
  test('the config of the black-box tests has no fault, embedded and deployed', async () => {
    for (const more of [[], ['--deployed']]) {
      const said = await bailiwick(['check', E2E_CONFIG, ...more]);
      expect(said).toEqual({ code: 0, out: expect.stringMatching(/^ok: [^\n]*\n$/), err: '' });
    }
  });

  test('the quickstart is for one machine only', async () => {
    expect((await bailiwick(['check', QUICKSTART])).code).toBe(0);
    const { code, out, err } = await bailiwick(['check', QUICKSTART, '--deployed']);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/^broker\.yaml:\d+: .*publicUrl/m);
    expect(out).toMatch(/^broker\.yaml:\d+: the demo issuer/m);
  });

  test('faults are exit code 1, wrong use is 2', async () => {
    expect((await bailiwick(['check', '/nowhere/at/all'])).code).toBe(1);
    expectSentence(await bailiwick(['check', QUICKSTART, E2E_CONFIG]), /usage/);
    expectSentence(await bailiwick(['check', '--deplyed']), /usage/);
  });
});

describe('init', () => {
  test('never writes where something is', async () => {
    const dir = temporaryDirectory();
    writeFileSync(join(dir, 'notes.txt'), 'mine');
    expectSentence(await bailiwick(['init', dir]), /not empty/);
    expectSentence(await bailiwick(['init', join(dir, 'notes.txt')]), /not a directory/);
    expectSentence(await bailiwick(['init']), /usage/);
    expect(readdirSync(dir)).toEqual(['notes.txt']);
  });
});
