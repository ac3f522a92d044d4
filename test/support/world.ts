// A broker with everything around it in memory: its operator's files, an issuer, stores, STS, a clock that tests move.
import { createHash } from 'node:crypto';
import { createRecordedRevoker } from '../../src/adapters/embedded/recorded-revoker.ts';
import { type AgentChangeName, agentKey } from '../../src/agents/index.ts';
import {
  type ApprovalDependencies,
  approvalStep,
  type BrokerDependencies,
  type CallDependencies,
  type Caller,
  changeAgent,
  createMasking,
  createOnceAMinute,
  createTally,
  delegate,
  type ExecuteDependencies,
  executeApproved,
  finishTask,
  isAwaiting,
  issueCredentials,
  maskedStores,
  openTask,
  type Rules,
  reconcile,
  revokeAsked,
  revokeTask,
  type WantedDelegation,
} from '../../src/broker/index.ts';
import { createPolicyEngine } from '../../src/policy/index.ts';
import type { Log, LogFields, LogMessage } from '../../src/ports/log.ts';
import type { Revoker } from '../../src/ports/revoker.ts';
import type { NoSession, Session, SessionRequest } from '../../src/ports/session-issuer.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { sha256 } from '../../src/shared/hash.ts';
import { canonicalJson, type Json, type JsonObject } from '../../src/shared/json.ts';
import { Secret } from '../../src/shared/secret.ts';
import type { Call, Parameters, Task, TokenKeys } from '../../src/tasks/index.ts';
import { HOUR, SECOND, type TestClock, testClock } from './clock.ts';
import { type ConfigParts, configOf } from './config.ts';
import { tokenOf } from './issuer.ts';
import { fixedKeySets, type RecordedKeySets } from './key-sets.ts';
import { type Meddle, meddledWith } from './meddling.ts';
import { type MemoryEvents, type MemoryRecords, memoryEvents, memoryRecords } from './memory-stores.ts';
import { createOutside, type Outside } from './outside.ts';
import { AGENT, ISSUER, PARTS, PERSON, PUBLIC_URL } from './parts.ts';
import { type AskedPeople, askedPeople } from './people.ts';

export {
  AGENT,
  DEFAULT_POLICIES,
  ISSUER_URL,
  OTHER_AGENT,
  PARTS,
  PERSON,
  PUBLIC_URL,
  TARGETS,
} from './parts.ts';

/** As a broker makes them of its files. */
export async function rulesFrom(parts: ConfigParts): Promise<Rules> {
  const config = configOf(parts);
  return { config, policy: await createPolicyEngine(config), masking: createMasking(config, MASKING_KEYS) };
}

const MASKING_KEYS = { current: { id: 'k1', key: Buffer.from('masking-key-of-the-tests-'.repeat(2)) } };

let worlds = 0;
let usual: Promise<Rules> | undefined;

export interface FakeSessions {
  readonly asked: SessionRequest[];
  /** What STS answers. */
  answer: (request: SessionRequest) => Promise<Session | NoSession>;
}

export interface LoggedLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: LogMessage;
  readonly fields: LogFields;
}

interface Asking {
  readonly token?: string | undefined;
  readonly key?: string | undefined;
  /** Where it comes from. */
  readonly address?: string | undefined;
  /** A proof of possession. */
  readonly proof?: string | undefined;
}

interface Opening extends Asking {
  readonly capabilities?: readonly { readonly capability: string; readonly parameters: Parameters }[];
  readonly purpose?: string;
  readonly requester?: string;
  readonly requesterToken?: string;
  readonly ttlSeconds?: number;
  readonly delegation?: string;
}

interface Changing {
  readonly agent?: string;
  readonly digest?: string;
  readonly key?: string;
  readonly reason?: string;
  readonly token?: string;
}

type Wanted = readonly { readonly capability: string; readonly parameters?: Parameters }[];
export const READ: Wanted = [{ capability: 'reports:read' }];
export const HELD = [{ capability: 'reports:read', parameters: { prefix: 'team-a' } }];

export class World {
  readonly clock: TestClock = testClock();
  readonly records: MemoryRecords = memoryRecords(this.clock);
  readonly events: MemoryEvents = memoryEvents(this.clock);
  readonly keySets: RecordedKeySets = fixedKeySets({ [ISSUER.issuer]: ISSUER.keys });
  readonly logged: LoggedLine[] = [];
  readonly sessions: FakeSessions = { asked: [], answer: async (request) => this.session(request) };
  readonly revoker: Revoker = createRecordedRevoker();
  readonly dependencies: BrokerDependencies &
    CallDependencies &
    ApprovalDependencies &
    ExecuteDependencies & { readonly revoker: Revoker };
  readonly people: AskedPeople;
  readonly outside: Outside;
  tokenKeys: TokenKeys = { current: new Secret('task-token-key-'.repeat(4)) };
  /** What stands between the broker and its stores, if anything. */
  meddle: Meddle | undefined;
  rules: Rules;
  /** Worlds may share a store. */
  readonly #number: number;
  #drawn = 0;
  #tokens = 0;
  #requests = 0;

