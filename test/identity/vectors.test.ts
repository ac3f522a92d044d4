// `npm run vectors` on vectors of our own, in the shape of Project Wycheproof's.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/vectors.ts', import.meta.url));

function vectors(...names: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  const files = names.map((name) => fileURLToPath(new URL(`../cases/vectors/${name}`, import.meta.url)));
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [SCRIPT, ...files], (_, out, err) => {
      resolve({ code: child.exitCode ?? -1, out: out + err });
    });
  });
}

it('agrees with what is right', async () => {
  const { code, out } = await vectors('agreeing.json');
  expect(out).toMatch(/: 13 vectors, 12 agreed, 0 stricter, 0 wrongly accepted, 1 not signed\n$/);
  expect(code).toBe(0);
});

it('lists what it refuses on purpose, with the reason', async () => {
  const { code, out } = await vectors('stricter.json');
  expect(out.match(/^stricter: tcId \d+ \(.+\) .+: [a-z_]+, since .+$/gm)).toHaveLength(4);
  expect(out).toMatch(/: 4 vectors, 0 agreed, 4 stricter, 0 wrongly accepted, 0 not signed\n$/);
  expect(code).toBe(0);
});

it('fails where it accepts what is marked invalid', async () => {
  const { code, out } = await vectors('wrong.json', 'agreeing.json');
  expect(out).toContain('wrongly accepted: tcId 2 (es256) not invalid at all\n');
  expect(out).toContain('12 agreed');
  expect(code).toBe(1);
});

it('says when there is nothing to run', async () => {
  expect(await vectors()).toEqual({ code: 2, out: expect.stringContaining('usage: npm run vectors') });
  expect((await vectors('missing.json')).code).toBe(2);
  expect((await vectors('../../../package.json')).code).toBe(2);
});
