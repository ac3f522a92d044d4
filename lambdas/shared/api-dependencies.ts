// What every function has that answers callers: its tools, the stores, what counts refused tokens in them, where it is
// reached.
import { systemClock as clock, systemIds as ids } from '../../src/adapters/system.ts';
import {
  type BrokerDependencies,
  createOnceAMinute,
  createTally,
  type Masking,
  maskedStores,
} from '../../src/broker/index.ts';
import type { Objects } from '../../src/ports/objects.ts';
import type { ApiTools } from './chain.ts';
import { publicUrl } from './config.ts';
import { maskingFrom } from './masking.ts';
import { type StoreNames, stores } from './stores.ts';
import { createTools, logOver } from './tools.ts';

type Shared = 'records' | 'events' | 'tally' | 'told' | 'clock' | 'ids' | 'log' | 'publicUrl';

export function apiDependencies(names: StoreNames & { readonly MASKING_KEYS_SECRET: string }): Pick<
  BrokerDependencies,
  Shared
> & {
  readonly tools: ApiTools;
  readonly masking: () => Promise<Masking>;
  readonly objects: Objects;
} {
  const tools = { ...createTools(), publicUrl };
  const masking = maskingFrom(tools, names.MASKING_KEYS_SECRET);
  const { objects, ...recording } = stores(tools, names);
  const { records, events } = maskedStores(recording, masking);
  const log = logOver(tools);
  // A function runs only while it is asked something: what the tally added up is written at a later request.
  return {
    tools,
    records,
    events,
    objects,
    tally: createTally({ records, clock, log }),
    told: createOnceAMinute(),
    clock,
    ids,
    log,
    publicUrl,
    masking,
  };
}