  constructor(rules: Rules, number: number) {
    this.#number = number;
    this.rules = rules;
    const sessions = {
      issue: (request: SessionRequest) => {
        this.sessions.asked.push(request);
        return this.sessions.answer(request);
      },
    };
    const through = <Port extends object>(name: string, port: Port) =>
      meddledWith(name, port, () => this.meddle);
    const { records, events } = maskedStores(
      { records: through('records', this.records), events: through('events', this.events) },
      async () => this.rules.masking,
    );
    const log = this.#log();
    const issuer = through('sessions', sessions);
    this.outside = createOutside(this.clock, issuer, through);
    const { outbound, objects, credentials } = this.outside;
    this.people = askedPeople(through);
    this.dependencies = {
      outbound,
      objects,
      credentials,
      ...this.people.ports,
      deployed: false,
      records,
      events,
      sessions: issuer,
      revoker: through('revoker', this.revoker),
      keySets: this.keySets,
      clock: this.clock,
      ids: { random: (length) => this.#random(length) },
      log,
      rules: async () => this.rules,
      tokenKeys: async () => this.tokenKeys,
      tally: createTally({ records, clock: this.clock, log }),
      told: createOnceAMinute(),
      publicUrl: async () => PUBLIC_URL,
    };
  }

  #random(length: number): Uint8Array {
    this.#drawn += 1;
    return createHash('sha512').update(`${this.#number} ${this.#drawn}`).digest().subarray(0, length);
  }

