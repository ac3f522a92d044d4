// Whether an issuer can be trusted as it is written: reached safely, with algorithms and keys that are its own.
import { DEMO_ISSUER, type Fault } from '../../model.ts';
import { at, type Path, textAt } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { quoted } from '../words.ts';
import type { Mode } from './facts.ts';

const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/u;

/** What is wrong with a URL that the broker is to trust, or undefined. */
export function urlProblem(text: string, mode: Mode): string | undefined {
  if (!URL.canParse(text) || /\s/u.test(text)) return 'must be a URL (https://…)';
  const url = new URL(text);
  const isLoopback = LOOPBACK.test(url.hostname);
  if (url.protocol === 'http:' && isLoopback) {
    return mode === 'embedded'
      ? undefined
      : 'must begin with https:// to be deployed; http:// to loopback is embedded only';
  }
  if (url.protocol !== 'https:') return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  if (text.includes('#')) return 'must not have a fragment (#…)';
  return undefined;
}

function demoProblems(source: Source, path: Path, mode: Mode): readonly Fault[] {
  if (mode === 'deployed') {
    const problem =
      'the demo issuer exists only in the embedded broker: name a real issuer to deploy (https://…)';
    return [faultAt(source, [...path, 'issuer'], problem)];
  }
  return ['jwksUri', 'jwks']
    .filter((key) => at(source.data, [...path, key]) !== undefined)
    .map((key) =>
      faultAt(source, [...path, key], `\`${key}\` is not for the demo issuer, whose key is built in`),
    );
}

/** Of one issuer, an agent's or the people's, except its algorithms. */
export function checkIssuer(source: Source, path: Path, mode: Mode): readonly Fault[] {
  const issuer = textAt(source.data, [...path, 'issuer']);
  if (issuer === DEMO_ISSUER) return demoProblems(source, path, mode);
  const faults: Fault[] = [];
  if (issuer !== undefined && issuer.trim() !== '') {
    const problem =
      urlProblem(issuer, mode) ?? (issuer.includes('?') ? 'must not have a query (?…)' : undefined);
    const known = mode === 'embedded' && problem?.startsWith('must be') ? ', or `demo`' : '';
    if (problem !== undefined) {
      faults.push(
        faultAt(source, [...path, 'issuer'], `\`issuer\` ${problem}${known}, not ${quoted(issuer)}`),
      );
    }
  }
  const jwksUri = textAt(source.data, [...path, 'jwksUri']);
  if (jwksUri !== undefined && jwksUri.trim() !== '') {
    const problem = urlProblem(jwksUri, mode);
    if (problem !== undefined) {
      faults.push(faultAt(source, [...path, 'jwksUri'], `\`jwksUri\` ${problem}, not ${quoted(jwksUri)}`));
    }
    if (at(source.data, [...path, 'jwks']) !== undefined) {
      faults.push(
        faultAt(source, [...path, 'jwksUri'], '`jwksUri` and `jwks` exclude each other: keep one of them'),
      );
    }
  }
  return faults;
}

export function missingAlgorithms(source: Source, path: Path): readonly Fault[] {
  if (at(source.data, [...path, 'algorithms']) !== undefined) return [];
  const problem =
    '`algorithms` is missing: list those the issuer signs with, as in [RS256]; there is no default';
  return [faultAt(source, [...path, 'algorithms'], problem)];
}
