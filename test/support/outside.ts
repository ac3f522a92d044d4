// What lies outside a broker of the tests: targets that answer as a test says, a store of secrets, and objects.
import { createTargetCredentials, type TargetCredentials } from '../../src/broker/index.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Objects } from '../../src/ports/objects.ts';
import type { NoAnswer, Outbound, OutboundAnswer, OutboundRequest } from '../../src/ports/outbound.ts';
import type { SecretFields, Secrets } from '../../src/ports/secrets.ts';
import type { SessionIssuer } from '../../src/ports/session-issuer.ts';
import { Secret } from '../../src/shared/secret.ts';
import { memoryObjects } from '../contract/support/memory-objects.ts';

export interface Outside {
  readonly outbound: Outbound;
  readonly objects: Objects & { readonly kept: Map<string, Uint8Array> };
  readonly credentials: TargetCredentials;
  readonly secrets: Secrets;
  /** Every request that reached a target, in order. */
  readonly sent: OutboundRequest[];
  /** What targets answer. */
  answer: (request: OutboundRequest) => Promise<OutboundAnswer | NoAnswer>;
  /** As the store has them now: by name, then by field. */
  readonly stored: Map<string, Readonly<Record<string, string>>>;
  /** What was read around what a store remembers. */
  readonly readFresh: string[];
}

type Between = <Port extends object>(name: string, port: Port) => Port;

export function jsonAnswer(value: unknown, status = 200): OutboundAnswer {
  const headers = [['Content-Type', 'application/json']] as const;
  return { status, headers, body: Buffer.from(JSON.stringify(value)) };
}

/** Remembers what it gave until it is asked for afresh, as the store of a deployment does for a while. */
function storeOf(outside: Pick<Outside, 'stored' | 'readFresh'>): Secrets {
  const remembered = new Map<string, SecretFields>();
  return {
    async read(name, { fresh = false } = {}) {
      if (fresh) outside.readFresh.push(name);
      const known = fresh ? undefined : remembered.get(name);
      if (known !== undefined) return known;
      const fields = outside.stored.get(name);
      if (fields === undefined) return undefined;
      const secrets = Object.fromEntries(
        Object.entries(fields).map(([field, value]) => [field, new Secret(value)]),
      );
      remembered.set(name, secrets);
      return secrets;
    },
  };
}

/** `between` stands between the broker and each of its ports. */
export function createOutside(clock: Clock, sessions: SessionIssuer, between: Between): Outside {
  const sent: OutboundRequest[] = [];
  const stored = new Map([['prod/tickets', { token: 'canary-target-key-1' }]]);
  const readFresh: string[] = [];
  const outbound = between('outbound', {
    send: (request: OutboundRequest) => {
      sent.push(request);
      return outside.answer(request);
    },
  });
  const kept = memoryObjects();
  const secrets = between('secrets', storeOf({ stored, readFresh }));
  const outside: Outside = {
    ...{ outbound, secrets, sent, stored, readFresh },
    objects: Object.assign(between('objects', kept), { kept: kept.kept }),
    credentials: createTargetCredentials({ secrets, outbound, sessions, clock }),
    answer: async () => jsonAnswer({ id: '42', subject: 'Printer on fire' }),
  };
  return outside;
}