  #log(): Log {
    const at = (level: LoggedLine['level']) => (message: LogMessage, fields: LogFields) =>
      void this.logged.push({ level, message, fields });
    return { info: at('info'), warn: at('warn'), error: at('error') };
  }

  /** From now on the operator's files are these. */
  async use(parts: Partial<ConfigParts>): Promise<void> {
    this.rules = await rulesFrom({ ...PARTS, digest: 'e'.repeat(64), ...parts });
  }

  session(request: SessionRequest, real = true): Session {
    const number = this.sessions.asked.length;
    return {
      accessKeyId: `ASIAEXAMPLE${number}`,
      secretAccessKey: new Secret(`canary-secret-${number}`),
      sessionToken: new Secret(`canary-token-${number}`),
      expiration: this.clock.in(request.durationSeconds * SECOND),
      real,
    };
  }

  agentToken(agent = AGENT, claims: Readonly<Record<string, unknown>> = {}): string {
    const exp = this.clock.in(HOUR).getTime() / SECOND;
    return tokenOf(ISSUER, { aud: 'bailiwick', sub: agent, exp, ...claims });
  }

  personToken(groups: readonly string[] = [], id = PERSON): string {
    const exp = this.clock.in(HOUR).getTime() / SECOND;
    return tokenOf(ISSUER, { aud: 'bailiwick-people', sub: 'x', email: id, groups, exp });
  }

  caller(path: string, body: unknown, { token, key, address = '192.0.2.1', proof }: Asking): Caller {
    this.#requests += 1;
    return {
      token,
      proof,
      idempotencyKey: key,
      path,
      bodyHash: sha256(canonicalJson(body as Json)),
      facts: {
        id: `req-${this.#requests}`,
        method: 'POST',
        route: path.replace(/task_\w+/, '{task}'),
        sourceAddress: address,
        ...(token === undefined ? {} : { tokenHash: sha256(token) }),
      },
    };
  }

  open({ token = this.agentToken(), key, address, proof, ...asked }: Opening = {}) {
    const wanted = { purpose: 'Build the weekly report', capabilities: HELD, ...asked };
    return openTask(
      this.dependencies,
      this.caller('/v1/tasks', wanted, { token, key, address, proof }),
      wanted,
    );
  }

  /** A task that is open, or the test fails. */
  async opened(asked: Opening = {}): Promise<{ readonly task: Task; readonly token: string }> {
    const opened = await this.open(asked);
    if (opened instanceof Refusal) throw new Error(`refused: ${opened.code} ${opened.detail}`);
    return opened;
  }

  issue(
    task: string,
    token: string | undefined,
    { wanted = READ, ...asking }: Omit<Asking, 'token'> & { wanted?: Wanted } = {},
  ) {
    const caller = this.caller(`/v1/tasks/${task}/credentials`, wanted, { token, ...asking });
    return issueCredentials(this.dependencies, caller, task, wanted);
  }

  async finish(task: string, token: string | undefined) {
    const caller = this.caller(`/v1/tasks/${task}/finish`, {}, { token });
    const ended = await finishTask(this.dependencies, caller, task);
    return ended instanceof Refusal ? ended : { task: ended.standing.task, revocation: ended.revocation };
  }

  delegate(task: string, token: string | undefined, wanted: WantedDelegation, asking: Asking = {}) {
    const caller = this.caller(`/v1/tasks/${task}/delegations`, wanted, { ...asking, token });
    return delegate(this.dependencies, caller, task, wanted);
  }

  revoke(task: string, { key, reason = 'Odd behaviour', token }: Omit<Changing, 'agent'> = {}) {
    const by = token ?? this.personToken(['operators', 'security']);
    const caller = this.caller(`/v1/tasks/${task}/revoke`, { reason }, { token: by, key });
    return revokeTask(this.dependencies, caller, task, { reason });
  }

  change(name: AgentChangeName, { agent = AGENT, key, token, ...given }: Changing = {}) {
    const by = token ?? this.personToken(['operators', 'security']);
    const body = { reason: 'Odd behaviour', ...given };
    const caller = this.caller(`/v1/agents/${agent}/${name}`, body, { token: by, key });
    return changeAgent(this.dependencies, caller, name, agent, body);
  }

  /** Whatever was recorded of an agent before, this is recorded now. */
  async setAgent(state: object, agent = AGENT): Promise<void> {
    const key = agentKey(agent);
    const options = { expiresAt: this.clock.in(400 * 24 * HOUR) };
    const made = await this.records.create(key, state as Json, options);
    if (!made.created) await this.records.replace(key, made.existing.version, state as Json, options);
  }

  /** What the workflow of an approval does until it waits for people, or has ended: how its call stands then. */
  async drive(approval: string): Promise<string> {
    for (let round = 0; round < 20; round += 1) {
      const step = (name: string, more = {}) =>
        approvalStep(this.dependencies, { step: name, approval, ...more }) as Promise<JsonObject>;
      const { status, stage } = await step('look');
      if (status === 'pending') {
        this.#tokens += 1;
        const token = `token-${this.#tokens}`;
        await step(String(stage), { token });
        if (!this.people.woken.includes(token)) return 'awaiting_approval';
        continue;
      }
      if (status === 'approved') await executeApproved(this.dependencies, approval);
      return String((await step('record'))['status']);
    }
    throw new Error('the workflow goes round and round');
  }

  /** What the reconciler does once every call's time is up, by stores that work again. */
  async settle(milliseconds = 4 * 60_000): Promise<void> {
    this.meddle = undefined;
    this.clock.advance(milliseconds);
    await reconcile(this.dependencies, { nothingUnderWay: false });
    await revokeAsked(this.dependencies);
  }

  /** With those that repeat others. */
  allCalls(): readonly Call[] {
    const found = this.records.all().filter(({ key }) => key.sort.startsWith('call/'));
    return found.map(({ value }) => value as unknown as Call);
  }

  calls(): readonly Call[] {
    return this.allCalls().filter(({ repeats }) => repeats === undefined);
  }

  tasks(): readonly Task[] {
    const found = this.records.all().filter(({ key }) => key.sort === 'task');
    return found.map(({ value }) => value as unknown as Task);
  }

  /** The bodies of all events of these types, or of all, in the order of their ids. */
  told(...types: readonly string[]): readonly JsonObject[] {
    return this.events
      .all()
      .map(({ body }) => body)
      .filter((body) => types.length === 0 || types.includes(String(body['type'])))
      .sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1));
  }
}

/** The worlds of a test file are the same whichever files ran before it. */
export function beginAnew(): void {
  worlds = 0;
}

export async function createWorld(): Promise<World> {
  usual ??= rulesFrom(PARTS);
  worlds += 1;
  return new World(await usual, worlds);
}

/** The code of a refusal, `awaiting_approval` of what waits for people, or `ok`. */
export function codeOf(answer: unknown): string {
  if (answer instanceof Refusal) return answer.code;
  const waits = typeof answer === 'object' && answer !== null && isAwaiting(answer);
  return waits ? 'awaiting_approval' : 'ok';
}
