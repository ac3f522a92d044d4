// From a token to the agent or the person whom it proves.
import type { AgentDefinition, Config, HumanSettings, IssuerSettings } from '../config/index.ts';
import type { KeySets } from '../ports/key-sets.ts';
import { cutToBytes, jsonBytes } from '../shared/cut.ts';
import { sha256 } from '../shared/hash.ts';
import type { Json } from '../shared/json.ts';
import { claimsFit, claimValue } from './claims.ts';
import { takeApart } from './compact.ts';
import {
  type ProvenAgent,
  type ProvenHuman,
  type Stranger,
  TokenRefused,
  type VerifiedClaims,
} from './model.ts';
import { signatureProblem } from './verify-signature.ts';
import { tokenHash, unsignedProblem, verifyToken } from './verify-token.ts';

/** Issuers may say any number; nothing is kept for longer. */
const LAST_MOMENT = Date.parse('9999-01-01T00:00:00Z');

interface Verified {
  readonly claims: VerifiedClaims;
  readonly settings: IssuerSettings;
}

/** The issuer whose token this claims to be: nothing is trusted yet, it only says whose keys to ask for. */
async function verifyFor(
  token: string,
  issuers: readonly IssuerSettings[],
  keySets: KeySets,
  now: Date,
): Promise<Verified | TokenRefused> {
  const apart = takeApart(token);
  if (apart instanceof TokenRefused) return apart;
  const settings = issuers.find((candidate) => candidate.issuer === apart.payload['iss']);
  if (settings === undefined) return new TokenRefused('issuer_unknown');
  const { issuer } = settings;
  // Refused before keys are asked for: what can't be right causes no request to anyone.
  const wrong = unsignedProblem(apart, settings, now);
  if (wrong !== undefined) return new TokenRefused(wrong.problem, issuer);
  const { kid } = apart.header;
  // Where the token names no key, only its signature tells whether the issuer has begun to sign with another one.
  const keys = await (typeof kid === 'string'
    ? keySets.keys(settings, kid)
    : keySets.keys(settings, undefined, (known) => signatureProblem(apart, known, settings) === undefined));
  const claims = await verifyToken(token, keys, settings, now);
  return claims instanceof TokenRefused ? new TokenRefused(claims.problem, issuer) : { claims, settings };
}

/** Whether another of the config's issuers would take the token too, as far as that can be told without its keys. */
function wouldPass(token: string, settings: IssuerSettings | undefined, now: Date): boolean {
  if (settings === undefined) return false;
  const apart = takeApart(token);
  return !(apart instanceof TokenRefused) && unsignedProblem(apart, settings, now) === undefined;
}

function agentsFitting(claims: VerifiedClaims, config: Config): readonly AgentDefinition[] {
  return Object.values(config.agents).filter((agent) =>
    agent.identities.some((identity) => identity.issuer === claims.iss && claimsFit(claims, identity.claims)),
  );
}

const MOST_SUBJECT_BYTES = 512;
const MOST_CLAIM_BYTES = 256;
const MOST_CLAIMS = 10;

/** What agents of that issuer are told apart by: enough to register this one, and nothing else of the token. */
function tellingClaims(claims: VerifiedClaims, config: Config): Readonly<Record<string, Json>> {
  const identities = Object.values(config.agents).flatMap((agent) => agent.identities);
  const names = identities
    .filter(({ issuer }) => issuer === claims.iss)
    .flatMap((one) => Object.keys(one.claims));
  const found = [...new Set(names)]
    .sort()
    .slice(0, MOST_CLAIMS)
    .flatMap((name) => {
      const value = claimValue(claims, name);
      if (value === undefined) return [];
      if (jsonBytes(value) <= MOST_CLAIM_BYTES) return [[name, value as Json]];
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return [[name, cutToBytes(text, MOST_CLAIM_BYTES)]];
    });
  return Object.fromEntries(found);
}

/** The key that an issuer bound its token to, as far as that is of a kind that can be proven here. */
interface Binding {
  /** Its thumbprint (RFC 9449, section 6); undefined where the token is bound in another way. */
  readonly thumbprint: string | undefined;
}

/** Undefined where the token is bound to none, and so good for whoever has it. */
function bindingOf({ cnf }: VerifiedClaims): Binding | undefined {
  if (cnf === undefined) return undefined;
  const { jkt, ...others } = (cnf ?? {}) as Readonly<Record<string, unknown>>;
  return { thumbprint: typeof jkt === 'string' && Object.keys(others).length === 0 ? jkt : undefined };
}

