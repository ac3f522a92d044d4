// What an HTTP target must say beyond its shape: where it is, and how its credential gets there.
import { DEMO_TARGET, type Fault } from '../../model.ts';
import { at, entriesAt, itemsAt, type Path, textAt } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { namesSecret } from '../templates.ts';
import { pathText, quoted, rather } from '../words.ts';
import type { Findings } from './common.ts';
import type { Mode } from './facts.ts';
import { checkPrivate } from './private-ranges.ts';

const CONNECTION: Path = ['connection'];
const isPlainHttp = (url: string | undefined) => /^http:/iu.test(url ?? '');

function demoProblems(source: Source, mode: Mode): readonly Fault[] {
  if (mode === 'deployed') {
    const problem =
      'the demo target exists only in the embedded broker: name a real base URL to deploy (https://…)';
    return [faultAt(source, [...CONNECTION, 'baseUrl'], problem)];
  }
  return ['private', 'ca', 'clientCertificate']
    .filter((key) => at(source.data, [...CONNECTION, key]) !== undefined)
    .map((key) =>
      faultAt(source, [...CONNECTION, key], `\`${key}\` is not for the demo target, which is built in`),
    );
}

/** In the open only where it stays at home. */
function plainHttp(source: Source, url: Path, ranges: Path): readonly Fault[] {
  if (!isPlainHttp(textAt(source.data, url)) || itemsAt(source.data, ranges).length > 0) return [];
  const problem = `${pathText(url)} begins with http://, which is for private addresses only: use https://, or list their ranges in \`private\``;
  return [faultAt(source, url, problem)];
}

function tlsOfNone(source: Source): readonly Fault[] {
  if (!isPlainHttp(textAt(source.data, [...CONNECTION, 'baseUrl']))) return [];
  return ['ca', 'clientCertificate']
    .filter((key) => at(source.data, [...CONNECTION, key]) !== undefined)
    .map((key) =>
      faultAt(
        source,
        [...CONNECTION, key],
        `\`${key}\` is for https:// only, and the target is reached by http://: nothing would look at it`,
      ),
    );
}

interface Form {
  readonly path: Path;
  readonly value: unknown;
}

/** Each form of `inject`, whether it stands alone or in a list. */
export function formsOf({ data }: Source): readonly Form[] {
  const value = at(data, ['inject']);
  if (Array.isArray(value)) return value.map((item, index) => ({ path: ['inject', index], value: item }));
  return value === undefined ? [] : [{ path: ['inject'], value }];
}

const WRITE_AUTHORIZATION = ['basic', 'bearer', 'oauth2', 'sigv4'];

/** In lower case. */
function headerOf({ value }: Form): string | undefined {
  return WRITE_AUTHORIZATION.some((form) => at(value, [form]) !== undefined)
    ? 'authorization'
    : textAt(value, ['header'])?.toLowerCase();
}

function writtenTwice(
  source: Source,
  forms: readonly Form[],
  what: string,
  nameOf: (form: Form) => string | undefined,
): readonly Fault[] {
  const first = new Map<string, Form>();
  return forms.flatMap((form) => {
    const name = nameOf(form);
    if (name === undefined) return [];
    const other = first.get(name);
    if (other === undefined) {
      first.set(name, form);
      return [];
    }
    const problem = `${pathText(form.path)} writes the ${what} ${quoted(name)}, as ${pathText(other.path)} does: keep one of them`;
    return [faultAt(source, form.path, problem)];
  });
}

function checkCookie(source: Source, forms: readonly Form[]): readonly Fault[] {
  if (textAt(source.data, ['cookies']) !== 'pass') return [];
  return forms
    .filter((form) => headerOf(form) === 'cookie')
    .map(({ path }) =>
      faultAt(
        source,
        [...path, 'header'],
        "the credential is put into the header `cookie`, which is the agent's own where `cookies` is `pass`: leave `cookies` out",
      ),
    );
}

type Kinds = ReadonlyMap<string, string | undefined>;

