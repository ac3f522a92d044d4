// Words that begin with a capital where a person's name could stand, and are none.

const ADDRESSED =
  'all there team teams everyone everybody folks guys gang people friend friends colleague colleagues customer customers client ' +
  "clients user users member members subscriber subscribers reader readers sir sirs madam ma'am applicant candidate candidates " +
  'guest guests partner partners parents students student staff employee employees owner resident tenant supplier vendor buyer ' +
  'seller shopper hiring support sales admin admins administrator info service services helpdesk desk billing marketing ' +
  'accounts noreply no-reply newsletter notifications alerts security ops devops world universe santa diary god lord jesus ' +
  'mom mum dad mama papa grandma grandpa honey darling dear sweetheart love babe bro dude man buddy mate boss ' +
  'kunde kunden kundin kundinnen kollege kollegen kollegin kolleginnen damen herren gäste freunde freundin team zusammen leute ' +
  'welt grüße gruß grüsse grüßen eltern mitglieder mitarbeiter bewerber nutzer ' +
  'client cliente clientes clienti signore signori señor señores señora equipo todos todas mundo monde tous toutes équipe collègues ' +
  'collega collegas klant klanten iedereen allemaal heer mevrouw wereld mensen państwo pan pani klienci wszyscy świecie wszystkim ' +
  'senhor senhores senhora equipe pessoal gente time squadra tutti mondo team colleghi amici amigos amis';

const STARTS =
  "a an the this that these those it its it's i i'm i've i'd i'll im we we're we've you you're your our my me he she they " +
  "what what's who how how's why when where which is are was were am be been do does did can could will would should may " +
  'might must have has had not no yes ok okay please thanks thank just so and or but if as at by for from in of on to with ' +
  "up out off over again good great nice welcome congratulations hope hoping sorry let let's here new old first last next " +
  'best kind warm regards sincerely cheers yours happy merry sent get got see look now then also any some every each ' +
  'ich wir du sie er es ihr der die das ein eine und oder mit von für bitte danke vielen wie was wo wann ' +
  'je nous vous tu il elle le la les un une des du et ou merci comment el los las una uno y o gracias como que qué ' +
  'io noi voi lui lei lo gli uno grazie come ik wij jij de het een en dank hoe ja my wy on ona to jest i dziękuję o os as um ' +
  'uma e obrigado obrigada eu nós';

const CALENDAR =
  'january february march june july september october november december monday tuesday wednesday thursday friday saturday ' +
  'sunday today tomorrow yesterday morning afternoon evening night noon montag dienstag mittwoch donnerstag freitag samstag ' +
  'sonntag januar februar märz juni juli oktober dezember lundi mardi mercredi jeudi vendredi samedi dimanche easter christmas';

const WORKS =
  'engineer software hardware developer manager director analyst architect designer consultant accountant officer executive ' +
  'assistant associate specialist president vice head chief lead senior junior intern scientist researcher technician nurse ' +
  'inc ltd llc gmbh corp co company limited plc ag sa srl bv group bank insurance university college school hospital clinic ' +
  'department dept office centre center institute association foundation society council committee agency ministry studio labs ' +
  'lab technologies technology systems solutions software platform app application api server database cloud docs page site ' +
  'website project product order invoice account ticket issue request report system error warning info debug test tests ' +
  'testing demo example sample default unknown anonymous null none undefined true false name string number object value ' +
  'street road avenue lane drive square park city town county state country north south east west';

const THINGS =
  'siri alexa google cortana bixby chatgpt claude gpt copilot bing github gitlab slack linux windows python java javascript react ' +
  'kitty moto pepper robot martens clean universe world america american african asian european airport airlines piggy ' +
  'reddit twitter facebook instagram youtube internet amazon microsoft apple netflix docker kubernetes';

const NOT_NAMES = new Set([ADDRESSED, STARTS, CALENDAR, WORKS, THINGS].flatMap((words) => words.split(' ')));

/** Titles: what follows one is a name, they are no part of it. */
export const TITLES = new Set(
  (
    'mr mrs ms mx dr prof professor sir dame lord lady miss mister missus madam madame monsieur mademoiselle mme mlle herr herrn ' +
    'frau fräulein señor señora señorita sr sra srta don doña signor signora signorina sig dott dottore dottoressa ing dipl avv ' +
    'dhr mevr mw meneer mevrouw drs ir pan pani panie senhor senhora dona rev reverend father judge justice captain capt lt ' +
    'sgt colonel col general gen major maj sergeant lieutenant m'
  ).split(' '),
);

const OF_WORK = new Set([WORKS, THINGS].flatMap((words) => words.split(' ')));

/** What follows a title and is no name: `Sr. Engineer`, `Dr Pepper`. */
export function isOfWork(word: string): boolean {
  return OF_WORK.has(word.toLowerCase());
}

const NO_FURTHER = new Set([STARTS, CALENDAR, WORKS, THINGS].flatMap((words) => words.split(' ')));

/** What ends a name that has begun: `Dear Anna Kunde` goes on, `Dear Anna Thanks` does not. */
export function endsName(word: string): boolean {
  const folded = word.toLowerCase();
  return NO_FURTHER.has(folded) || TITLES.has(folded);
}

export function isNoName(word: string): boolean {
  const folded = word.toLowerCase();
  return NOT_NAMES.has(folded) || TITLES.has(folded);
}
