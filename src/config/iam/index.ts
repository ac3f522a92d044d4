// The third door of this room: what is known of IAM's actions. Of no use to a function, and never in one.
export { isBeyondEffect } from './beyond.ts';
export { ESCALATING, type Escalation, escalationsIn } from './escalating.ts';
export { MINTING, mintedBy, WARNED } from './minting.ts';
export {
  coveredBy,
  covers,
  LEVELS,
  type Level,
  type PublishedActions,
  unknownIn,
} from './published.ts';
