// A request for a target, as an agent sends it and as it is judged.
import type { Config, HttpTarget } from '../config/index.ts';
import type { MaskTally } from './mask-counts.ts';

/** A request for a target, as the agent sent it. */
export interface WantedHttp {
  readonly target: string;
  readonly method: string;
  /** Below the target's base URL, with the slash it begins with. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | undefined;
  /** It says itself that it asks for more than a read is capped at. */
  readonly asExport: boolean;
}

/** A request, and what of it goes on: that is what is judged. */
export interface HttpToJudge extends WantedHttp {
  readonly forwarded: WantedHttp['headers'];
  /** What was masked of it. */
  readonly found: MaskTally;
  readonly unreadable?: string;
}

export function httpTarget({ targets }: Config, id: string): HttpTarget | undefined {
  const target = Object.hasOwn(targets, id) ? targets[id] : undefined;
  return target?.kind === 'http' ? target : undefined;
}

export function headerOf(headers: WantedHttp['headers'], wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** The first: no other goes on. */
export function contentTypeOf(wanted: Pick<WantedHttp, 'headers'>): string | undefined {
  return headerOf(wanted.headers, 'content-type');
}

export function contentEncodingOf({ headers }: Pick<WantedHttp, 'headers'>): string {
  return headers
    .filter(([name]) => name.toLowerCase() === 'content-encoding')
    .map(([, value]) => value)
    .join(', ');
}
