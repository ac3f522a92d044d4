// Finds words whose letters are not those that they seem to be: a Cyrillic letter among Latin ones, a whole word of them.

/**
 * What looks like a letter, a figure or a sign of ASCII in nearly every typeface, as pairs of the two. It does not
 * cover: ASCII's own (l and 1, O and 0, rn and m), Latin letters with small marks (ı, ŀ, ạ), letters that are alike only
 * in some typefaces or in italics (п, т, г), quotes and dashes of plain prose, and scripts that are left out (Cherokee,
 * Lisu, Coptic, Hebrew's ו and ס, Arabic's figures, and more). What Unicode itself calls a form of an ASCII character
 * (full width, mathematical, small, Roman figures) is found by NFKC and needs no line here.
 */
const CYRILLIC = 'аaеeоoрpсcуyхxіiјjѕsһhԁdԛqԝwѵvӏlАAВBЕEКKМMНHОOРPСCТTУYХXІIЈJЅSѴVӀIԌGԚQԜWҮYЗ3б6';
const GREEK = 'οoαaνvρpιiκkυuγyχxϲcϳjΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXϹCͿJ';
const ARMENIAN = 'օoսuհhցgզqոnյjԼLՕOՏSՍU';
const LATIN = 'ɑaɡgɩiᴄcᴏoᴠvᴡwᴢzꜱsǃ!';
const SIGNS = "⁄/∕/⧸/∖\\⧵\\․.‚,‐-‑-−-˗-∶:꞉:ː:∗*⁎*ʹ'ʼ'′'″\"‹<›>˂<˃>∼~;;";

const TABLE: ReadonlyMap<string, string> = new Map(
  [...(CYRILLIC + GREEK + ARMENIAN + LATIN + SIGNS).matchAll(/(.)(.)/gu)].map(([, seen, meant]) => [
    seen ?? '',
    meant ?? '',
  ]),
);

const FORMS = /[\u2100-\u217f\ufe50-\ufe6b\uff01-\uff5e\u{1d400}-\u{1d7ff}]/u;
const ASCII = /^[!-~]+$/;

/** The ASCII character that this one looks like. */
function seemsToBe(character: string): string | undefined {
  if (ASCII.test(character)) return undefined;
  const known = TABLE.get(character);
  if (known !== undefined || !FORMS.test(character)) return known;
  const plain = character.normalize('NFKC');
  const meant = TABLE.get(plain) ?? plain;
  return meant.length === 1 && ASCII.test(meant) ? meant : undefined;
}

const SIGN_CLASS = [...SIGNS.matchAll(/(.)./gu)].map(([, sign]) => sign).join('');
const WORD = new RegExp(
  `[\\p{L}\\p{M}\\p{N}_${SIGN_CLASS}\\u2100-\\u217f\\ufe50-\\ufe6b\\uff01-\\uff5e]+`,
  'gu',
);

interface Word {
  readonly text: string;
  readonly at: number;
}

/** Whether it is plainly of another script: it has a letter that no Latin one looks like. */
function isForeign({ text }: Word): boolean {
  return [...text].some(
    (character) => /\p{L}/u.test(character) && !ASCII.test(character) && seemsToBe(character) === undefined,
  );
}

/** A short Russian or Greek word may be made of look-alikes alone; beside another word of its language it is read as one. */
function standsInItsLanguage(text: string, word: Word, neighbours: readonly (Word | undefined)[]): boolean {
  return neighbours.some((other) => {
    if (other === undefined || !isForeign(other)) return false;
    const [first, second] = other.at < word.at ? [other, word] : [word, other];
    return /^[\s,.;!?]*$/.test(text.slice(first.at + first.text.length, second.at));
  });
}

function deceives(word: Word): 'never' | 'alone' | 'always' {
  const characters = [...word.text];
  if (!characters.some((character) => seemsToBe(character) !== undefined)) return 'never';
  if (/[A-Za-z]/.test(word.text)) return 'always';
  const isAllAscii = characters.every((character) => ASCII.test(seemsToBe(character) ?? character));
  return isAllAscii && /[\p{L}\p{N}]/u.test(word.text) ? 'alone' : 'never';
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

const MOST_LETTERS = 40;

function described(word: string): string {
  const all = [...word];
  const characters = all.slice(0, MOST_LETTERS);
  const more = all.length > MOST_LETTERS ? '…' : '';
  const meant = characters.map((character) => seemsToBe(character) ?? character).join('');
  const marked = characters
    .map((character) => (seemsToBe(character) === undefined ? character : `⟨${codePoint(character)}⟩`))
    .join('');
  const swapped = [...new Set(characters)].flatMap((character) => {
    const seen = seemsToBe(character);
    return seen === undefined ? [] : [`${codePoint(character)} in place of “${seen}”`];
  });
  return `“${characters.join('')}${more}” looks like “${meant}${more}” but has ${swapped.slice(0, 3).join(', ')}: ${marked}${more}`;
}

const MOST_WORDS = 3;

/** What to tell of such words, if there are any. */
export function lookalikes(text: string): readonly string[] {
  if (/^[\n -~]*$/.test(text)) return [];
  const words: Word[] = [...text.matchAll(WORD)].map((match) => ({ text: match[0], at: match.index }));
  const found = words.filter((word, place) => {
    const verdict = deceives(word);
    if (verdict !== 'alone') return verdict === 'always';
    return !standsInItsLanguage(text, word, [words[place - 1], words[place + 1]]);
  });
  const distinct = [...new Set(found.map((word) => word.text))];
  const more = distinct.length - MOST_WORDS;
  return [
    ...distinct.slice(0, MOST_WORDS).map(described),
    ...(more > 0 ? [`${more} more words have letters that look like others`] : []),
  ];
}
