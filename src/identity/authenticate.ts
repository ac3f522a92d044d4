// From a token to the agent or the person whom it proves.
import type { Config, HumanSettings, IssuerSettings } from '../config/index.ts';
import type { KeySets } from '../ports/key-sets.ts';
import { Refusal } from '../shared/errors.ts';
import { claimsFit } from './claims.ts';
import { takeApart } from './compact.ts';
import { type ProvenAgent, type ProvenHuman, TokenRefused, type VerifiedClaims } from './model.ts';
import { tokenHash, unsignedProblem, verifyToken } from './verify-token.ts';

/** The issuer whose token this claims to be: nothing is trusted yet, it only says whose keys to ask for. */
async function verifyFor(
  token: string,
  issuers: readonly IssuerSettings[],
  keySets: KeySets,
  now: Date,
): Promise<VerifiedClaims | TokenRefused> {
  const apart = takeApart(token);
  if (apart instanceof TokenRefused) return apart;
  const settings = issuers.find((candidate) => candidate.issuer === apart.payload['iss']);
  if (settings === undefined) return new TokenRefused('issuer_unknown');
  // Refused before keys are asked for: what can't be right causes no request to anyone.
  const wrong = unsignedProblem(apart, settings, now);
  if (wrong !== undefined) return wrong;
  const { kid } = apart.header;
  const keys = await keySets.keys(settings, typeof kid === 'string' ? kid : undefined);
  return verifyToken(token, keys, settings, now);
}

/** The one agent whose identities the token fits. */
export async function authenticateAgent(
  token: string,
  config: Config,
  keySets: KeySets,
  now: Date,
): Promise<ProvenAgent | Refusal | TokenRefused> {
  const claims = await verifyFor(token, config.broker.issuers, keySets, now);
  if (claims instanceof TokenRefused) return claims;
  const fitting = Object.values(config.agents).filter((agent) =>
    agent.identities.some((identity) => identity.issuer === claims.iss && claimsFit(claims, identity.claims)),
  );
  const [agent, another] = fitting;
  if (agent === undefined) {
    return new Refusal('unknown_agent', 'The token is valid, but no registered agent has this identity.');
  }
  if (another !== undefined) {
    return new Refusal(
      'ambiguous_identity',
      'The token fits more than one registered agent, so it proves none.',
    );
  }
  return {
    kind: 'agent',
    agent: agent.id,
    issuer: claims.iss,
    subject: claims.sub,
    tokenHash: tokenHash(token),
  };
}

function personFrom(
  claims: VerifiedClaims,
  humans: HumanSettings,
  token: string,
): ProvenHuman | TokenRefused {
  if (!claimsFit(claims, humans.claims)) return new TokenRefused('claims_not_matched');
  const id = claims[humans.idClaim];
  if (typeof id !== 'string' || id === '') return new TokenRefused('person_id_missing');
  // Some issuers send it as text.
  if (humans.idClaim === 'email' && String(claims['email_verified']).toLowerCase() === 'false') {
    return new TokenRefused('email_not_verified');
  }
  const groups = claims[humans.groupsClaim];
  return {
    kind: 'human',
    id,
    groups: Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [],
    tokenHash: tokenHash(token),
  };
}

/** The person whom a token of the people's issuer proves. */
export async function authenticateHuman(
  token: string,
  config: Config,
  keySets: KeySets,
  now: Date,
): Promise<ProvenHuman | TokenRefused> {
  const { humans } = config.broker;
  if (humans === undefined) return new TokenRefused('issuer_unknown');
  const claims = await verifyFor(token, [humans], keySets, now);
  return claims instanceof TokenRefused ? claims : personFrom(claims, humans, token);
}
