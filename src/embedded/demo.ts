// The demo target where a config names it: started with the first that does, and stopped with the broker.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../config/index.ts';
import type { Ids } from '../ports/ids.ts';
import { Secret } from '../shared/secret.ts';
import { type DemoTarget, namesDemoTarget, startDemoTarget, withDemoTarget } from './demo-target.ts';
import { replacePrivate } from './private-file.ts';

export interface Demo {
  /** Made at start, and good for nothing but the demo target. */
  readonly key: Secret;
  /** The config with the demo target's address in it, where it names the demo target. */
  within(config: Config): Promise<Config>;
  /** Where the demo target is, if it runs. */
  url(): string | undefined;
  stop(): Promise<void>;
}

interface Surroundings {
  readonly data: string;
  /** The broker's own, which it may not have begun to listen at. */
  readonly port: number;
}

const FILE = 'demo-target.json';
const remembered = z.object({ port: z.int().min(1024).max(65_535) });

async function portBefore(data: string): Promise<number | undefined> {
  try {
    return remembered.parse(JSON.parse(await readFile(join(data, FILE), 'utf8'))).port;
  } catch {
    // There was none, or somebody has written something else there: it is a convenience only.
    return undefined;
  }
}

async function rememberPort(data: string, port: number): Promise<void> {
  try {
    await replacePrivate(join(data, FILE), JSON.stringify({ port }));
  } catch {
    // Then what waits for people at the next restart becomes void.
  }
}

/** Where it was before, if that is free: what people approve of a target holds for that address only. */
async function startAgain(key: Secret, { data, port: taken }: Surroundings): Promise<DemoTarget> {
  const before = await portBefore(data);
  if (before !== undefined && before !== taken) {
    const again = await startDemoTarget({ key, port: before }).catch(() => undefined);
    if (again !== undefined) return again;
  }
  const target = await startDemoTarget({ key });
  await rememberPort(data, Number(new URL(target.url).port));
  return target;
}

/** Nothing is read or written, and nothing listens, before a config is asked about. */
export function createDemo(ids: Ids, surroundings: Surroundings): Demo {
  const key = new Secret(Buffer.from(ids.random(24)).toString('base64url'));
  let target: Promise<DemoTarget> | undefined;
  let url: string | undefined;
  return {
    key,
    within: async (config) => {
      if (!namesDemoTarget(config)) return config;
      target ??= startAgain(key, surroundings);
      const running = await target;
      url = running.url;
      return withDemoTarget(config, running);
    },
    url: () => url,
    stop: async () => (await target)?.close(),
  };
}
