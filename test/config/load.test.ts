// What holds of every config: its digest, its data, and that nothing in a file breaks the loader.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMap, parseDocument, type YAMLMap } from 'yaml';
import { type Config, type Fault, packConfig, unpackConfig } from '../../src/config/index.ts';
import { loadConfig } from '../../src/config/loading/index.ts';
import { BASE, directoryOf, emptyDirectory, filesOf, QUICKSTART, writeFiles } from './support.ts';

const RICH: Readonly<Record<string, string>> = filesOf(QUICKSTART);

async function configOf(dir: string): Promise<Config> {
  const loaded = await loadConfig(dir, { mode: 'embedded' });
  if ('faults' in loaded) throw new Error(JSON.stringify(loaded.faults));
  return loaded.config;
}

async function faultsOf(dir: string): Promise<readonly Fault[]> {
  const loaded = await loadConfig(dir, { mode: 'embedded' });
  return 'faults' in loaded ? loaded.faults : [];
}

describe('the digest', () => {
  test('depends neither on where the files are nor on the order they were written in', async () => {
    const { digest } = await configOf(directoryOf(BASE));
    const names = fc.shuffledSubarray(Object.keys(BASE), { minLength: Object.keys(BASE).length });
    await fc.assert(
      fc.asyncProperty(names, async (order) => {
        const files = Object.fromEntries(order.map((name) => [name, BASE[name] ?? '']));
        expect((await configOf(directoryOf(files))).digest).toBe(digest);
      }),
      { numRuns: 10 },
    );
  });

  test('is SHA-256 in hex, and changes with every byte and every name', async () => {
    const { digest } = await configOf(directoryOf(BASE));
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    const others = [
      ...Object.entries(BASE).map(([name, text]) => ({ ...BASE, [name]: `${text}\n` })),
      ...Object.keys(BASE)
        .filter((name) => name.startsWith('policies/'))
        .map((name) => {
          const { [name]: text = '', ...rest } = BASE;
          return { ...rest, 'policies/renamed.cedar': text };
        }),
    ];
    const digests = await Promise.all(
      others.map(async (files) => (await configOf(directoryOf(files))).digest),
    );
    expect(new Set([digest, ...digests]).size).toBe(others.length + 1);
  });

  test('does not see files that are not read', async () => {
    const { digest } = await configOf(directoryOf(BASE));
    const more = {
      ...BASE,
      'schemas/x.json': '{}',
      'agents/.draft.yaml': 'x',
      'policies/tests/a.cedar': 'x',
    };
    expect((await configOf(directoryOf(more))).digest).toBe(digest);
  });
});

describe('an agent', () => {
  test('has the digest of its own file, byte for byte', async () => {
    const text = `${BASE['agents/worker.yaml']}# é\r\n`;
    const digestOf = async (files: Readonly<Record<string, string>>) =>
      (await configOf(directoryOf({ ...BASE, ...files }))).agents['worker']?.digest;
    const digest = createHash('sha256').update(text).digest('hex');
    expect(await digestOf({ 'agents/worker.yaml': text })).toBe(digest);
    const elsewhere = { 'agents/worker.yaml': text, 'broker.yaml': `${BASE['broker.yaml']}# more\n` };
    expect(await digestOf(elsewhere)).toBe(digest);
    expect(await digestOf({})).not.toBe(digest);
  });
});

