// The demo issuer: a key file in the data directory, and tokens signed with it. It exists where the config names it.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { ensureOwnDirectory } from '../adapters/embedded/own-directory.ts';
import {
  type AgentDefinition,
  type ClaimPattern,
  type Claims,
  type Config,
  DEMO_ALGORITHMS,
  DEMO_ISSUER,
  type IssuerSettings,
} from '../config/index.ts';
import { createOrRead } from './private-file.ts';
import { CannotStart } from './why-not.ts';

const [ALGORITHM] = DEMO_ALGORITHMS;
const KEY_ID = 'demo';
const FILE = 'demo-issuer.json';
const TOKEN_LIFE = '1h';

export interface DemoIssuer {
  readonly publicKeys: { readonly keys: readonly JWK[] };
  /** As the settings demand it of every token. */
  sign(claims: Readonly<Record<string, unknown>>, settings: IssuerSettings): Promise<string>;
}

function isDemo(settings: IssuerSettings | undefined): settings is IssuerSettings {
  return settings?.issuer === DEMO_ISSUER;
}

export function namesDemoIssuer({ broker }: Config): boolean {
  return broker.issuers.some(isDemo) || isDemo(broker.humans);
}

async function newKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return JSON.stringify(await exportJWK(privateKey));
}

async function keyIn(text: string, data: string) {
  try {
    const jwk = JSON.parse(text) as JWK;
    return { jwk, key: await importJWK(jwk, ALGORITHM) };
  } catch {
    throw new CannotStart(
      `The file ${FILE} in ${data} is damaged. Delete it: earlier demo tokens then prove nothing.`,
    );
  }
}

/** Makes the issuer's key at first use, and finds it again afterwards. */
export async function openDemoIssuer(data: string): Promise<DemoIssuer> {
  ensureOwnDirectory(data);
  const { jwk, key } = await keyIn(await createOrRead(join(data, FILE), newKey), data);
  const { d: _, ...publicPart } = jwk;
  return {
    publicKeys: { keys: [{ ...publicPart, alg: ALGORITHM, kid: KEY_ID, use: 'sig' }] },
    sign: (claims, { audience, audienceClaim = 'aud', types = ['JWT'] }) =>
      new SignJWT({ ...claims, [audienceClaim]: audience })
        .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID, typ: types[0] ?? 'JWT' })
        .setIssuer(DEMO_ISSUER)
        .setIssuedAt()
        .setJti(randomUUID())
        .setExpirationTime(TOKEN_LIFE)
        .sign(key),
  };
}

/** The config with the demo issuer's keys put in where it names the demo issuer. */
export function withDemoKeys(config: Config, { publicKeys }: Pick<DemoIssuer, 'publicKeys'>): Config {
  const put = <Settings extends IssuerSettings>(settings: Settings): Settings =>
    isDemo(settings) ? { ...settings, algorithms: DEMO_ALGORITHMS, jwks: publicKeys } : settings;
  const { broker } = config;
  return {
    ...config,
    broker: {
      ...broker,
      issuers: broker.issuers.map(put),
      ...(broker.humans === undefined ? {} : { humans: put(broker.humans) }),
    },
  };
}

/** Why there is no such token. */
export class NoDemoToken extends Error {
  override readonly name = 'NoDemoToken';
}

interface Members {
  readonly [name: string]: unknown;
}

function isMembers(value: unknown): value is Members {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function isPattern(rule: object): rule is ClaimPattern {
  return 'match' in rule && typeof rule.match === 'string';
}

/** What fits the rules: `a.b` in a file may mean a member of a claim, and as one flat name it is found just as well. */
function fitting(rules: Claims, onPattern: (name: string) => void): Members {
  const members: [string, unknown][] = [];
  for (const [name, rule] of Object.entries(rules)) {
    if (typeof rule !== 'object') members.push([name, rule]);
    else if (isPattern(rule)) onPattern(name);
    else members.push([name, fitting(rule, (inner) => onPattern(`${name}.${inner}`))]);
  }
  return Object.fromEntries(members);
}

/** Both of them, also where they speak of one claim's members. */
function merged(some: Members, others: Members): Members {
  const both = Object.entries(others).map(([name, value]) => {
    const before = Object.hasOwn(some, name) ? some[name] : undefined;
    return [name, isMembers(before) && isMembers(value) ? merged(before, value) : value];
  });
  return { ...some, ...Object.fromEntries(both) };
}

function exactClaims(claims: Claims, agent: AgentDefinition): Members {
  return fitting(claims, (name) => {
    throw new NoDemoToken(
      `the agent ${agent.id} is recognised by a pattern (${name}): give it an exact claim`,
    );
  });
}

export async function demoAgentToken(config: Config, issuer: DemoIssuer, id: string): Promise<string> {
  const settings = config.broker.issuers.find(isDemo);
  if (settings === undefined)
    throw new NoDemoToken('broker.yaml does not name the demo issuer under issuers');
  const agent = config.agents[id];
  if (agent === undefined) {
    const known = Object.keys(config.agents).join(', ');
    throw new NoDemoToken(`there is no agent ${id}; there are: ${known}`);
  }
  const identity = agent.identities.find((one) => one.issuer === DEMO_ISSUER);
  if (identity === undefined) throw new NoDemoToken(`the agent ${id} has no identity of the demo issuer`);
  const demanded = [settings.claims ?? {}, identity.claims].map((claims) => exactClaims(claims, agent));
  return issuer.sign([{ sub: id }, ...demanded].reduce(merged), settings);
}

export async function demoHumanToken(
  config: Config,
  issuer: DemoIssuer,
  id: string,
  groups: readonly string[],
): Promise<string> {
  const { humans } = config.broker;
  if (!isDemo(humans))
    throw new NoDemoToken("broker.yaml does not name the demo issuer as the people's issuer");
  const known = humans.people.find((person) => person.id === id)?.groups ?? [];
  const claims = {
    sub: id,
    // What is demanded by a pattern may be among those that follow.
    ...fitting(humans.claims, () => {}),
    [humans.idClaim]: id,
    ...(humans.idClaim === 'email' ? { email_verified: true } : {}),
    [humans.groupsClaim]: groups.length > 0 ? groups : known,
  };
  return issuer.sign(claims, humans);
}
