// What the API does about masking: words that come in by headers, what refusals say of a request, and the header that
// tells how much of what was masked.
import { type Caller, type Masking, type MaskTally, maskedIn, maskedText } from '../broker/index.ts';
import type { Refusal } from '../shared/errors.ts';
import { MAX_REASON } from './body.ts';
import { MASKED_HEADER, type TextResponse } from './http.ts';

/** The caller with its reason masked, and with what counts all that is masked of this request. */
export function maskedCaller(masking: Masking, caller: Caller, masked: MaskTally): Caller {
  const { reason, ...facts } = caller.facts;
  if (reason === undefined) return { ...caller, masked };
  const words = masking.words.text(reason, masked).slice(0, MAX_REASON);
  return { ...caller, facts: { ...facts, reason: words, ...maskedIn(masked) }, masked };
}

/**
 * What is wrong with a request is said in its own words, some of which may be values. The doors make the response of
 * it, so it carries what the header says.
 */
export function maskedRefusal(masking: Masking, refusal: Refusal, counted: MaskTally): Refusal {
  const text = (words: string) => withoutPseudonyms(masking.sentence(words, counted));
  const detail = text(refusal.detail);
  const errors = refusal.extras.errors?.map(({ path, problem }) => ({
    path: text(path),
    problem: text(problem),
  }));
  const masked = maskedText(counted);
  return refusal.saying(detail, {
    ...refusal.extras,
    ...(errors === undefined ? {} : { errors }),
    ...(masked === undefined ? {} : { masked }),
  });
}

const PSEUDONYM = /\[([A-Z][A-Z0-9_]*):k\d{1,4}-[a-z2-7]{16}\]/gu;

/**
 * With the bare label in a pseudonym's place. Whoever sees the pseudonyms of words of their own can try values out
 * against those of other people's.
 */
function withoutPseudonyms(words: string): string {
  return words.replaceAll(PSEUDONYM, '[$1]');
}

/** As an agent sees it: what is shown to people, and kept, has the pseudonyms. */
export function shownToAgent(response: TextResponse): TextResponse {
  return { ...response, body: withoutPseudonyms(response.body) };
}

export function withMasked(response: TextResponse, masked: MaskTally): TextResponse {
  const text = maskedText(masked);
  return text === undefined
    ? response
    : { ...response, headers: { ...response.headers, [MASKED_HEADER]: text } };
}
