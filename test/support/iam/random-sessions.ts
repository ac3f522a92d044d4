// Session policies of random capabilities, as the broker compiles them, with what they were compiled from.
import type fc from 'fast-check';
import { type CapabilityGrant, compileSessionPolicy } from '../../../src/credentials/index.ts';
import { type Draw, draws } from './draw.ts';
import { randomGrant } from './random-capabilities.ts';

export const DEADLINE = new Date('2026-03-02T13:00:00.750Z');
/** As policies say it. */
export const ENDS = '2026-03-02T13:00:00Z';

const PLACES = [
  undefined,
  { addresses: ['10.0.0.0/8'], endpoints: [] },
  { addresses: [], endpoints: ['vpce-0a1b2c3d'] },
  { addresses: ['192.0.2.1', '2001:db8::/32'], endpoints: ['vpce-0a1b2c3d'] },
];
export type Places = (typeof PLACES)[number];

export interface RandomSession {
  readonly grants: readonly CapabilityGrant[];
  readonly places: Places;
  readonly policy: string;
  readonly draw: Draw;
}

/** Undefined where the operator's own conditions leave no place for the deadline: then there is no session. */
function compiled(grants: readonly CapabilityGrant[], places: Places): string | undefined {
  try {
    return compileSessionPolicy(grants, DEADLINE, places);
  } catch (error) {
    if (error instanceof TypeError && error.message.includes('deadline')) return undefined;
    throw error;
  }
}

export const sessions: fc.Arbitrary<RandomSession> = draws.map((draw) => {
  for (;;) {
    const grants = Array.from({ length: 1 + draw.upTo(2) }, () => randomGrant(draw));
    const places = draw.of(PLACES);
    const policy = compiled(grants, places);
    if (policy !== undefined) return { grants, places, policy, draw };
  }
});
