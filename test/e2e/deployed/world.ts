// A config to deploy for the tests, with an issuer whose keys the tests hold.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { REPORTS_ROLE } from './names.ts';

/** What the tests read from the file that BAILIWICK_E2E_WORLD names. */
export interface World {
  readonly account: string;
  readonly agents: Issuer;
  readonly humans: Issuer;
}

export interface Issuer {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithm: 'ES256';
  /** Signs tokens; made for one run. */
  readonly privateKey: JWK;
}

const TEMPLATE = new URL('config/', import.meta.url);

/** Writes the config and the world beside it; both hold only what one run needs. */
export async function makeWorld(
  directory: string,
  account: string,
): Promise<{ config: string; file: string }> {
  const config = join(directory, 'config');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  cpSync(TEMPLATE, config, { recursive: true });
  mkdirSync(join(config, 'targets'), { recursive: true });
  const agents = await issuer('https://issuer.example.com', 'bailiwick');
  const humans = await issuer('https://login.example.com', 'bailiwick-people');
  const broker = {
    publicUrl: 'https://bailiwick.example.com',
    issuers: [settings(agents)],
    humans: {
      ...settings(humans),
      idClaim: 'email',
      groupsClaim: 'groups',
      groups: ['operators', 'security'],
      people: [{ id: 'dana@example.com', name: 'Dana', groups: [] }],
    },
  };
  // JSON is YAML.
  writeFileSync(join(config, 'broker.yaml'), `${JSON.stringify(broker, null, 2)}\n`);
  writeFileSync(join(config, 'targets', 'reports.yaml'), `${JSON.stringify(reports(account), null, 2)}\n`);
  const file = join(directory, 'world.json');
  const world: World = { account, agents, humans };
  writeFileSync(file, JSON.stringify(world), { mode: 0o600 });
  return { config, file };
}

async function issuer(name: string, audience: string): Promise<Issuer> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    issuer: name,
    audience,
    algorithm: 'ES256',
    privateKey: { ...(await exportJWK(privateKey)), kid: audience, alg: 'ES256' },
  };
}

function settings({ issuer, audience, algorithm, privateKey }: Issuer): object {
  const { d: _, ...publicKey } = privateKey;
  return { issuer, audience, algorithms: [algorithm], jwks: { keys: [publicKey] } };
}

function reports(account: string): object {
  return {
    id: 'reports',
    kind: 'aws',
    environment: 'production',
    sensitivity: 'internal',
    owner: { team: 'Data', email: 'data@example.com' },
    connection: { roleArn: `arn:aws:iam::${account}:role/${REPORTS_ROLE}` },
    capabilities: {
      read: {
        effect: 'read',
        parameters: { prefix: { pattern: '[a-z0-9-]{1,40}' } },
        statements: [
          { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::bailiwick-e2e-reports/${prefix}/*'] },
        ],
      },
    },
  };
}
