// A directory in place of a checked config: the same config, or the same refusal, though nobody waits for it.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ConfigRefused, checkedConfig } from '../../infra/checked-config.ts';
import { deployable } from '../../infra/config-directory.ts';
import { packConfig } from '../../src/config/index.ts';
import { EXAMPLE } from './deployment.ts';

const PROGRAM = fileURLToPath(new URL('../../infra/check-config.ts', import.meta.url));

function without(file: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'bailiwick-config-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(EXAMPLE, directory, { recursive: true });
  rmSync(join(directory, file), { recursive: true });
  return directory;
}

test('gives the very config that loading it does, frozen as that one is', async () => {
  const loaded = await checkedConfig(EXAMPLE);
  const config = deployable(EXAMPLE);
  // To the byte: what a function carries, and so the hash of its code, is the same whichever was given.
  expect(packConfig(config)).toBe(packConfig(loaded));
  expect(Object.isFrozen(config.agents)).toBe(true);
  expect(Object.getPrototypeOf(config.agents)).toBe(null);
});

test('takes a config that was checked as it is', async () => {
  const loaded = await checkedConfig(EXAMPLE);
  expect(deployable(loaded)).toBe(loaded);
});

test.each(['targets', 'broker.yaml', '.'])('refuses one without %s as loading it does', async (file) => {
  const directory = without(file);
  const refusal: unknown = await checkedConfig(directory).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(ConfigRefused);
  const { message, faults } = refusal as ConfigRefused;
  expect(() => deployable(directory)).toThrow(
    expect.objectContaining({ name: 'ConfigRefused', message, faults }),
  );
});

test('is not led astray by what else is printed, as a module that every program loads may do', () => {
  const noisy = join(without('.'), 'noisy.cjs');
  mkdirSync(dirname(noisy), { recursive: true });
  writeFileSync(noisy, 'console.log("{ loaded: true }"); process.on("exit", () => console.log("gone"));');
  vi.stubEnv('NODE_OPTIONS', `--require=${JSON.stringify(noisy)}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(deployable(EXAMPLE).agents).toHaveProperty('report-builder');
});

test('says its warnings where people look, beside what it hands over', () => {
  const { status, stderr, output } = spawnSync(
    process.execPath,
    [PROGRAM, without('policies/default.cedar')],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
  );
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: expect.stringMatching(/^warning: policies:1: .+\n$/),
  });
  const [, printed, , handedOver] = output;
  expect(printed).toBe('');
  expect(JSON.parse(handedOver ?? '')).toHaveProperty('config.digest');
});
