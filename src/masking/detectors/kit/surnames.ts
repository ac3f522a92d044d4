// Family names: endings that many of them have, and the most common that have none of these.

const ENDINGS = new Set(
  (
    'ski ska cki cka dzki dzka wicz czyk czak owiak mann sson ssen ersen nsen lsen dottir berg stein meyer ' +
    'meier maier mayer huber bauer schmidt schmid hoff bach dorf elli etti otti ucci acci azzi ozzi ini oni ' +
    'ardi aldi olli ello etto ovic ović ovich ova enko chuk kov nov yan oglu oğlu idis akis poulos ández ' +
    'andez endez ínez inez guez lvez rrez énez enez ópez opez érez erez uez stra sma inga huis veld sen eira ' +
    'eiro alho ães aes ault aux eux ard ier eau otte kar puri wal nathan swamy murthy singh'
  ).split(' '),
);
const SHORTEST_ENDING = 3;
const LONGEST_ENDING = 7;

/** Of a word in small letters. */
function hasEnding(word: string): boolean {
  for (let length = SHORTEST_ENDING; length <= LONGEST_ENDING; length += 1) {
    if (ENDINGS.has(word.slice(-length))) return true;
  }
  return false;
}

/** Ordinary words that end like that. */
const ORDINARY =
  /^(?:.*(?:ssen|ment|tion)|person|dashboard|card|board|standard|hard|forward|backward|award|guard|wizard|keyboard|orchard|yard|nova|barrier|carrier|courier|supplier|premier|tier|earlier|frontier|identifier|modifier|notifier|classifier|verifier|bureau|plateau|panini|mini|martini|gemini|houdini|hello|jello|cello|yellow|medieval|macaroni|pepperoni|wardi|feedback|iceberg|renewal|approval|removal|retrieval|arrival|interval|festival|wizards|chosen|frozen|queen|seven|eleven|oven|kitchen|linux|taxi|ski|withdrawal|musical|nickar|oscar|car|sugar|calendar|bazaar|radar|solar|polar|regular|modular|pier|heavier|amplifier|cashier|soldier|glacier|cavalier|multiplier|chandelier|hamburger)$/iu;

const COMMON = new Set(
  (
    'smith jones williams taylor davies evans thomas johnson roberts walker wright robinson thompson hughes edwards clarke turner ' +
    'jackson harris clark lewis patel khan campbell anderson kelly simpson collins murphy bennett davis miller wilson moore ' +
    'hernandez garcia garcía gonzalez gonzález lopez lópez sanchez sánchez rodriguez ramirez torres flores rivera gomez gómez ' +
    'diaz díaz cruz reyes morales ortiz ramos ruiz álvarez mendoza castillo vargas romero moreno muñoz alonso navarro molina ' +
    'rubio serrano suárez delgado castro ortega iglesias santos silva costa souza oliveira pereira lima carvalho almeida ' +
    'ribeiro alves gomes martins rocha barros melo cardoso nascimento araujo fernandes barbosa müller mueller weber wagner ' +
    'becker schulz schäfer koch richter klein wolf schröder neumann schwarz krüger braun zimmermann hartmann lange krause ' +
    'lehmann köhler maier jung hahn vogel friedrich keller günther frank winkler lorenz baumann sauer vogt pohl martin bernard ' +
    'dubois petit durand leroy simon laurent lefebvre lefèvre michel garcia bertrand roux fournier girard bonnet dupont ' +
    'lambert rousseau vincent muller mercier blanc guerin boyer rossi russo ferrari esposito bianchi romano colombo ricci ' +
    'marino greco bruno gallo conti costa giordano mancini rizzo lombardi moretti jansen bakker visser smit meijer mulder bos ' +
    'vos peters hendriks dekker brouwer dijkstra smits jacobs vermeulen kok nowak wójcik mazur krawczyk kaczmarek zając król ' +
    'wróbel dudek sharma gupta verma reddy nair iyer menon desai mehta joshi pandey kapoor malhotra chopra bose banerjee ' +
    'mukherjee das nguyen tran wang zhang chen kim sato suzuki tanaka kowalski mclaughlin murray stewart graham hamilton ' +
    'sullivan kennedy ryan connor nolan donovan doyle brennan byrne gallagher quinn fitzgerald schneider fischer hoffmann'
  ).split(' '),
);

function isOne(word: string): boolean {
  const folded = word.toLowerCase();
  if (COMMON.has(folded)) return true;
  if (/^(?:Mc|Mac|O['’]|De|Di|Van|Von)\p{Lu}\p{Ll}{2,}$/u.test(word)) return true;
  return word.length > 4 && hasEnding(folded) && !ORDINARY.test(word);
}

/** Whether a word is written like a family name; of a double one, whether a half is. */
export function isSurname(word: string): boolean {
  return word.split('-').some(isOne);
}