/** The one agent whose identities the token fits. */
export async function authenticateAgent(
  token: string,
  config: Config,
  keySets: KeySets,
  now: Date,
): Promise<ProvenAgent | Stranger | TokenRefused> {
  const { issuers, humans } = config.broker;
  const verified = await verifyFor(token, issuers, keySets, now);
  if (verified instanceof TokenRefused) return verified;
  const { claims, settings } = verified;
  const [agent, another] = agentsFitting(claims, config);
  const isPerson =
    humans !== undefined &&
    wouldPass(token, humans, now) &&
    !(personFrom(claims, humans, token) instanceof TokenRefused);
  if (agent === undefined || another !== undefined || isPerson) {
    return {
      kind: 'stranger',
      // A token that proves a person as well proves neither.
      why: agent === undefined ? 'unknown_agent' : 'ambiguous_identity',
      issuer: claims.iss,
      subject: cutToBytes(claims.sub, MOST_SUBJECT_BYTES),
      tokenHash: tokenHash(token),
      claims: tellingClaims(claims, config),
    };
  }
  const binding = bindingOf(claims);
  // What can't be checked is not taken on trust.
  if (binding !== undefined && binding.thumbprint === undefined) {
    return new TokenRefused('bound_to_a_key', claims.iss);
  }
  return {
    kind: 'agent',
    agent: agent.id,
    issuer: claims.iss,
    subject: claims.sub,
    tokenHash: tokenHash(token),
    expiresAt: new Date(Math.min(claims.exp * 1000, LAST_MOMENT)),
    // Without the signature, of which some kinds can be changed into another that holds just as well.
    ...(settings.singleUse === true ? { useId: sha256(token.slice(0, token.lastIndexOf('.'))) } : {}),
    ...(binding?.thumbprint === undefined ? {} : { confirmedBy: binding.thumbprint }),
  };
}

function personFrom(
  claims: VerifiedClaims,
  humans: HumanSettings,
  token: string,
): ProvenHuman | TokenRefused {
  const refused = (problem: TokenRefused['problem']) => new TokenRefused(problem, humans.issuer);
  if (!claimsFit(claims, humans.claims)) return refused('claims_not_matched');
  const id = claims[humans.idClaim];
  if (typeof id !== 'string' || id === '') return refused('person_id_missing');
  // Some issuers send it as text.
  if (humans.idClaim === 'email' && String(claims['email_verified']).toLowerCase() === 'false') {
    return refused('email_not_verified');
  }
  const groups = claims[humans.groupsClaim];
  return {
    kind: 'human',
    id,
    groups: Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [],
    tokenHash: tokenHash(token),
  };
}

/** A person, and what else the token says of them. */
export interface ProvenClaims {
  readonly human: ProvenHuman;
  readonly claims: VerifiedClaims;
}

/** The person whom a token proves under these settings, which need not be the config's own for people. */
export async function humanUnder(
  token: string,
  humans: HumanSettings,
  config: Config,
  keySets: KeySets,
  now: Date,
): Promise<ProvenClaims | TokenRefused> {
  const verified = await verifyFor(token, [humans], keySets, now);
  if (verified instanceof TokenRefused) return verified;
  const { claims } = verified;
  const asAgent = config.broker.issuers.find(({ issuer }) => issuer === humans.issuer);
  if (wouldPass(token, asAgent, now) && agentsFitting(claims, config).length > 0) {
    return new TokenRefused('proves_both', humans.issuer);
  }
  // People's requests bring no proofs, so a token that needs one is of no use here, to a thief either.
  if (bindingOf(claims) !== undefined) return new TokenRefused('bound_to_a_key', humans.issuer);
  const human = personFrom(claims, humans, token);
  return human instanceof TokenRefused ? human : { human, claims };
}

/** The person whom a token of the people's issuer proves. One that proves an agent as well proves neither. */
export async function authenticateHuman(
  token: string,
  config: Config,
  keySets: KeySets,
  now: Date,
): Promise<ProvenHuman | TokenRefused> {
  const { humans } = config.broker;
  if (humans === undefined) return new TokenRefused('issuer_unknown');
  const proven = await humanUnder(token, humans, config, keySets, now);
  return proven instanceof TokenRefused ? proven : proven.human;
}
