// What a caller says, masked as soon as it is known who says it. Only the values of parameters stay as they were sent,
// because credentials are made of them; `shown` is how everybody else sees those.
import { isId } from '../shared/ids.ts';
import type { Parameters } from '../tasks/index.ts';
import type { Caller } from './caller.ts';
import { type MaskTally, maskedIn } from './mask-counts.ts';
import { type Masking, shownParameters, targetOf } from './masking.ts';

interface Asked {
  readonly capability: string;
  readonly parameters?: Parameters | undefined;
}

/** Every member that holds words of the caller's. */
interface Said {
  readonly purpose?: string | undefined;
  readonly reason?: string | undefined;
  readonly delegation?: string | undefined;
  readonly capabilities?: readonly Asked[];
}

export interface Heard<Wanted> {
  readonly caller: Caller;
  readonly wanted: Wanted;
}

/** A name that is none of the operator's may be anything. What it stands for is not there either way. */
function nameOf(masking: Masking, capability: string, tally: MaskTally): string {
  return masking.isCapability(capability) ? capability : masking.words.text(capability, tally);
}

function heardCapability<One extends Asked>(masking: Masking, asked: One, tally: MaskTally): One {
  const capability = nameOf(masking, asked.capability, tally);
  if (asked.parameters === undefined) return { ...asked, capability };
  // Counted as it is shown.
  shownParameters(masking, asked.capability, asked.parameters, tally);
  const masker = masking.of(targetOf(asked.capability));
  const parameters = Object.fromEntries(
    Object.entries(asked.parameters).map(([name, value]) => [masker.text(name), value]),
  );
  return { ...asked, capability, parameters };
}

function heardWords(masking: Masking, said: Said, tally: MaskTally): Said {
  const text = (words: string) => masking.words.text(words, tally);
  const { purpose, reason, delegation } = said;
  return {
    ...(purpose === undefined ? {} : { purpose: text(purpose) }),
    ...(reason === undefined ? {} : { reason: text(reason) }),
    ...(delegation === undefined || isId('dele', delegation) ? {} : { delegation: text(delegation) }),
  };
}

export function hear<Wanted extends Said>(masking: Masking, caller: Caller, wanted: Wanted): Heard<Wanted> {
  const tally = caller.masked ?? new Map<string, number>();
  const { capabilities } = wanted;
  const heard = {
    ...wanted,
    ...heardWords(masking, wanted, tally),
    ...(capabilities === undefined
      ? {}
      : { capabilities: capabilities.map((one) => heardCapability(masking, one, tally)) }),
  };
  return { caller: { ...caller, facts: { ...caller.facts, ...maskedIn(tally) } }, wanted: heard };
}
