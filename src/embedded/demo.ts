// The demo target where a config names it: started with the first that does, and stopped with the broker.
import type { Config } from '../config/index.ts';
import type { Ids } from '../ports/ids.ts';
import { Secret } from '../shared/secret.ts';
import { type DemoTarget, namesDemoTarget, startDemoTarget, withDemoTarget } from './demo-target.ts';

export interface Demo {
  /** Made at start, and good for nothing but the demo target. */
  readonly key: Secret;
  /** The config with the demo target's address in it, where it names the demo target. */
  within(config: Config): Promise<Config>;
  /** Where the demo target is, if it runs. */
  url(): string | undefined;
  stop(): Promise<void>;
}

export function createDemo(ids: Ids): Demo {
  const key = new Secret(Buffer.from(ids.random(24)).toString('base64url'));
  let target: Promise<DemoTarget> | undefined;
  let url: string | undefined;
  return {
    key,
    within: async (config) => {
      if (!namesDemoTarget(config)) return config;
      target ??= startDemoTarget({ key });
      const running = await target;
      url = running.url;
      return withDemoTarget(config, running);
    },
    url: () => url,
    stop: async () => (await target)?.close(),
  };
}
