// What a refused request is told: masked, and with the decision that every "no" is.
import type { Masking, MaskTally, Rules } from '../broker/index.ts';
import type { Decision } from '../policy/index.ts';
import { type Code, STATUS_OF_CODE } from '../shared/codes.ts';
import type { Refusal } from '../shared/errors.ts';
import { maskedRefusal } from './masked.ts';

/** Said to whoever is nobody yet: nothing that they asked for was decided. */
const OF_WHO_ASKS: readonly Code[] = ['unknown_agent', 'ambiguous_identity', 'proof_required'];

/** A "no" of the operator's files, of people or of what a task covers is a decision where policy was not asked, too. */
export function decisionOfRefusal(code: Code, configDigest: string): Decision | undefined {
  if (STATUS_OF_CODE[code] !== 403 || OF_WHO_ASKS.includes(code)) return undefined;
  return { outcome: 'denied', code, policies: [], configDigest };
}

export function toldRefusal(
  { config, masking }: { readonly config: Pick<Rules['config'], 'digest'>; readonly masking: Masking },
  refusal: Refusal,
  counted: MaskTally,
): Refusal {
  const masked = maskedRefusal(masking, refusal, counted);
  const decision = masked.extras.decision ?? decisionOfRefusal(masked.code, config.digest);
  return decision === undefined ? masked : masked.saying(masked.detail, { ...masked.extras, decision });
}
