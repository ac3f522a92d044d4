// The names by which HTML writes a character: those of all that is ASCII, and of Latin-1.

/** PHP's `htmlentities` with `ENT_HTML5` writes most of them. */
const OF_ASCII: Readonly<Record<string, readonly string[]>> = {
  '\t': ['Tab'],
  '\n': ['NewLine'],
  '!': ['excl'],
  '"': ['quot', 'QUOT'],
  '#': ['num'],
  $: ['dollar'],
  '%': ['percnt'],
  '&': ['amp', 'AMP'],
  "'": ['apos'],
  '(': ['lpar'],
  ')': ['rpar'],
  '*': ['ast', 'midast'],
  '+': ['plus'],
  ',': ['comma'],
  // Of another hyphen, which is taken for this one.
  '-': ['hyphen', 'dash'],
  '.': ['period'],
  '/': ['sol'],
  ':': ['colon'],
  ';': ['semi'],
  '<': ['lt', 'LT'],
  '=': ['equals'],
  '>': ['gt', 'GT'],
  '?': ['quest'],
  '@': ['commat'],
  '[': ['lsqb', 'lbrack'],
  '\\': ['bsol'],
  ']': ['rsqb', 'rbrack'],
  '^': ['Hat'],
  _: ['lowbar', 'UnderBar'],
  '`': ['grave', 'DiacriticalGrave'],
  '{': ['lcub', 'lbrace'],
  '|': ['verbar', 'vert', 'VerticalLine'],
  '}': ['rcub', 'rbrace'],
};

const FIRST_OF_LATIN = 0xa0;
/** One for each, up to the last. */
const OF_LATIN: readonly string[] = [
  ...['nbsp', 'iexcl', 'cent', 'pound', 'curren', 'yen', 'brvbar', 'sect', 'uml', 'copy', 'ordf', 'laquo'],
  ...['not', 'shy', 'reg', 'macr', 'deg', 'plusmn', 'sup2', 'sup3', 'acute', 'micro', 'para', 'middot'],
  ...['cedil', 'sup1', 'ordm', 'raquo', 'frac14', 'frac12', 'frac34', 'iquest', 'Agrave', 'Aacute', 'Acirc'],
  ...['Atilde', 'Auml', 'Aring', 'AElig', 'Ccedil', 'Egrave', 'Eacute', 'Ecirc', 'Euml', 'Igrave', 'Iacute'],
  ...['Icirc', 'Iuml', 'ETH', 'Ntilde', 'Ograve', 'Oacute', 'Ocirc', 'Otilde', 'Ouml', 'times', 'Oslash'],
  ...['Ugrave', 'Uacute', 'Ucirc', 'Uuml', 'Yacute', 'THORN', 'szlig', 'agrave', 'aacute', 'acirc', 'atilde'],
  ...['auml', 'aring', 'aelig', 'ccedil', 'egrave', 'eacute', 'ecirc', 'euml', 'igrave', 'iacute', 'icirc'],
  ...['iuml', 'eth', 'ntilde', 'ograve', 'oacute', 'ocirc', 'otilde', 'ouml', 'divide', 'oslash', 'ugrave'],
  ...['uacute', 'ucirc', 'uuml', 'yacute', 'thorn', 'yuml'],
];
/** Further names, and what else stands on many keyboards. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  '\u00a0': ['NonBreakingSpace'],
  '¨': ['Dot', 'die', 'DoubleDot'],
  '©': ['COPY'],
  '®': ['REG', 'circledR'],
  '¯': ['strns'],
  '±': ['pm', 'PlusMinus'],
  '´': ['DiacriticalAcute'],
  '·': ['centerdot', 'CenterDot'],
  '¸': ['Cedilla'],
  '½': ['half'],
  Å: ['angst'],
  '÷': ['div'],
  '€': ['euro'],
  '\u2010': ['hyphen', 'dash'],
};

/** They differ by case. */
export function entitiesOf(character: string): readonly string[] {
  const ofLatin = OF_LATIN[character.charCodeAt(0) - FIRST_OF_LATIN];
  return [
    ...(OF_ASCII[character] ?? []),
    ...(ofLatin === undefined ? [] : [ofLatin]),
    ...(OTHERS[character] ?? []),
  ];
}
