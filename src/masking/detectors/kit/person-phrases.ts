// Words that a person's name follows, in a dozen languages, and what is asked of the name then.

import { isUpper } from '../../scan/alphabet.ts';

/**
 * `title`: any name. `greeting`: any that is no word of greetings. `closing`: on the next line, alone. `phrase`: any.
 * `self`: a given name that is known, or two words.
 * `weak`: only with a given name that is known, since other things stand there as well.
 */
export type Role = 'title' | 'greeting' | 'closing' | 'phrase' | 'self' | 'weak';

interface Words {
  readonly role: Role;
  /** In this case only. */
  readonly exact?: boolean;
  readonly words: string;
}

const WORDS: readonly Words[] = [
  {
    role: 'title',
    exact: true,
    words:
      'Mr|MR|Mrs|MRS|Ms|Mx|Dr|DR|Prof|Professor|Sir|Dame|Lady|Miss|Judge|Captain|Capt|Rev|Reverend|Sergeant|Herr|Herrn|Frau|' +
      'Monsieur|Madame|Mme|Mlle|Mademoiselle|M.|Señor|Señora|Señorita|Sr|Sra|Srta|Don|Doña|Signor|Signora|Sig|Sig.ra|Dott|' +
      'Dott.ssa|Dr.ssa|Dhr|dhr|Mevr|mevr|Mevrouw|mevrouw|Meneer|meneer|de heer|Pan|Pani|Pana|Panem|Panią|Senhor|Senhora|' +
      'Dona|Dra|Avv|Mw',
  },
  {
    role: 'greeting',
    words:
      'dear|hi|hello|hey|good morning|good afternoon|good evening|liebe|lieber|hallo|guten tag|guten morgen|bonjour|bonsoir|' +
      'salut|cher|chère|hola|estimado|estimada|querido|querida|ciao|gentile|caro|cara|buongiorno|beste|geachte|drogi|droga|' +
      'cześć|czesc|witaj|szanowny|szanowna|olá|prezado|prezada|bom dia|servus|moin',
  },
  {
    role: 'closing',
    words:
      'regards|sincerely|cheers|thanks|thank you|best,|yours truly|faithfully|best wishes|grüßen|grüße|gruß|grüssen|grüsse|' +
      'cordialement|saludos|atentamente|saluti|groet|groeten|pozdrawiam|poważaniem|atenciosamente|abraços|abraço|obrigado|' +
      'danke|merci|gracias|grazie|bien à vous|warmly|respectfully',
  },
  {
    role: 'phrase',
    words:
      "name is|name’s|name's|name ist|ich heiße|ich heisse|me llamo|je m’appelle|je m'appelle|mi chiamo|naam is|ik heet|" +
      'nazywam się|nazywam sie|nome é|me chamo|signed by|spoke with|spoke to|on behalf of|nombre es|nome è|nom est|imię to|' +
      'prescribed by|next of kin|speaking with|undersigned|mam na imię|regards from|full name|first name|last name|family name|given name|account holder|' +
      'name on the card|name on card|holder name|cardholder name|card holder|maiden name|customer name|patient name|' +
      "customer's name|patient's name|customer’s name|patient’s name|" +
      'vorname|nachname|nombre y apellidos|prénom|nom de famille|voornaam|achternaam|imię i nazwisko|imię|nazwisko|' +
      'cognome|apellidos|sobrenome|nome completo|nombre completo|your name|your full name|kontoinhaber|karteninhaber',
  },
  { role: 'self', words: "i'm|i’m|i am|ich bin|je suis|ik ben|soy|sono|jestem|sou o|sou a|me llaman" },
  {
    role: 'weak',
    words:
      'this is|name|nome|naam|nombre|nom|patient|contact|customer|employee|named|called|ask for|talked to|talk to|email|call|met with|' +
      'meeting with|married to|colleague|assigned to|reported by|approved by|' +
      'requested by|cc|manager|written by|attn|attention|c/o|wife|husband|son|daughter|brother|sister|cardholder|beneficiary|' +
      'payee|client|student|tenant|witness|doctor|nurse|paciente',
  },
];

/** Of what stands at an anchor, whatever its case: different for each of the words. */
function keyOf(text: string, at: number, to: number): number {
  let key = 0;
  for (let here = at; here < to; here += 1) {
    const code = text.charCodeAt(here);
    key = (Math.imul(key, 31) + (isUpper(code) ? code + 32 : code)) | 0;
  }
  return key;
}

export const ROLES: ReadonlyMap<string, Role> = new Map(
  WORDS.flatMap(({ role, words }) => words.split('|').map((word) => [word.toLowerCase(), role] as const)),
);

const BY_KEY = new Map(Array.from(ROLES, ([word, role]) => [keyOf(word, 0, word.length), role] as const));
if (BY_KEY.size !== ROLES.size) throw new Error('two phrases have the same key');

/** What the phrase is that stands from `at` to `to`. */
export function roleAt(text: string, at: number, to: number): Role | undefined {
  return BY_KEY.get(keyOf(text, at, to));
}

/** A short word waits with the blank after it: it is the beginning of many. */
const SHORT = 4;
/** After these a mark stands as well. */
const BEFORE_MARKS = new Set(['name', 'nome', 'naam', 'nom']);

function anchorOf(word: string, exact: boolean) {
  const isShort = !exact && word.length <= SHORT && /^\p{L}+$/u.test(word) && !BEFORE_MARKS.has(word);
  return { text: isShort ? `${word} ` : word, exact, wordStart: true };
}

export const PHRASE_ANCHORS = WORDS.flatMap(({ words, exact = false }) =>
  words.split('|').map((word) => anchorOf(word, exact)),
);