describe('the data', () => {
  test('is the same after packing, frozen, and finds nothing that the files do not name', async () => {
    const config = await configOf(directoryOf(RICH));
    const unpacked = unpackConfig(packConfig(config));
    expect(unpacked).toStrictEqual(config);
    for (const one of [config, unpacked]) {
      expect(one.agents['constructor']).toBeUndefined();
      expect(one.targets['constructor']).toBeUndefined();
      expect(Object.isFrozen(one.targets['demo-aws']?.capabilities['read']?.impacts)).toBe(true);
    }
  });

  test('has the defaults, every environment and every group that is named', async () => {
    const broker = `${BASE['broker.yaml']}environments: [sandbox, test]\napprovals: { escalateTo: [on-call] }\n`;
    const config = await configOf(directoryOf({ ...BASE, 'broker.yaml': broker }));
    expect(config.broker).toMatchObject({
      timeZone: 'UTC',
      environments: ['production', 'staging', 'development', 'test', 'sandbox'],
      approvals: { expireAfterSeconds: 3600, escalateAfterSeconds: 900, escalateTo: ['on-call'] },
      humans: { groupsClaim: 'groups', claims: {} },
    });
    expect(config.agents['worker']).toMatchObject({ maxTaskSeconds: 3600, groups: [] });
    expect(config.groups).toEqual(['on-call', 'operators', 'owners', 'security']);
  });

  test('gives the demo issuer its algorithm, and people what their issuer has under issuers', async () => {
    const demo = await configOf(directoryOf(RICH));
    expect(demo.broker.issuers[0]?.algorithms).toEqual(['ES256']);
    expect(demo.broker.humans?.algorithms).toEqual(['ES256']);
    const key = '{ kty: OKP, crv: Ed25519, x: AAAA }';
    const broker = [
      'issuers:',
      `  - { issuer: https://ci.example.com, audience: a, algorithms: [EdDSA], jwks: { keys: [${key}] },`,
      '      types: [at+jwt], private: [10.0.0.0/8], claims: { kind: agent } }',
      'humans: { issuer: https://ci.example.com, audience: b, idClaim: sub, claims: { kind: person } }',
      'publicUrl: https://Broker.example.com/',
    ].join('\n');
    const files = { ...BASE, 'broker.yaml': broker, 'agents/worker.yaml': BASE['agents/worker.yaml'] ?? '' };
    const { broker: settings } = await configOf(directoryOf(files));
    expect(settings.humans).toMatchObject({
      algorithms: ['EdDSA'],
      jwks: { keys: [{ kty: 'OKP' }] },
      private: ['10.0.0.0/8'],
    });
    // What tokens must say is what keeps people and agents apart.
    expect(settings.humans?.claims).toEqual({ kind: 'person' });
    expect(settings.humans).not.toHaveProperty('types');
    expect(settings.publicUrl).toBe('https://broker.example.com');
  });
});

/** Mappings whose keys the operator chooses. */
const OPEN =
  /(?:^|\.)(?:claims|parameters|conditions|columns|detectors|keys|paths|query|body)$|^capabilities$|\.conditions\.[^.]+$/;

function closedMaps(text: string): readonly (readonly (string | number)[])[] {
  const walk = (value: unknown, path: readonly (string | number)[]): (readonly (string | number)[])[] => {
    if (value === null || typeof value !== 'object') return [];
    const entries: [string | number, unknown][] = Array.isArray(value)
      ? [...value.entries()]
      : Object.entries(value);
    const own = Array.isArray(value) || OPEN.test(path.join('.')) ? [] : [path];
    return [...own, ...entries.flatMap(([key, inner]) => walk(inner, [...path, key]))];
  };
  return walk(parseDocument(text).toJS(), []);
}

test('any one unknown key, anywhere, is the one fault, on its own line', async () => {
  const places = Object.entries(RICH)
    .filter(([file]) => file.endsWith('.yaml') && !file.startsWith('policies/tests/'))
    .flatMap(([file, text]) => closedMaps(text).map((path) => ({ file, path })));
  expect(places.length).toBeGreaterThan(20);
  const key = fc.stringMatching(/^[a-z]{3,8}Zz$/);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), key, fc.nat(9), async ({ file, path }, name, position) => {
      const doc = parseDocument(RICH[file] ?? '');
      const map = path.length === 0 ? doc.contents : doc.getIn(path, true);
      if (!isMap(map)) throw new Error('not a mapping');
      (map as YAMLMap).items.splice(position, 0, doc.createPair(name, 'x') as never);
      const text = doc.toString({ lineWidth: 0 });
      const line = text.slice(0, text.indexOf(name)).split('\n').length;
      const faults = await faultsOf(directoryOf({ ...RICH, [file]: text }));
      expect(faults).toEqual([
        { file, line, problem: expect.stringContaining(`\`${name}\` is not a known key`) },
      ]);
    }),
    { numRuns: 60 },
  );
});

function scalars(text: string): readonly (readonly (string | number)[])[] {
  const walk = (value: unknown, path: readonly (string | number)[]): (readonly (string | number)[])[] => {
    if (value === null || typeof value !== 'object') return [path];
    const entries: [string | number, unknown][] = Array.isArray(value)
      ? [...value.entries()]
      : Object.entries(value);
    return entries.flatMap(([key, inner]) => walk(inner, [...path, key]));
  };
  return walk(parseDocument(text).toJS(), []);
}

test('any one value in brackets that do not belong there is a fault of its own file, and of no policy', async () => {
  const places = Object.entries(RICH)
    .filter(([file]) => file.endsWith('.yaml') && !file.startsWith('policies/tests/'))
    .flatMap(([file, text]) => scalars(text).map((path) => ({ file, path })));
  expect(places.length).toBeGreaterThan(40);
  for (const { file, path } of places) {
    const doc = parseDocument(RICH[file] ?? '');
    doc.setIn(path, [[[doc.getIn(path)]]]);
    const faults = await faultsOf(directoryOf({ ...RICH, [file]: doc.toString({ lineWidth: 0 }) }));
    const files = faults.map((fault) => fault.file);
    expect(files, `${file} ${path.join('.')}`).toContain(file);
    expect(files.join(), `${file} ${path.join('.')}`).not.toContain('policies/');
  }
});

