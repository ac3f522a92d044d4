// Secrets in AWS Secrets Manager: each a JSON object of fields, remembered for a few minutes.
import {
  GetSecretValueCommand,
  InvalidRequestException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../ports/clock.ts';
import type { SecretFields, Secrets } from '../../ports/secrets.ts';
import { withinDeadline } from '../faults.ts';
import { parseSecretFields } from '../secret-fields.ts';
import { DEADLINE_MILLISECONDS } from './client-settings.ts';

export interface SecretsManagerDependencies {
  readonly client: SecretsManagerClient;
  readonly clock: Clock;
  readonly deadlineMilliseconds?: number;
}

const FRESH_MILLISECONDS = 5 * 60_000;
/** Through an outage the last good value serves that long. */
const LAST_GOOD_MILLISECONDS = 60 * 60_000;
const COOLDOWN_MILLISECONDS = 30_000;
/** A target that refuses every credential must not become a flood of reads. */
const AGAIN_MILLISECONDS = 5000;

interface Remembered {
  readonly fields: SecretFields;
  readonly fetchedAt: number;
  /** From then on it is fetched again; through an outage, tried again. */
  readonly retryAt: number;
  /** The same for those who want a fresh one. */
  readonly freshAt: number;
}

async function fetchSecret(
  client: SecretsManagerClient,
  name: string,
  abortSignal: AbortSignal,
): Promise<SecretFields | undefined> {
  try {
    const answer = await client.send(new GetSecretValueCommand({ SecretId: name }), { abortSignal });
    return parseSecretFields(answer.SecretString);
  } catch (error) {
    // Marked for deletion is said by an invalid request: whoever deletes a secret wants it gone.
    if (error instanceof ResourceNotFoundException || error instanceof InvalidRequestException) {
      return undefined;
    }
    throw error;
  }
}

export function createSecretsManagerSecrets(dependencies: SecretsManagerDependencies): Secrets {
  const { client, clock, deadlineMilliseconds = DEADLINE_MILLISECONDS } = dependencies;
  const remembered = new Map<string, Remembered>();
  const inFlight = new Map<string, Promise<SecretFields | undefined>>();

  async function refresh(name: string, fresh: boolean): Promise<SecretFields | undefined> {
    try {
      const fields = await withinDeadline('secrets', deadlineMilliseconds, (signal) =>
        fetchSecret(client, name, signal),
      );
      const now = clock.now().getTime();
      if (fields === undefined) remembered.delete(name);
      else {
        // Rotated right after it was read, it is read again at once; but not again and again.
        const [retryAt, freshAt] = [now + FRESH_MILLISECONDS, fresh ? now + AGAIN_MILLISECONDS : now];
        remembered.set(name, { fields, fetchedAt: now, retryAt, freshAt });
      }
      return fields;
    } catch (error) {
      const last = remembered.get(name);
      const now = clock.now().getTime();
      if (last === undefined || now - last.fetchedAt >= LAST_GOOD_MILLISECONDS) throw error;
      const retryAt = now + COOLDOWN_MILLISECONDS;
      remembered.set(name, { ...last, retryAt, freshAt: retryAt });
      return last.fields;
    }
  }

  return {
    async read(name, { fresh = false } = {}) {
      const known = remembered.get(name);
      const now = clock.now().getTime();
      const until = fresh ? known?.freshAt : known?.retryAt;
      if (known && until !== undefined && now < until && now - known.fetchedAt < LAST_GOOD_MILLISECONDS) {
        return known.fields;
      }
      const running = inFlight.get(name) ?? refresh(name, fresh).finally(() => inFlight.delete(name));
      inFlight.set(name, running);
      return running;
    },
  };
}
