// What streets are called: words at the end of a street's name, before it, and grown together with it.

/** With a number before and a name between, these are enough. */
const PLAIN_ENDINGS =
  'street st avenue ave av road rd lane ln drive dr boulevard blvd court ct terrace ter crescent cres close highway hwy parkway ' +
  'pkwy circle cir turnpike expressway freeway mews gardens grove parade pde esplanade alley trail way place pl square sq';

/** These are words of all kinds: they need a word such as `address` beside. */
const LOOSE_ENDINGS =
  'alley annex branch bridge brook brooks burg bypass camp canyon cape causeway center centers centre chase circles circuit cliff ' +
  'cliffs club common corner corners course courts cove coves creek crest crossing crossroad croft curve dale dam divide drives ' +
  'estate estates extension extensions fall falls farm ferry field fields flat flats ford fords forest forge forges fork forks ' +
  'fort garden garth gate gateway glade glen glens green greens groves harbor harbors haven heath heights hill hills hollow ' +
  'island islands isle junction junctions key keys knoll knolls lake lakes land landing light lights loaf lock locks lodge loop ' +
  'mall manor manors meadow meadows mead mill mills mission motorway mount mountain mountains neck nook orchard oval overpass ' +
  'paddocks park parks parkways pass passage path pike pine pines plain plains plaza point points port ports prairie quay radial ' +
  'ramp ranch rapid rapids rest ridge ridges rise river roads route row rue run shoal shoals shore shores side skyway spinney ' +
  'spring springs spur spurs squares station stravenue stream streets summit throughway trace track trafficway tunnel underpass ' +
  'union unions valley valleys via viaduct view views village villages ville vista walk walks wall ways well wells wharf wood';

export const ENDINGS = new Set(PLAIN_ENDINGS.split(' '));
export const LOOSE = new Set(LOOSE_ENDINGS.split(' '));

/** Between the number and the name, in French. */
export const FRENCH = new Set(
  'rue avenue av boulevard bd bld place pl allée allee allées impasse chemin quai passage route cours square voie sentier villa faubourg'.split(
    ' ',
  ),
);

/** German and Dutch names with which the kind of street has grown together; a number follows. */
export const GROWN =
  /(?:straße|strasse|str\.|str|weg|platz|allee|gasse|damm|ufer|chaussee|ring|steig|pfad|graben|straat|laan|plein|gracht|kade|dijk|singel|plantsoen|dreef|steeg|hof|park|pad)$/iu;

/** Words with which those end that are no streets: `unterwegs 5`, `Arbeitsplatz 3`. */
export const NOT_GROWN =
  /^(?:halbweg|heimweg|rückweg|hinweg|umweg|unterweg|keineswegs|arbeitsplatz|sitzplatz|stehplatz|parkplatz|stellplatz|spielplatz|speicherplatz|tabellenplatz|startplatz|studienplatz|fensterplatz|hering|spring|string|bring|during|spa?ring|.*(?:ering|uring|oring|iring|aring|tring)|bahnhof|friedhof|gerichtshof|ipad|ring|notepad|launchpad|keypad|touchpad|trackpad|theme park|radweg|norweg|norway)$/iu;

/** Before the name, and the number after it. Polish, Italian, Spanish, Portuguese. */
export const BEFORE_NAME = [
  ...[
    'calle',
    'avenida',
    'avda.',
    'paseo',
    'plaza',
    'carrera',
    'camino',
    'carretera',
    'glorieta',
    'travesía',
    'c/',
    'callejón',
  ],
  ...[
    'via',
    'viale',
    'piazza',
    'piazzale',
    'corso',
    'vicolo',
    'largo',
    'contrada',
    'borgo',
    'strada',
    'lungomare',
  ],
  ...['rua', 'travessa', 'praça', 'alameda', 'rodovia', 'estrada', 'av.'],
  ...[
    'ul.',
    'al.',
    'os.',
    'pl.',
    'ulica',
    'aleja',
    'aleje',
    'osiedle',
    'plac',
    'rynek',
    'skwer',
    'szosa',
    'rondo',
    'bulw.',
    'wyb.',
    'droga',
    'ogród',
    'wyspa',
  ],
] as const;

/** The last three letters of words that could have grown together with a street's, by five bits of each. */
const GROWN_TAILS = new Uint8Array(1 << 15);
for (const tail of 'aße sse str weg atz lee amm fer see ing eig fad ben aat aan ein cht ade ijk gel oen eef eeg hof ark pad'.split(
  ' ',
))
  GROWN_TAILS[tailCode(tail, tail.length)] = 1;

function tailCode(text: string, to: number): number {
  const one = text.charCodeAt(to - 3) & 31;
  return (one << 10) | ((text.charCodeAt(to - 2) & 31) << 5) | (text.charCodeAt(to - 1) & 31);
}

/** Whether the word that ends at `to` is worth a closer look. */
export function mayBeGrown(text: string, to: number): boolean {
  const end = to > 0 && text.charCodeAt(to - 1) === 46 ? to - 1 : to;
  return end > 2 && GROWN_TAILS[tailCode(text, end)] === 1;
}