describe('broken bytes', () => {
  const file = fc.constantFrom(...Object.keys(BASE));

  test('never make it throw', async () => {
    await fc.assert(
      fc.asyncProperty(file, fc.uint8Array({ maxLength: 200 }), async (name, bytes) => {
        const loaded = await loadConfig(directoryOf({ ...BASE, [name]: bytes }), { mode: 'deployed' });
        const faults = 'faults' in loaded ? loaded.faults : [];
        expect(faults.every(({ line }) => Number.isInteger(line) && line >= 1)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('nor do bytes put into, or left out of, good files', async () => {
    await fc.assert(
      fc.asyncProperty(
        file,
        fc.nat(),
        fc.nat(9),
        fc.string({ maxLength: 9, unit: 'binary' }),
        async (name, at, cut, put) => {
          const text = BASE[name] ?? '';
          const start = at % text.length;
          const mutated = text.slice(0, start) + put + text.slice(start + cut);
          const loaded = await loadConfig(directoryOf({ ...BASE, [name]: mutated }), { mode: 'embedded' });
          const all = [...loaded.warnings, ...('faults' in loaded ? loaded.faults : [])];
          expect(all.every(({ problem }) => problem.length > 10 && !/undefined|\[object/.test(problem))).toBe(
            true,
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  test('that are not UTF-8 are told by their line', async () => {
    const bytes = Buffer.concat([
      Buffer.from('id: worker\n# é\npurpose: '),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\n'),
    ]);
    expect(await faultsOf(directoryOf({ ...BASE, 'agents/worker.yaml': bytes }))).toEqual([
      { file: 'agents/worker.yaml', line: 3, problem: expect.stringContaining('not UTF-8') },
    ]);
  });
});

describe('the directory', () => {
  test('that is not there is one clear fault', async () => {
    const dir = join(emptyDirectory(), 'nowhere');
    expect(await loadConfig(dir, { mode: 'embedded' })).toEqual({
      faults: [
        { file: 'broker.yaml', line: 1, problem: `the config directory ${dir} cannot be read (ENOENT)` },
      ],
      warnings: [],
    });
  });

  test('may be a link, and hold links that stay inside', async () => {
    const dir = directoryOf({});
    writeFiles(join(dir, '..data'), BASE);
    for (const name of ['broker.yaml', 'agents', 'targets', 'policies'])
      symlinkSync(`..data/${name}`, join(dir, name));
    const link = join(emptyDirectory(), 'link');
    symlinkSync(dir, link);
    expect((await configOf(link)).digest).toBe((await configOf(directoryOf(BASE))).digest);
  });

  test('is not left by links', async () => {
    const outside = directoryOf({ 'secret.yaml': 'id: outside\n', 'agents/a.yaml': 'id: outside\n' });
    const dir = directoryOf(BASE);
    symlinkSync(join(outside, 'secret.yaml'), join(dir, 'targets', 'linked.yaml'));
    renameSync(join(dir, 'agents'), join(dir, 'agents-away'));
    symlinkSync(join(outside, 'agents'), join(dir, 'agents'));
    symlinkSync('nowhere', join(dir, 'policies', 'dangling.cedar'));
    expect(await faultsOf(dir)).toEqual([
      { file: 'agents', line: 1, problem: expect.stringContaining('leaves the config directory') },
      { file: 'policies/dangling.cedar', line: 1, problem: 'cannot be read (ENOENT)' },
      {
        file: 'targets/linked.yaml',
        line: 1,
        problem: expect.stringContaining('leaves the config directory'),
      },
    ]);
  });

  test('holds regular files of at most a mebibyte, and not too many', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 10_001 }, (_, index) => [`targets/t${index}.yaml`, '']),
    );
    const dir = directoryOf({ ...BASE, ...many, 'agents/large.yaml': `#${' '.repeat(1024 * 1024)}` });
    mkdirSync(join(dir, 'agents', 'folder.yaml'));
    execFileSync('sh', ['-c', 'mkfifo "$0"', join(dir, 'agents', 'pipe.yaml')]);
    expect(await faultsOf(dir)).toEqual([
      { file: 'agents/folder.yaml', line: 1, problem: 'is not a regular file' },
      { file: 'agents/large.yaml', line: 1, problem: 'has more than 1024 KiB: split it up' },
      { file: 'agents/pipe.yaml', line: 1, problem: 'is not a regular file' },
      { file: 'targets', line: 1, problem: expect.stringContaining('more than 10000 files') },
    ]);
  });
});
