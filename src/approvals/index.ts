// People's decisions: an approval's life, who may give it, what they are shown, and what it is bound to.
export { type Card, type Fact, HEADINGS, PARTS, type Part } from './card.ts';
export { chatMessageOf, decidedChatMessageOf } from './chat-message.ts';
export { ineligible, isSamePerson, personNamed } from './eligible.ts';
export { type Bound, fingerprintOf, fingerprintsOf, isBoundTo } from './fingerprint.ts';
export { approvalKey, grantKey, PENDING_PREFIX, pendingKey, sealedKey } from './keys.ts';
export {
  APPROVAL_CHANGES,
  type ApprovalChangeName,
  changeApproval,
  statusOfApproval,
} from './life.ts';
export { formToken, freshLinkKey, isFormToken, personOfLink } from './links.ts';
export { needsLogin } from './login-needed.ts';
export { mailOf } from './mail.ts';
export { type CardInput, type CardOwner, cardOf } from './make-card.ts';
export {
  APPROVAL_STATUSES,
  type Approval,
  type ApprovalEnd,
  type ApprovalStatus,
  type ApproverLink,
  type Channel,
  type Needed,
  type Vote,
} from './model.ts';
export { neededWords } from './needed-words.ts';
export { type DecidedStatus, type Outcome, outcomeOf, outcomeReason, outcomeWords } from './outcome.ts';
export { plainTime } from './plain-time.ts';
export { givenBy, missing } from './quorum.ts';
export { readSlackInteraction } from './slack-interaction.ts';
export { isFromSlack } from './slack-signature.ts';
export { visible, withThousands } from './visible.ts';
