// Common given names of many countries: enough to tell `I'm Maria` from `I'm Busy`. Never what decides alone in prose.

const NAMES =
  'aaliyah aarav aaron abby abdul abdullah abel abigail ada adam addison adelaide adele aditi aditya adrian adriana agata ' +
  'agathe agnes agnieszka ahmed aida aidan aiden aileen aisha akash akshay alain alan alana alba albert alberta alberto ' +
  'alejandra alejandro aleksander aleksandra alessandra alessandro alessia alessio alex alexa alexander alexandra ' +
  'alexandre alexis alfie alfonsina alfonso alfred alfredina alfredo ali alice alicia alina alisa alisha alison alix ' +
  'aliya allan allison alma alondra alton alyssa amadeo amalia amanda amara amaya amber amelia amelie amina amir amit ' +
  'amos amparo amy ana anabel anais ananya anastasia anaïs anders andre andrea andreas andrei andrew andrzej andrés andy ' +
  'angel angela angelica angelina angelo anibal anika anil anisha anita anja ann anna annabelle anne anneke annette annie ' +
  'ansgar anthony antje antoine anton antonella antonia antonietta antonio anya aníbal apolline april arabella aria ' +
  'ariana ariane ariel aristide arjun armand armando arnaud arnold arnulfo arthur arturo arun arwin aryan asha asher ' +
  'ashley ashok astrid aubrey audrey august aurelie aurora austin ava avery axel ayaan ayesha aylin barbara barry bartosz ' +
  'bas bastian bastien beata beatrice beatrix beatriz becky begoña ben benedict benita benito benjamin bennett berenice ' +
  'bernadette bernard bernd berta bertha beth bethany bettina betty bianca bill birgit björn blake blanca blanche bob ' +
  'bogdan bonnie boris brad bradley brandi brandon breanna brenda brian brigida brigitte britta brittany brooke bruce ' +
  'bruna bruno bryan bryant byron caio caitlin calista callum calvin camila camille camilo camryn candace candice carina ' +
  'carl carla carlo carlos carlota carlotta carmela carmelo carmen carmine carol carolina caroline carolyn carsten ' +
  'casandra casey cassandra catarina caterina catharina catherine cayden cecil cecile cecilia cedric celestine celia ' +
  'celina celine cesar cezary chad chaim chantal charles charlie charlotte chaya chelsea cheryl cheyenne chiara chloe ' +
  'chris christa christel christelle christian christiane christina christine christophe christopher cian ciara cindy ' +
  'claire clara clarence clarissa claude claudia claudine claudio claudius clayton clemens clement clotilde clovis cléo ' +
  'cody colin coline concepción connor conor constance consuelo cora corentin corey corinna cormac cornelia cornelis ' +
  'cortez courtney craig cristian cristina crystal curtis cynthia czesław cássia daan dagmar daisy dakota dalia damian ' +
  'damien damon dan dana daniel daniela daniele danielle danny dante daphne daphné dariela dario dariusz darrell darren ' +
  'dave davi david davide davina dawid dawn dayana dean deanna debbie deborah debra declan deepak delfina delia delphine ' +
  'demetrius denis denise dennis derek derrick desmond detlef devon dewey diana diane diann diego dieter dilara dillon ' +
  'dimitri dina dinesh dirk dmitry dolly dolores domenico dominic dominik dominika dominique donald donatella donato ' +
  'donna dora doreen dorian doris dorota dorothea dorothy doug douglas duncan dustin dwight dylan edgar edgardo edith ' +
  'edmund edna edoardo eduardo edward edwin efrain eileen eladio elaine eleanor elena eleonora eleonore eliane elias elif ' +
  'eligiusz elijah elin elina elisa elisabeth elisabetta elise eliza elizabeth ella ellen ellie elliot ellis elmer elodie ' +
  'eloisa eloise elsa elvira elza elżbieta emanuele emelie emerson emery emil emilia emilie emilija emilio emily emma ' +
  'emmanuel emmanuelle emmett enola enrico enrique enzo ephraim eric erica erich erick erik erika erin erna ernest ' +
  'ernestina ernestine ernesto ernst erwin esme esteban estefania estelle estevan esther ethan ettore eugene eugenia ' +
  'eugenie eulalia eva evan eve evelyn everett ewa ezra fabia fabian fabiana fabienne fabio fabiola fabrice fabrizio ' +
  'fannie farah fatima faustino faye federica federico felicia feliciano felicity felipe felix ferdinand fermin fernanda ' +
  'fernando fidel filip filipa filippo finn fiona flavia fleur flora florence florian floriana floris fortunato frances ' +
  'francesca francesco francisca francisco franck francois frank franka frankie franz franziska françois fred freddie ' +
  'frederic frederick frederik freya frida frieda friedrich fritz fátima gabriel gabriela gabriele gabriella gael gaetano ' +
  'gaia gareth garrett gary gaspard gaspare gavin geertje gemma genevieve geneviève genoveva geoffrey george georgia ' +
  'georgina gerald geraldine gerard gerda gerhard germaine germán gerry gert gertrud ghislaine giacomo gianluca gianna ' +
  'gianni gideon gilbert gilles gina gino giorgia giorgio giovanna giovanni gisela gisèle giulia giuliana giuliano ' +
  'giuseppe gloria gonzalo goran gordon grace gracie graciela graham grant greg gregor gregory greta griffin grover ' +
  'grzegorz guadalupe guido guilherme guillaume guillermo gunnar gunther gustav gustavo gwen gwendolyn günter günther ' +
  'hadley hailey haley halina hamza hank hanna hannah hans hans-peter harley harold harper harriet harrison harry harvey ' +
  'hassan hayley hazel heather hector heidi heike heiko heinrich heinz helen helena helene helga helmut heloise hendrik ' +
  'henk henri henrik henrique henry herbert herman hermann hermine herminia hester hidde hilary hilda holger holly hope ' +
  'horacio horst hortense howard hubert huberto hubertus hugh hugo hugues humberto hussein héctor hélène iain ian ibrahim ' +
  'ida ignacio ignacy igor ihsan ilaria ilona ilse imani imogen imran ines inga inge ingo ingrid inès irena irene ' +
  'ireneusz irina iris irma isa isaac isabel isabela isabell isabella isabelle isadora isaiah isaías isidro isla ismael ' +
  'ismail itziar iva ivan ivana ivy iwona izabela iñigo jacek jack jackie jackson jacob jacqueline jacques jada jade ' +
  'jaden jadwiga jagoda jaime jake jakob jakub jalen jamal james jameson jamie jan jana jane janek janet janice janina ' +
  'janine janis janna janneke janusz jared jarek jarosław jasmin jasmine jason javier jaxon jay jayden jaylen jazmin jean ' +
  'jean-luc jean-pierre jeanette jeanne jeff jeffery jeffrey jelle jennifer jenny jens jeremy jerome jerry jerzy jesper ' +
  'jesse jessica jessie jessika jesus jill jim jimmy jo joachim joan joana joanna joanne joao joaquin jochen jodie jody ' +
  'joe joel joelle joern johan johann johanna johanne johannes john johnny jolanda jolanta jolie jon jonah jonas jonasz ' +
  'jonathan joost jordan jordi jordyn jorge jose josef josefina joseph josephine josh joshua josiah josé joy joyce jozef ' +
  'joão juan juan-carlos juana juanita judith judy julia julian juliana juliane julie julien juliet juliette julio jurgen ' +
  'justin justine justyna jutta józef józefina jörg jürgen kacper kaitlyn kajetan kamal kamil kamila kara karel karen ' +
  'kari karim karin karl karla karol karolina kasper katarina katarzyna kate katelyn katharina katherine kathleen kathrin ' +
  'kathrine kathryn kathy katia katie katja katrin katrina katy kavita kaya kayla kazimierz keira keisha keith kelly ' +
  'kelsey ken kenneth kenny kerstin kevin khadija khalid kiara kim kiran kirsten klara klaudia klaus klemens koen konrad ' +
  'konstantin konstantyn kornelia kris krish krishna krista kristen kristian kristin kristina kristine kristy krystyna ' +
  'krzysztof kurt kyle lacey lana lance lara larissa larry lars laszlo laura laurel lauren laurence laurent laurie ' +
  'lavinia lavínia lawrence layla lea leah leander leandra leandro leanne lee leila leland lena leo leon leona leonard ' +
  'leonardo leonie leonor leopold leslie lester leticia letícia levi lewis lex lia liam lidia lieke lilia lilian liliana ' +
  'lilith lillian lilly lily linda lindsay lindsey linus lionel lisa lisette livia liz loes logan lois lola lonnie ' +
  'loraine lorena lorenzo loretta lori lorna lotte lou louella louis louisa louise lourdes lubomir luc luca lucas lucia ' +
  'luciana luciano lucie lucille lucinda lucjan lucrezia lucy ludwig luella luigi luis luisa luise lukas luke lukáš luna ' +
  'luther luz luís lydia lyle lynn léa léon léonie lúcia maaike mabel maciej mackenzie macy maddalena madeleine madison ' +
  'mae maeve magali magda magdalena magnus mahmoud maia maike maisie maite maitê maja malak malcolm malgorzata malika ' +
  'malin malte mandy manfred manuel manuela mara marc marcel marcela marceli marcelina marceline marcella marcellus ' +
  'marcelo marcin marco marcos marcus mareike marek margaret margarete margarethe margarida margarita margaux margherita ' +
  'margie margot maria mariam marian mariana marianne mariano maribel maricela marie marie-claire mariella marijke marijn ' +
  'marilyn marina mario mariola marion marisa marise marisela marisol maritza marius mariusz marjorie mark marko markus ' +
  'markéta marleen marlene marley marlies marlon marta martha marthe martijn martin martina martine marty marvin marwan ' +
  'mary maryam maría mateo mateus mateusz mathew mathias mathieu mathilde mathis matilda mats matt matteo matthew ' +
  'matthias matthieu mattia maude maureen maurice mauricio maurizio mauro max maxim maxime maximilian maximiliano may ' +
  'maya małgorzata megan mehmet meike mekhi melania melanie melina melinda melissa melody melvin mercedes meredith merle ' +
  'mette mia micaela michael michaela michal michał michel michele michelle mieczysław mieke miguel mika mike mila milan ' +
  'mildred milena miles millie milton mina minerva minna minnie mira miranda mirco mirela miriam mirjam miroslav mirosław ' +
  'mitchell mohamed mohammad mohammed moira moises molly mona monica monika monique montserrat morgan moritz morris moses ' +
  'muhammad murielle murray mustafa mya myra myriam myrtle nadia nadine nadja naima nancie nancy naomi napoleon natalia ' +
  'natalie natan natasha natasza nataša nathalie nathan nathaniel neal neele neha neil nele nelly nelson nerea nestor ' +
  'neve nicholas nick nicklas nico nicola nicolaas nicolas nicole nicolette nicolò niek niels nigel nikhil nikita nikki ' +
  'niklas nikola nikolai nils nina nisha noa noah noel noelia noelle noemi noemie noor nora norbert norberto noreen norma ' +
  'norman nuria octavia octavio odette odile ola olaf oleg olga olimpia olive oliver olivia olivier ollie omar omer orla ' +
  'orlando ornella orsolya oscar oskar osman osvaldo oswald otilia otis ottavia ottilie otto owen pablo paige pamela ' +
  'pamella pankracy paola paolo pascal pascale pascual patrice patricia patrick patrik patrizia patrycja patryk patti ' +
  'patty paul paula paulette paulina pauline paulo pavel paweł payton pedro peggy penelope percy perry peter petra ' +
  'petronella phil philip philipp philippa philippe philippine phillip phoebe pia pierangelo pierre pieter pietro pilar ' +
  'piotr polly pooja priscila priscilla priya prudence przemysław quentin quinn rachel radek rafael rafał raffaele ' +
  'raffaella rahul rainer raissa raj rajesh ralf ralph ramiro ramon ramona randal randall randy raphael raphaël raquel ' +
  'rasheed rashid raul ravi ray raymond raymundo reagan rebeca rebecca rebekka reggie regina reid reilly reina reinaldo ' +
  'reinhard reinhold renata renate renato rene renee renée reyna rhonda rhys ricarda ricardo riccardo richard rick rickie ' +
  'ricky rigoberto riley rina rita rob robbie robert roberta roberto robin robyn rocco rocio rocío roderick rodger rodney ' +
  'rodrigo rogelio roger rohan roisin roland rolf romain roman romane romina romy ron ronald ronja ronnie rory rosa ' +
  'rosalie rosamond rosana rosanna rosario roselyn rosemary rosetta rosie rosina ross roxane roxanne roy ruben ruby rubén ' +
  'rudolf rudy rufus rupert russell ruth ryan ryszard rémi sabina sabine sabrina sadie saif sally salma salvador ' +
  'salvatore sam samantha sami samir samira samuel sandra sandro sandy sanja sanjay sanna sanne santi santiago santino ' +
  'santos saoirse sara sarah sascha sasha saskia saul saúl scarlett scott sean sebastian sebastien selena selina serena ' +
  'serge sergei sergio sergiusz seth shane shaniya shannon sharon shaun sheila sheldon sheri sherry shirin shirley ' +
  'sibylle sidney siegfried siena sienna sigrid silas silke silvana silvester silvia silvio simeon simon simona simone ' +
  'siobhán skyler sofia sofie solange soledad solène sonia sonja sophia sophie stacey stacy stan stanislas stanisław ' +
  'stefan stefania stefanie stefano stella stephan stephania stephanie stephen steve steven stuart sue sunil suresh susan ' +
  'susana susanna susanne suzanne sven svenja svetlana swen sybilla sydney sylvain sylvester sylvia sylvie szymon ' +
  'séverine søren sławomir tabea tabitha tadeusz tamara tamsin tanguy tania tanja tanner tara tarik tatiana tatjana tatum ' +
  'taylor ted teodor teodora terence teresa teresita terrance terry tess tessa thaddeus thalia thea thelma theo theodore ' +
  'theresa therese theresia thiago thierry thomas thorsten théo théophile thérèse tiffany tillmann tim timo timon timothy ' +
  'timothée tina titus tobias tobiasz todd tom tomas tomasz tommaso tommy tomás toni tony toon torben tore torsten tracey ' +
  'tracy travis trent trevor treyvon tricia trisha tristan trudy tyler ulf ulisses ulla ulrich ulrike umberto ursel ' +
  'ursula urszula ute uwe valentin valentina valentine valentino valeria valerie valérie vance vanda vanessa velma vera ' +
  'verena vernon verona veronica veronika veronique vicenta vicente vicki vicky victor victoria vidal vijay vikram viktor ' +
  'viktoria vince vincent vincenzo vinzenz viola violet violetta virgil virginia virginie vito vittorio vivian viviana ' +
  'vivien vladimir volker wade waldemar walentyna walter waltraud wanda warren warwick wayne wendel wendell wendy werner ' +
  'wesley wiktoria wilbert wiley wilfred wilfried wilhelm wilhelmina willa willard willem william willie wilma winfried ' +
  'winifred winston wojciech wolfgang woodrow wouter xander xavi xavier xenia ximena yann yannick yannis yara yasmin ' +
  'yasmina yasmine yassine yolanda yolande yosef youp youssef yuna yuri yusuf yvan yves yvette yvonne zac zachary zack ' +
  'zane zara zayn zbigniew zdzisław zelda zenon zita zoe zoey zofia zoltan zora zoé zoë zuzana zuzanna zygmunt álvaro ' +
  'ángel ángela çağla émilie étienne özlem łukasz şule';

const GIVEN = new Set(NAMES.split(' '));

/** Whether a word, in any case, is a given name that many people have; `Jean-Luc` is one if `Jean` is. */
export function isGivenName(word: string): boolean {
  const folded = word.toLowerCase();
  if (GIVEN.has(folded)) return true;
  const dash = folded.indexOf('-');
  return dash > 0 && GIVEN.has(folded.slice(0, dash));
}
