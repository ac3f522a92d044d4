// Dates as people write them, whatever the order and the language of the month.

const MONTHS =
  'jan(?:uary|uar|eiro|vier|\\.)?|januari|enero|ene|gennaio|gen|stycz(?:nia|eń)|janv|' +
  'feb(?:ruary|ruar|rero|braio|ruari|\\.)?|févr(?:ier|\\.)?|fevr(?:ier)?|fev(?:ereiro)?|lut(?:ego|y)|' +
  'mar(?:ch|zo|s|ço|co|ca|zec|\\.)?|märz|maart|mrt|maerz|' +
  'apr(?:il|ile|\\.)?|avr(?:il|\\.)?|abr(?:il|\\.)?|kwi(?:etnia|ecień)|' +
  'may|mai|mayo|maggio|mag|mei|maja|maj|maio|' +
  'june?|juni|juin|junio|giu(?:gno)?|czerw(?:ca|iec)|junho|' +
  'july?|juli|juil(?:let)?|julio|lug(?:lio)?|lip(?:ca|iec)|julho|' +
  'aug(?:ust|ustus|\\.)?|août|aout|ago(?:sto|\\.)?|sierp(?:nia|ień)|' +
  'sept?(?:ember|embre|iembre|tembre|\\.)?|settembre|set(?:embro)?|września|wrzesień|' +
  'oct(?:ober|obre|ubre|\\.)?|okt(?:ober|\\.)?|ott(?:obre)?|październik(?:a)?|out(?:ubro)?|' +
  'nov(?:ember|embre|iembre|embro|\\.)?|listopad(?:a)?|' +
  'dec(?:ember|\\.)?|déc(?:embre|\\.)?|decembre|dez(?:ember|embro|\\.)?|dic(?:iembre|embre|\\.)?|grud(?:nia|zień)';

const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
const MONTH = '(?:0?[1-9]|1[0-2])';
const YEAR = '(?:1[89]|20)\\d\\d';
const SHORT_YEAR = "(?:['’]?\\d\\d(?!\\d))";
const BETWEEN = '(?:\\s?[-/.\\u2010-\\u2013]\\s?|\\s)';
const ORDINAL = '(?:st|nd|rd|th|er|º|°|\\.|ª)?';
const OF = "(?:\\s?[-/.]\\s?|,?\\s(?:of\\s|de\\s|del\\s|di\\s|d['’])?)";

const TIME = '(?:[T ]\\d\\d:\\d\\d(?::\\d\\d(?:[.,]\\d{1,9})?)?\\s?(?:Z|UTC|[+-]\\d\\d:?\\d\\d)?)?';

const FORMS = [
  `${YEAR}${BETWEEN}${MONTH}${BETWEEN}${DAY}${TIME}`,
  `${DAY}${BETWEEN}${DAY}${BETWEEN}(?:${YEAR}|${SHORT_YEAR})`,
  `${DAY}${ORDINAL}${OF}(?:${MONTHS})${OF}(?:${YEAR}|${SHORT_YEAR})`,
  `(?:${MONTHS})\\s?[-.]?\\s?${DAY}${ORDINAL},?[\\s-](?:${YEAR}|${SHORT_YEAR})`,
  `${YEAR}[\\s,-]{1,2}(?:${MONTHS})[\\s-]${DAY}`,
  `${DAY}(?:${MONTHS})${YEAR}`,
  `${YEAR}年\\s?${MONTH}月\\s?${DAY}日`,
  `${YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])`,
  `(?:0[1-9]|[12]\\d|3[01])(?:0[1-9]|1[0-2])${YEAR}`,
];

const ANY = `(?:${FORMS.join('|')})`;

/** A date in prose: not within a longer number, an address or a version. */
const IN_TEXT = new RegExp(`(?<![\\p{L}\\d]|\\d[-/.:])${ANY}(?![\\p{L}\\d]|[-/.:]\\d)`, 'iu');
const WHOLE = new RegExp(`^${ANY}(?:\\s?(?:r|г)\\.?)?$`, 'iu');

interface DatePlace {
  readonly start: number;
  readonly end: number;
}

/** The first date in `text`. */
export function dateIn(text: string): DatePlace | undefined {
  const match = IN_TEXT.exec(text);
  return match === null ? undefined : { start: match.index, end: match.index + match[0].length };
}

export function isDate(value: string): boolean {
  return value.length <= 48 && WHOLE.test(value);
}
