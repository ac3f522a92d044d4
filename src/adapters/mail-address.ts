// One address of one mailbox, in the form that fits into a header and an envelope as it is.
import { domainToASCII } from 'node:url';

const MOST_CHARACTERS = 254;
/** Without quotes, comments and folding: a mailbox that needs them is nobody's in practice. */
const LOCAL = /^(?=.{1,64}$)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const DOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
/** Letters and digits of any script: what else there is, a parser of URLs would unescape, cut off or quietly drop. */
const PARTS = /^([\x21-\x7e]+)@([\p{L}\p{M}\p{N}.-]+)$/u;

export interface MailAddress {
  readonly whole: string;
  readonly domain: string;
}

/** Throws where it is no address, or more than one. A domain in other letters than ASCII's is written as DNS has it. */
export function parseMailAddress(text: string): MailAddress {
  const [, local = '', said = ''] = PARTS.exec(text) ?? [];
  // Only what needs it: to the parser of URLs, numbers are addresses.
  const domain = DOMAIN.test(said) ? said : domainToASCII(said);
  const whole = `${local}@${domain}`;
  if (!LOCAL.test(local) || !DOMAIN.test(domain) || whole.length > MOST_CHARACTERS) {
    throw new TypeError('not the address of one mailbox');
  }
  return { whole, domain };
}
