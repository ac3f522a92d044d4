// What stands for a value and is none: placeholders, references, code, words of a form or a message about it.

/** What a label may say beside its type: nothing else stands in one. */
const SAYS = '(?::(?:(?:…|\\.{3})[0-9A-Za-z]{1,4}|k\\d{1,4}-[a-z2-7]{16}|sha256-[0-9a-f]{64}))?';
const TYPE_AND_SAYS = `\\[[A-Z][A-Z0-9_]*${SAYS}`;
/** All of it was masked already; the last label's bracket may have ended it. */
const LABEL = new RegExp(`^(?:${TYPE_AND_SAYS}(?:\\]|$)[^\\p{L}\\p{N}[]{0,3})+$`, 'u');
const TEMPLATE =
  /^(?:\$\{.*\}?|\$\(.*|\{\{.*|\{[\w.$ -]*\}?|<[^<>]*>?|%\(\w+\).?|%\{.*|%[\w]+%|#\{.*|\$[A-Za-z_][A-Za-z_]*|\$env:\w+|@\w+@|__\w+__|%[sdvq]|:[a-z_]+|\?|&?lt;.*|!(?:Ref|Sub|GetAtt|ImportValue|vault|secret|env|reference)\b.*|\[[\w ]*\]?|ENC\[.*|vault:.*|arn:.*|op:\/\/.*|secretref:.*)$/iu;
const BLANKED = /^(?:[*•x.…_#?+=~-]{1,}|x+[\w*.-]{0,4}|(.)\1{3,})$/iu;
const CALL = /^(?:await |new )?[A-Za-z_$][\w$.:>-]*[([](?:[A-Za-z_$][\w$.]*)?$/u;
const REFERENCE = /^&?[A-Za-z_$][A-Za-z_$]*(?:(?:\.|->|::|\?\.)[A-Za-z_$][A-Za-z_$]*)+$/u;
const ENVIRONMENT =
  /^(?:process\.env|os\.environ|ENV|env|System\.getenv|config|secrets|var|local|data|module)[.[(]/u;
const URL_OR_PATH =
  /^(?:[a-z][a-z0-9+.-]{1,15}:\/\/|~?\/[\w.-]*(?:\/|$)|\.{1,2}\/|[A-Za-z]:[\\/]|file:|\/[\w-]+$)/iu;

export function isPlaceholder(value: string): boolean {
  return LABEL.test(value) || TEMPLATE.test(value) || BLANKED.test(value);
}

const ONE_LABEL = new RegExp(`^${TYPE_AND_SAYS}\\]$`, 'u');
const LABELS = new RegExp(`${TYPE_AND_SAYS}\\]`, 'gu');

export function isLabel(value: string): boolean {
  return ONE_LABEL.test(value);
}

/** As it may have been before something in it was masked: what is decided of it is decided again. */
export function labelsAsWords(value: string): readonly string[] {
  if (!value.includes('[')) return [value];
  return ['label', 'LABEL'].map((word) => value.replaceAll(LABELS, word));
}

const WHOLE_TEMPLATE =
  /^(?:\$\{.*\}|\$\(.*\)|\{\{.*\}\}|<[^<>]*>|&lt;.*&gt;|#\{.*\}|%\{.*\}|%\(\w+\)s?|\$[A-Z_][A-Z0-9_]*|\$env:\w+|%[A-Z0-9_]+%|@[A-Z_]+@|__[A-Z_]+__|\{[\w.$ -]*\}|%[sdvq]|\?|!(?:Ref|Sub|GetAtt|ImportValue|vault|secret|env|reference)\b.*|ENC\[.*|vault:.*|arn:.*|op:\/\/.*|secretref:.*)$/su;
const BLACKED = /^(?:[*•.…_#?+=~-]+|x{3,})$/iu;
const PATH = /^(?:[a-z][a-z0-9+.-]{1,15}:\/\/\S*|(?:~|\.{1,2}|[A-Za-z]:)?(?:[\\/][\w.-]+){2,}[\\/]?)$/iu;
const FROM_ENVIRONMENT =
  /^(?:(?:process\.env|ENV|env|secrets|config|var|local|data|module)(?:\.\w+)+|(?:os\.environ|process\.env|ENV|System\.getenv|os\.getenv)(?:\.get)?[[(]["']?\w+["']?[\])])$/u;
const NOTHING = new Set(
  'null nil none undefined true false yes no on off ok empty n/a na nan tbd todo redacted hidden masked removed filtered omitted protected string str int integer number bool boolean object any unknown void text varchar char bytes byte list array map required optional nonnull nullable securestring secretstring'.split(
    ' ',
  ),
);

/** What plainly is no value, though it is all that stands under a name. */
export function isNoValue(value: string): boolean {
  return (
    NOTHING.has(value.toLowerCase()) ||
    WHOLE_TEMPLATE.test(value) ||
    BLACKED.test(value) ||
    PATH.test(value) ||
    FROM_ENVIRONMENT.test(value)
  );
}

/** An object, a tuple, a choice or a call, cut where a value would end. */
const EXPRESSION =
  /^(?:(?:[{(]|\[(?![A-Z][A-Z0-9_]*:(?:…|k\d|sha256-)))\s*[\w"']+\s*[:,]|[A-Za-z_$][\w.$]*(?:\?\.?[\w.$]+[(:?]|\|\||&&|\?\?))/u;

export function isCode(value: string): boolean {
  return EXPRESSION.test(value) || CALL.test(value) || REFERENCE.test(value) || ENVIRONMENT.test(value);
}

export function isPlace(value: string): boolean {
  return URL_OR_PATH.test(value);
}

const FILE =
  /^[\w-]+(?:\.[\w-]+)*\.(?:json|ya?ml|toml|txt|pem|key|crt|cer|p12|pfx|jks|env|ini|conf|cfg|xml|js|ts|py|rb|go|java|php|sh|md|html?|css|csv|log|sql|db|pdf|png|jpe?g|svg|gz|zip|tar)$/iu;
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,12}(?::\d+)?\/?$/u;
const DATE = /^\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/u;
const VERSION = /^[v~^<>= ]*\d+(?:\.\d+){1,3}(?:[-+][\w.]+)?$/iu;

/** Of a form of its own, which no secret has. */
export function isOtherwiseKnown(value: string): boolean {
  return FILE.test(value) || HOST.test(value) || DATE.test(value) || VERSION.test(value);
}

const WORDS = new Set(
  'null nil none undefined true false yes no on off empty n/a na nan todo tbd redacted hidden masked removed filtered omitted encrypted protected string str int integer number bool boolean object any unknown void text varchar char bytes byte buffer list array map dict optional required type secretstr securestring secretstring charfield nonnull nonempty uint self this await async new function func return const let var static public private typeof default auto custom basic bearer digest oauth plain prompt stdin ask password passwort kennwort passwords passwd passphrase pass pwd secret token wachtwoord senha parola haslo hasło contraseña contrasena key username user email valid invalid incorrect correct wrong expired missing failed failure success successful ok accepted rejected denied reset changed updated unchanged confirmed set unset not is was are be been has have had must should can cannot could may might will would shall need needs and or but if when the a an your my our their his her its that these those it you we they he she i for from with without of in at to by as please enter use using used see click choose create provide provided same minimum min max maximum least only also too very how what which who why where there here never always both some all each every one two weak strong short long policy manager field form input label name value based hash hashed length strength change recovery protection authentication ist war muss wird bitte ihr der die das est le la votre es su el obligatoire erforderlich pflichtfeld requis requerido obrigatorio vereist wymagane'.split(
    ' ',
  ),
);

/** A word that says something of a value, or its type. */
export function isStopWord(value: string): boolean {
  return WORDS.has(value.toLowerCase().replace(/[!?.,:;…]+$/u, ''));
}
