// Puts a target's credential into a request, as its injection says.
import type { Injection, OAuth2Injection, SigV4Injection } from '../../config/index.ts';
import type { OutboundHeader } from '../../ports/outbound.ts';
import type { SecretFields } from '../../ports/secrets.ts';
import { Secret } from '../../shared/secret.ts';

export interface Written {
  readonly headers: readonly OutboundHeader[];
  readonly query: readonly (readonly [name: string, value: Secret])[];
  /** What must not come back. */
  readonly secrets: readonly Secret[];
}

/** The end of a sentence that names the field, or the header, and nothing of what is in it. */
export interface InjectProblem {
  readonly problem: string;
}

const FIELD = /\$\{secret\.([A-Za-z0-9_-]{1,64})\}/gu;

export function rendered(template: string, fields: SecretFields): Secret | InjectProblem {
  for (const name of fieldsOf(template)) {
    const field = fieldIn(fields, name);
    if (field === undefined)
      return { problem: `its secret has no field \`${name}\`, which \`inject\` names` };
    if (field.open() === '') return { problem: `the field \`${name}\` of its secret is empty` };
  }
  if (template.replace(FIELD, '').includes('${'))
    return { problem: 'a template names something that is no field of its secret' };
  return new Secret(template.replace(FIELD, (_, name: string) => fieldIn(fields, name)?.open() ?? ''));
}

function fieldsOf(template: string): readonly string[] {
  return [...template.matchAll(FIELD)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

function fieldIn(fields: SecretFields, name: string): Secret | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

const isProblem = (one: Secret | InjectProblem): one is InjectProblem => !(one instanceof Secret);

/** What a header can hold from end to end: a blank there would be taken off, and the value be another. */
const HEADER_VALUE = /^[\x21-\x7e\xa0-\xff](?:[\t\x20-\x7e\xa0-\xff]*[\x21-\x7e\xa0-\xff])?$/u;

export function fitsHeader(value: Secret): boolean {
  return HEADER_VALUE.test(value.open());
}

function header(name: string, value: Secret): OutboundHeader | InjectProblem {
  return fitsHeader(value)
    ? [name, value]
    : {
        problem:
          `what its secret gives for the header \`${name}\` cannot stand in a header: it begins or ends with ` +
          'a blank or a line break, or holds a control character or one beyond Latin-1',
      };
}

/** Collects what the injections write; the first problem ends it. */
class Writing {
  readonly headers: OutboundHeader[] = [];
  readonly query: (readonly [string, Secret])[] = [];
  readonly secrets: Secret[] = [];
  readonly #fields: SecretFields;
  readonly #bearer: Secret | undefined;

  constructor(fields: SecretFields, bearer: Secret | undefined) {
    this.#fields = fields;
    this.#bearer = bearer;
  }

  write(one: Injection): InjectProblem | undefined {
    if ('header' in one) return this.#header(one.header, one.value, '');
    if ('query' in one) return this.#inQuery(one.query, one.value);
    if ('basic' in one) return this.#basic(one.basic.username, one.basic.password);
    if ('bearer' in one) return this.#header('Authorization', one.bearer, 'Bearer ');
    return 'oauth2' in one ? this.#accessToken() : undefined;
  }

  #render(template: string): Secret | InjectProblem {
    const value = rendered(template, this.#fields);
    if (!isProblem(value)) this.#keepFields(template);
    return value;
  }

  #keepFields(template: string): void {
    const fields = fieldsOf(template).map((name) => fieldIn(this.#fields, name));
    const long = fields.filter((field) => (field?.open().length ?? 0) >= LEAST_SCRUBBED_NAME);
    for (const field of long.length === 0 ? fields : long) this.#keep(field);
  }

  #keep(secret: Secret | undefined): void {
    if (secret === undefined) return;
    const value = secret.open();
    if (!this.secrets.some((kept) => kept.open() === value)) this.secrets.push(secret);
  }

  #put(name: string, value: Secret): InjectProblem | undefined {
    const written = header(name, value);
    if ('problem' in written) return written;
    this.headers.push(written);
    return undefined;
  }

  #header(name: string, template: string, scheme: string): InjectProblem | undefined {
    const value = this.#render(template);
    if (isProblem(value)) return value;
    this.#keep(value);
    return this.#put(name, scheme === '' ? value : new Secret(scheme + value.open()));
  }

  #inQuery(name: string, template: string): InjectProblem | undefined {
    const value = this.#render(template);
    if (isProblem(value)) return value;
    this.#keep(value);
    if (/\p{Cc}|\p{Cs}/u.test(value.open()))
      return {
        problem: `what its secret gives for \`${name}\` in the query holds a control character`,
      };
    this.query.push([name, value]);
    return undefined;
  }

  #basic(userTemplate: string, passwordTemplate: string): InjectProblem | undefined {
    const user = rendered(userTemplate, this.#fields);
    const password = this.#render(passwordTemplate);
    if (isProblem(user)) return user;
    if (isProblem(password)) return password;
    if (user.open().includes(':'))
      return {
        problem: 'the user name that its secret gives holds a colon, which ends it in Basic',
      };
    const pair = `${user.open()}:${password.open()}`;
    if (/\p{Cc}|\p{Cs}/u.test(pair))
      return { problem: 'the user name or the password of its secret holds a control character' };
    if (isSecretName(user, passwordTemplate)) this.#keepFields(userTemplate);
    if (password.open() !== '') this.#keep(password);
    const encoded = Buffer.from(pair, 'utf8').toString('base64');
    this.#keep(new Secret(encoded));
    return this.#put('Authorization', new Secret(`Basic ${encoded}`));
  }

  #accessToken(): InjectProblem | undefined {
    if (this.#bearer === undefined) return { problem: 'there is no access token for it' };
    this.#keep(this.#bearer);
    return this.#put('Authorization', new Secret(`Bearer ${this.#bearer.open()}`));
  }
}

