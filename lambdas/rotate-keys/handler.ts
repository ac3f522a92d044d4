// Secrets Manager's four steps of a rotation. Only the first and the last have something to do.
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { parseSecretFields } from '../../src/adapters/secret-fields.ts';
import { freshPseudonymKey, pseudonymKeysOf } from '../../src/masking/index.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Ids } from '../../src/ports/ids.ts';
import type { Log } from '../../src/ports/log.ts';
import { freshTokenKey, rotatedKeys, tokenKeysOf, tokenKeysText } from '../../src/tasks/index.ts';
import { backgroundHandler } from '../shared/background.ts';
import type { Tools } from '../shared/tools.ts';
import { dependencies } from './dependencies.ts';

interface Dependencies {
  readonly tools: Tools;
  readonly client: SecretsManagerClient;
  /** The ones that this function rotates, whatever an event says. */
  readonly secrets: { readonly tokenKeys: string; readonly maskingKeys: string };
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

interface RotationEvent {
  readonly Step: 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';
  readonly SecretId: string;
  readonly ClientRequestToken: string;
}

type Step = (given: Dependencies, secret: string, version: string) => Promise<void>;

/** What the secret holds from now on. */
function renewed({ secrets, clock, ids }: Dependencies, secret: string, current: string | undefined): string {
  const fields = parseSecretFields(current);
  const random = ids.random(48);
  return secret === secrets.maskingKeys
    ? freshPseudonymKey(random, pseudonymKeysOf(fields))
    : tokenKeysText(rotatedKeys(tokenKeysOf(fields), freshTokenKey(random), clock.now()));
}

const createSecret: Step = async (given, secret, version) => {
  const { client } = given;
  const pending = new GetSecretValueCommand({
    SecretId: secret,
    VersionId: version,
    VersionStage: 'AWSPENDING',
  });
  try {
    await client.send(pending);
    return; // A retry of this step: the new key is there already.
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  const current = await client.send(
    new GetSecretValueCommand({ SecretId: secret, VersionStage: 'AWSCURRENT' }),
  );
  await client.send(
    new PutSecretValueCommand({
      SecretId: secret,
      ClientRequestToken: version,
      SecretString: renewed(given, secret, current.SecretString),
      VersionStages: ['AWSPENDING'],
    }),
  );
};

const finishSecret: Step = async ({ client, secrets, log }, secret, version) => {
  const { VersionIdsToStages: stages = {} } = await client.send(
    new DescribeSecretCommand({ SecretId: secret }),
  );
  const current = Object.keys(stages).find((id) => stages[id]?.includes('AWSCURRENT'));
  if (current === version) return;
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId: secret,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: version,
      RemoveFromVersionId: current,
    }),
  );
  log.info(secret === secrets.maskingKeys ? 'masking key rotated' : 'signing keys rotated', {});
};

/** There is no other system to tell of the key, and nothing to try it on. */
const nothing: Step = async () => {};

const STEPS: Readonly<Record<RotationEvent['Step'], Step>> = {
  createSecret,
  setSecret: nothing,
  testSecret: nothing,
  finishSecret,
};

export function createHandler(given: Dependencies) {
  return backgroundHandler(given.tools, async (event: RotationEvent) => {
    const { SecretId, Step: step, ClientRequestToken } = event;
    if (!Object.values(given.secrets).includes(SecretId)) {
      throw new Error('this function rotates other secrets');
    }
    await STEPS[step](given, SecretId, ClientRequestToken);
  });
}

export const handler = createHandler(dependencies);
