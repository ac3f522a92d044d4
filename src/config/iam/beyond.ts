// Actions that do more than the effect of their capability says, by the access levels that AWS gives them.
import type { Capability } from '../model.ts';
import type { Level } from './published.ts';

/**
 * AWS counts them above what somebody who reads needs them for. Decrypting is reading; what the others come to is
 * decided by the grants of Lake Formation and by the user of the database.
 */
const NEEDED_TO_READ: readonly string[] = ['kms:Decrypt', 'lakeformation:GetDataAccess', 'rds-db:connect'];

export interface LevelledAction {
  /** `service:Action`. */
  readonly action: string;
  readonly level: Level | 'unknown';
}

/** Managing permissions is what the impact `grant` says beside `write`. */
export function isBeyondEffect(
  { action, level }: LevelledAction,
  { effect, impacts }: Pick<Capability, 'effect' | 'impacts'>,
): boolean {
  if (NEEDED_TO_READ.includes(action)) return false;
  if (effect === 'read')
    return level === 'Write' || level === 'Tagging' || level === 'Permissions management';
  return effect === 'write' && level === 'Permissions management' && !impacts.includes('grant');
}
