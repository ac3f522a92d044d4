// `bailiwick init` and `bailiwick check`, as a person uses them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCheck } from '../../src/cli/check.ts';
import { initConfig, runInit } from '../../src/cli/init.ts';
import { runTest } from '../../src/cli/policy/test.ts';
import { BASE, directoryOf, emptyDirectory, filesOf, QUICKSTART } from './support.ts';

function lines() {
  const out: string[] = [];
  const err: string[] = [];
  return {
    out,
    err,
    to: { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) },
  };
}

describe('init', () => {
  test('writes a config that has neither fault nor warning, where there was no directory', async () => {
    const dir = join(emptyDirectory(), 'deep', 'new');
    const said = lines();
    expect(await runInit([dir], said.to)).toBe(0);
    expect(said.out.join('\n')).toContain(`npx bailiwick check ${dir}`);
    const checked = lines();
    expect(await runCheck([dir], checked.to)).toBe(0);
    expect(checked.out).toEqual([
      expect.stringMatching(/^ok: 1 agent, 3 targets, 8 policies, digest [0-9a-f]{64}$/),
    ]);
  });

  test('copies the quickstart, with the schemas where each file says', async () => {
    const dir = emptyDirectory();
    expect(await initConfig(dir, lines().to)).toBe(0);
    const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.\w+$/.test(name),
    );
    expect(files.length).toBeGreaterThan(6);
    for (const file of files) {
      const text = readFileSync(join(dir, file), 'utf8');
      expect(text).toBe(readFileSync(join(QUICKSTART, file), 'utf8'));
      if (!file.endsWith('.yaml') || file.startsWith('policies')) continue;
      const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
      expect(readFileSync(join(dir, file, '..', schema), 'utf8')).toContain('"$schema"');
    }
  });

  test('copies the cases of its policies, all of which hold and which touch every policy', async () => {
    const dir = emptyDirectory();
    expect(await initConfig(dir, lines().to)).toBe(0);
    const cases = (of: string) => Object.keys(filesOf(join(of, 'policies', 'tests'))).sort();
    expect(cases(dir)).toEqual(cases(QUICKSTART));
    const said = lines();
    expect({ code: await runTest([dir], said.to), err: said.err }).toEqual({ code: 0, err: [] });
    expect(said.out).toEqual([
      expect.stringMatching(/^\d+ cases passed, 0 failed; 8 of 8 policies touched$/),
    ]);
  });

  test('leaves alone what is there', async () => {
    const dir = directoryOf({ 'notes.txt': 'mine' });
    const said = lines();
    expect(await runInit([dir], said.to)).toBe(2);
    expect(said.err).toEqual([`${dir} is not empty: name a new directory`]);
    expect(readdirSync(dir)).toEqual(['notes.txt']);
    expect(await runInit([join(dir, 'notes.txt')], said.to)).toBe(2);
    expect(await runInit([join(dir, 'notes.txt', 'below')], said.to)).toBe(2);
  });

  test.each([[[]], [['a', 'b']], [['--force', 'a']]])('is used wrongly with %j', async (args) => {
    const said = lines();
    expect(await runInit(args, said.to)).toBe(2);
    expect(said.err.join('\n')).toContain('usage: bailiwick init DIR');
  });
});

describe('check', () => {
  test('prints warnings and faults with their places and exits 1', async () => {
    const broker = (BASE['broker.yaml'] ?? '').replace('audience: bailiwick\n', 'audience: 7\n');
    const dir = directoryOf({ ...BASE, 'broker.yaml': broker, 'agents/a.yml': '' });
    const said = lines();
    expect(await runCheck(['--config', dir], said.to)).toBe(1);
    expect(said.out).toEqual([
      'agents/a.yml:1: warning: is not read: only agents/*.yaml is',
      'broker.yaml:4: `issuers[0].audience` must be text, not `7`; put it in quotes',
    ]);
  });

  test('judges as synth does when asked to', async () => {
    const said = lines();
    expect(await runCheck([QUICKSTART, '--deployed'], said.to)).toBe(1);
    expect(said.out.filter((line) => line.includes('demo issuer'))).toHaveLength(2);
  });

  test('prints one line a fault, whatever a file is called', async () => {
    const said = lines();
    expect(await runCheck([directoryOf({ ...BASE, 'agents/a\n\u001b[2Jb.yaml': '' })], said.to)).toBe(1);
    expect(said.out).toHaveLength(1);
    expect(said.out[0]).not.toMatch(/\p{Cc}/u);
  });

  test.each([[['a', 'b']], [['a', '--config', 'b']], [['--nonsense']]])(
    'is used wrongly with %j',
    async (args) => {
      const said = lines();
      expect(await runCheck(args, said.to)).toBe(2);
      expect(said.err.join('\n')).toContain('usage: bailiwick check');
    },
  );
});
