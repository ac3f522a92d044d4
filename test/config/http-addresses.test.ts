// Addresses that are refused with the operator's files: no target of them is ever made. The others, test/e2e calls.
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/loading/index.ts';
import { addresses, addressTarget } from '../e2e/support/target/config.ts';
import { PORTS } from '../e2e/support/target/place.ts';
import { BASE, directoryOf } from './support.ts';

test.for(addresses().filter(({ refused }) => refused === 'check'))('$baseUrl: $why', async (address) => {
  const file = `targets/${address.id}.yaml`;
  const config = directoryOf({ ...BASE, [file]: addressTarget(address.id, address, PORTS.canary) });
  const loaded = await loadConfig(config, { mode: 'embedded' });
  const faults = 'faults' in loaded ? loaded.faults : [];
  expect(faults.map((fault) => fault.file)).toContain(file);
  expect(faults.some(({ problem }) => problem.includes('baseUrl'))).toBe(true);
});
