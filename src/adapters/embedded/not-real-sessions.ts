// Session credentials for trying things out: they look like AWS's and say that they are not real.
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { SessionIssuer } from '../../ports/session-issuer.ts';
import { Secret } from '../../shared/secret.ts';

export interface NotRealSessionsDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
}

// The alphabet of AWS's own access key ids.
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const KEY_ID_TAIL = 13;
const SECRET_BYTES = 30;

export function createNotRealSessions({ clock, ids }: NotRealSessionsDependencies): SessionIssuer {
  const keyIdTail = () =>
    Array.from(ids.random(KEY_ID_TAIL), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  const secret = () => new Secret(`not-real-${Buffer.from(ids.random(SECRET_BYTES)).toString('base64url')}`);
  return {
    async issue({ durationSeconds }) {
      return {
        accessKeyId: `NOTREAL${keyIdTail()}`,
        secretAccessKey: secret(),
        sessionToken: secret(),
        expiration: new Date(clock.now().getTime() + durationSeconds * 1000),
        real: false,
      };
    },
  };
}