/** By target, as far as the files say. */
export function kindsOf(sources: readonly Source[]): Kinds {
  return new Map(
    sources.flatMap(({ data }) => {
      const id = textAt(data, ['id']);
      return id === undefined ? [] : [[id, textAt(data, ['kind'])] as const];
    }),
  );
}

function checkSession(source: Source, forms: readonly Form[], kinds: Kinds): readonly Fault[] {
  return forms.flatMap(({ path, value }) => {
    const target = textAt(value, ['sigv4', 'target']);
    if (target === undefined || kinds.get(target) === 'aws') return [];
    const known = [...kinds].filter(([, kind]) => kind === 'aws').map(([id]) => id);
    const problem = kinds.has(target)
      ? `the target ${quoted(target)} is not of kind \`aws\`, so a task has no session there to sign with`
      : `there is no target ${quoted(target)}${rather(target, known)}`;
    return [faultAt(source, [...path, 'sigv4', 'target'], problem)];
  });
}

/** Every text below a path, with its place. */
function textsBelow(data: unknown, path: Path): readonly { text: string; path: Path }[] {
  const value = at(data, path);
  if (typeof value === 'string') return [{ text: value, path }];
  const steps = Array.isArray(value) ? [...value.keys()] : entriesAt(data, path).map(([key]) => key);
  return steps.flatMap((step) => textsBelow(data, [...path, step]));
}

const CERTIFICATE: Path = [...CONNECTION, 'clientCertificate'];

/** What is wrong with a template is its shape's business. */
function checkSecret(source: Source, forms: readonly Form[]): Findings {
  const { data } = source;
  const texts = [...textsBelow(data, ['inject']), ...textsBelow(data, CERTIFICATE)];
  const used = texts.find(({ text }) => namesSecret(text));
  if (at(data, ['secret']) === undefined) {
    const problem =
      '`secret` is missing: the name, in the store of secrets, of the one that `${secret.…}` stands for here';
    return { faults: used === undefined ? [] : [faultAt(source, used.path, problem)], warnings: [] };
  }
  const needsNone = forms.every(({ value }) => at(value, ['sigv4']) !== undefined);
  if (!needsNone || at(data, CERTIFICATE) !== undefined) return { faults: [], warnings: [] };
  const problem = 'nothing in `inject` names a field of this secret (`${secret.field}`), so it is never sent';
  return { faults: [], warnings: [faultAt(source, ['secret'], problem)] };
}

function checkConnection(source: Source, mode: Mode): Findings {
  if (textAt(source.data, [...CONNECTION, 'baseUrl']) === DEMO_TARGET) {
    return { faults: demoProblems(source, mode), warnings: [] };
  }
  const ranges: Path = [...CONNECTION, 'private'];
  return {
    faults: [...plainHttp(source, [...CONNECTION, 'baseUrl'], ranges), ...tlsOfNone(source)],
    warnings: checkPrivate(source, mode, ranges),
  };
}

function checkIssuers(source: Source, forms: readonly Form[], mode: Mode): Findings {
  return {
    faults: forms.flatMap(({ path }) =>
      plainHttp(source, [...path, 'oauth2', 'tokenUrl'], [...path, 'oauth2', 'private']),
    ),
    warnings: forms.flatMap(({ path }) => checkPrivate(source, mode, [...path, 'oauth2', 'private'])),
  };
}

/** All but its capabilities. */
export function checkHttp(source: Source, kinds: Kinds, mode: Mode): readonly Findings[] {
  const forms = formsOf(source);
  const faults = [
    ...writtenTwice(source, forms, 'header', headerOf),
    ...writtenTwice(source, forms, 'parameter of the query', ({ value }) => textAt(value, ['query'])),
    ...checkCookie(source, forms),
    ...checkSession(source, forms, kinds),
  ];
  return [
    { faults, warnings: [] },
    checkConnection(source, mode),
    checkIssuers(source, forms, mode),
    checkSecret(source, forms),
  ];
}
