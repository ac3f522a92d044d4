// What the approval page and its login have in common: where they are, by whose link, and what is shown instead.
import { decidedBy, type LookDependencies, type Looking } from '../../broker/index.ts';
import { STATUS_OF_CODE } from '../../shared/codes.ts';
import type { Refusal } from '../../shared/errors.ts';
import type { ApiRequest, TextResponse } from '../http.ts';
import { refusedPage } from '../pages/ended-pages.ts';

const HEADINGS: Readonly<Partial<Record<Refusal['code'], string>>> = {
  not_found: 'There is nothing here',
  not_permitted: 'This is not for you to decide',
  conflict: 'That is not possible any more',
};

export function refused(refusal: Refusal, request: ApiRequest, looking?: Looking): TextResponse {
  const { code, detail } = refusal;
  return refusedPage({
    status: STATUS_OF_CODE[code],
    heading: HEADINGS[code] ?? 'That did not work',
    detail,
    requestId: request.requestId,
    ...(looking === undefined ? {} : { reader: looking.approver, whoMay: decidedBy(looking) }),
  });
}

/** Below where people reach the broker, which may itself lie below something. */
export async function pathOf(
  { publicUrl }: Pick<LookDependencies, 'publicUrl'>,
  approval: string | undefined,
): Promise<string> {
  const { pathname } = new URL(await publicUrl());
  return `${pathname.replace(/\/$/u, '')}/approve/${encodeURIComponent(approval ?? '')}`;
}

export function keyIn(pairs: readonly (readonly [string, string])[]): string | undefined {
  return pairs.find(([name]) => name === 'key')?.[1];
}