/**
 * A short name beside a password, or a short number beside a key, is a word of every day: taken out of all answers, it would
 * take others with it. What is made of both is taken out all the same.
 */
const LEAST_SCRUBBED_NAME = 8;

function isSecretName(user: Secret, passwordTemplate: string): boolean {
  return fieldsOf(passwordTemplate).length === 0 || user.open().length >= LEAST_SCRUBBED_NAME;
}

/** `bearer`: the access token, where an `oauth2` injection needs one. */
export function injected(
  inject: readonly Injection[],
  fields: SecretFields,
  bearer?: Secret,
): Written | InjectProblem {
  const writing = new Writing(fields, bearer);
  for (const one of inject) {
    const problem = writing.write(one);
    if (problem !== undefined) return problem;
  }
  const { headers, query, secrets } = writing;
  return { headers, query, secrets };
}

const SIGNED = ['authorization', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token'];

function headersOf(one: Injection): readonly string[] {
  if ('header' in one) return [one.header.toLowerCase()];
  if ('query' in one) return [];
  return 'sigv4' in one ? SIGNED : ['authorization'];
}

/** The names that injection writes, headers in lower case. */
export function writes(inject: readonly Injection[]): {
  readonly headers: readonly string[];
  readonly query: readonly string[];
} {
  return {
    headers: [...new Set(inject.flatMap(headersOf))],
    query: [...new Set(inject.flatMap((one) => ('query' in one ? [one.query] : [])))],
  };
}

/** How its requests are signed, where they are. */
export function sigv4In(inject: readonly Injection[]): SigV4Injection | undefined {
  return inject.flatMap((one) => ('sigv4' in one ? [one.sigv4] : []))[0];
}

/** Where its access tokens come from, where it takes such. */
export function oauth2In(inject: readonly Injection[]): OAuth2Injection | undefined {
  return inject.flatMap((one) => ('oauth2' in one ? [one.oauth2] : []))[0];
}
