// Text in which nothing is sensitive, and much looks as if it were: numbers, hashes, identifiers, code.
import { CODE } from './negatives-code.ts';
import { ALNUM, BASE64, DIGITS, HEX, LOWER, type Random, UPPER, type World } from './random.ts';

export type Harmless = (world: World) => string;

const uuid = (random: Random) => [8, 4, 4, 4, 12].map((length) => random.from(HEX, length)).join('-');
const two = (number: number) => String(number).padStart(2, '0');

function moment(random: Random): string {
  const [month, day, hour, minute, second] = [
    random.between(1, 12),
    random.between(1, 28),
    random.below(24),
    random.below(60),
    random.below(60),
  ].map(two);
  const year = random.between(2015, 2027);
  return random.pick([
    `${year}-${month}-${day}T${hour}:${minute}:${second}Z`,
    `${year}-${month}-${day} ${hour}:${minute}:${second},${random.digits(3)}`,
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${random.digits(6)}+02:00`,
    `${day}/Mar/${year}:${hour}:${minute}:${second} +0000`,
    `${month}/${day}/${year} ${hour}:${minute}`,
    `${year}${month}${day}${hour}${minute}${second}`,
    `${year}${month}${day}T${hour}${minute}${second}Z`,
    `${day}.${month}.${year}, ${hour}:${minute} Uhr`,
    `Mon, ${day} Mar ${year} ${hour}:${minute}:${second} GMT`,
    `${1_500_000_000 + random.below(290_000_000)}`,
    `${1_500_000_000_000 + random.below(290_000_000_000)}`,
    `${1_500_000_000 + random.below(290_000_000)}.${random.digits(6)}`,
  ]);
}

function isbn(random: Random): string {
  const body = `978${random.digits(9)}`;
  const sum = [...body].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return body + ((10 - (sum % 10)) % 10);
}

const money = (random: Random) =>
  random
    .pick([
      '$1,299.00',
      '€ 49,95',
      '£12.50',
      '1 299,00 €',
      'USD 4,500.00',
      'R$ 1.234,56',
      '₹1,25,000',
      'EUR 17.20',
      'zł 349,00',
      '$0.0034',
    ])
    .replace(/\d/gu, () => random.from('123456789', 1));

const ENGLISH = [
  'The meeting moved from room 204 to the large hall on the third floor, so bring your own chairs.',
  'Our spring catalogue lists 48 lamps, 12 desks and a sofa that folds in two; deliveries start in May.',
  'London, Paris and Amsterdam were cheaper in winter, said the travel desk, and trains were rarely late.',
  'A token of thanks: the team that found the bug gets the key to the biscuit tin.',
  'Please read the passport rules before you travel; children need a document of their own.',
  'She kept the password policy short: length beats cleverness, and nobody changes anything without need.',
  'Chapter 12 explains how a bank account is opened and why a routing table is no such thing.',
  'The secret of good bread is time, salt and a hot oven.',
  'Version 3 of the plan dropped the second phase and kept the budget at 40 %.',
  'Mercedes and Apple presented new models; Jordan hosted the fair and Chelsea won two to one.',
  'The address of a variable is not its value, and a card game has no owner.',
  'In 1998 the bridge carried 12,400 cars a day; by 2024 it was 31,000.',
  'Dear all, the canteen is closed on Friday.',
  'Hello world, this is the third build today and it still smells of paint.',
  'Sign in with your work account, choose Settings, then Security, then Sessions.',
  'Phone support is open from 9 to 17; outside those hours leave a message.',
];
const GERMAN = [
  'Die Besprechung wurde auf Donnerstag verschoben, der Raum bleibt derselbe.',
  'Für das Rezept braucht man 250 g Mehl, 3 Eier und etwas Geduld.',
  'Der Herr der Ringe lief wieder im Kino, und die Karten waren nach 20 Minuten weg.',
  'Frau und Mann zahlen denselben Beitrag, Kinder die Hälfte.',
  'Das Konto der Stadt weist ein Minus von 1,2 Millionen aus.',
  'Im Telefon steckt ein neuer Chip, der Preis bleibt bei 699 Euro.',
  'Die Adresse eines Zeigers ist keine Anschrift, sagt das Lehrbuch auf Seite 214.',
  'Der Schlüssel zum Erfolg liegt in der Vorbereitung, sagte die Trainerin nach dem 3:1.',
  'Berlin, Hamburg und München haben zusammen mehr als 7 Millionen Einwohner.',
  'Das Passwort darf nicht kürzer als zwölf Zeichen sein und wird nie per Post verschickt.',
];
const FRENCH = [
  'La réunion est reportée à jeudi, la salle ne change pas.',
  'Le train de 8 h 45 arrive à Lyon à 10 h 42, sauf le dimanche.',
  'Le livre se lit encore bien, et son prix reste à 9,90 euros.',
  'Le téléphone sonne, personne ne répond ; il est 19 h 30.',
  'Monsieur le maire a ouvert la foire, qui dure 12 jours.',
  'La clé du placard est à gauche, les tasses sont à droite.',
  'Paris compte 20 arrondissements et bien plus de boulangeries.',
];

const NUMBERS: Readonly<Record<string, Harmless>> = {
  'order number': ({ random }) =>
    random.pick([
      `Order #${random.digits(9)} has shipped.`,
      `order_id=${random.digits(10)} total=${money(random)}`,
      `Bestellnummer ${random.digits(3)}-${random.digits(7)}-${random.digits(7)}`,
      `{"orderId":${random.between(1, 9)}${random.digits(8)},"lines":3}`,
      `PO ${random.digits(8)} / line ${random.digits(2)}`,
      `Invoice INV-${random.digits(4)}-${random.digits(5)} is due.`,
      `ticket ${random.digits(6)} was merged into ${random.digits(6)}`,
      `RMA${random.digits(8)} received at dock ${random.digits(1)}`,
    ]),
  'tracking number': ({ random }) =>
    `Parcel 1Z${random.from(UPPER + DIGITS, 6)}${random.digits(10)} left the depot; RR${random.digits(9)}NL follows.`,
  timestamp: ({ random }) =>
    random.pick([
      `updated at ${moment(random)}`,
      `{"ts":"${moment(random)}","next":"${moment(random)}"}`,
      `${moment(random)} job finished in ${random.digits(3)} ms`,
      `between ${moment(random)} and ${moment(random)}`,
    ]),
  'epoch ms': ({ random }) =>
    `{"start":${1_700_000_000_000 + random.below(90_000_000_000)},"end":${1_700_000_000_000 + random.below(90_000_000_000)},"seq":${random.digits(9).replace(/^0/u, '1')}}`,
  uuid: ({ random }) =>
    random.pick([
      `request ${uuid(random)} took 12 ms`,
      `{"id":"${uuid(random)}","parent":"${uuid(random)}"}`,
      `trace_id=${random.from(HEX, 32)} span_id=${random.from(HEX, 16)}`,
      `urn:uuid:${uuid(random).toUpperCase()}`,
    ]),
  'hex hash': ({ random }) =>
    random.pick([
      `sha256:${random.from(HEX, 64)}`,
      `MD5 (${random.from(LOWER, 6)}.iso) = ${random.from(HEX, 32)}`,
      `etag: "${random.from(HEX, 32)}"`,
      `${random.from(HEX, 64)}  dist/app-${random.digits(1)}.tar.gz`,
      `"integrity": "sha512-${random.from(BASE64, 86)}=="`,
      `image: acme/web@sha256:${random.from(HEX, 64)}`,
    ]),
  'git sha': ({ random }) =>
    random.pick([
      `commit ${random.from(HEX, 40)}\nMerge: ${random.from(HEX, 7)} ${random.from(HEX, 7)}`,
      `Reverts ${random.from(HEX, 40)}.`,
      `fixed in ${random.from(HEX, 8)}`,
      `index ${random.from(HEX, 7)}..${random.from(HEX, 7)} 100644`,
    ]),
  version: ({ random }) =>
    random.pick([
      `upgrade to ${random.digits(1)}.${random.digits(2)}.${random.digits(1)}`,
      `"react": "^18.${random.digits(1)}.${random.digits(1)}"`,
      `Chrome/12${random.digits(1)}.0.${random.digits(4)}.${random.digits(2)} Safari/537.36`,
      `kernel 6.${random.digits(1)}.${random.digits(1)}-${random.digits(2)}-generic`,
      `openssl 3.0.${random.digits(2)} (build ${random.digits(5)})`,
      `v20${random.digits(2)}.${random.digits(1)}.${random.digits(2)}-rc.1`,
    ]),
  sku: ({ random }) =>
    random.pick([
      `SKU ${random.from(UPPER, 2)}-${random.digits(4)}-${random.from(UPPER, 2)} is out of stock`,
      `part no. ${random.digits(3)}-${random.digits(5)}-${random.digits(2)}`,
      `"sku":"${random.from(UPPER, 3)}${random.digits(6)}"`,
      `P/N ${random.digits(4)}.${random.digits(3)}.${random.digits(2)}, rev ${random.from(UPPER, 1)}`,
      `model WH-${random.digits(4)}XM${random.digits(1)}`,
      `article ${random.digits(3)}.${random.digits(3)}.${random.digits(2)}`,
    ]),
  price: ({ random }) => `${money(random)} instead of ${money(random)}, shipping ${money(random)} (VAT 21 %)`,
  isbn: ({ random }) =>
    random.pick([
      `ISBN ${isbn(random)}`,
      `EAN: ${isbn(random)}`,
      `"ean13":"${isbn(random)}"`,
      `ISBN-13 ${isbn(random).replace(/(...)(.)(....)(....)(.)/u, '$1-$2-$3-$4-$5')}`,
      `barcode ${random.digits(12)} scanned twice`,
    ]),
  coordinates: ({ random }) =>
    random.pick([
      `at 52.${random.digits(6)}, 4.${random.digits(6)}`,
      `{"lat":-33.${random.digits(5)},"lng":151.${random.digits(5)}}`,
      `52°22'${random.digits(2)}.3"N 4°53'${random.digits(2)}.1"E`,
      `POLYGON((4.${random.digits(5)} 52.${random.digits(5)}, 4.${random.digits(5)} 52.${random.digits(5)}))`,
    ]),
  sizes: ({ random }) =>
    `${random.digits(3)},${random.digits(3)} KB used of 16 GB (${random.digits(2)}.${random.digits(1)} %), ${random.digits(2)} of 4096 blocks, ports 8080-8090, line ${random.digits(3)}`,
  phoneLike: ({ random }) =>
    random.pick([
      `part ${random.digits(3)}-${random.digits(4)}-${random.digits(2)} fits both`,
      `see section 4.${random.digits(1)}.${random.digits(2)}.${random.digits(1)}`,
      `scores were 12-15-11-9`,
      `seats 114-115-116`,
      `range 1000-2000, step 50`,
      `pages 112-118 and 201-209`,
      `${random.digits(2)}-${random.digits(2)}-${random.digits(2)}-${random.digits(4)} is the serial of the pump`,
    ]),
  metrics: ({ random }) =>
    `{"p50":${random.digits(2)}.${random.digits(3)},"p99":${random.digits(3)}.${random.digits(2)},"count":${random.between(1, 9)}${random.digits(7)},"bytes":${random.between(1, 9)}${random.digits(9)},"rate":0.${random.digits(8)},"window":[${moment(
      random,
    )
      .replace(/[^0-9]/gu, '')
      .slice(0, 10)},3600]}`,
  fractions: ({ random }) =>
    `{"duration":${random.between(1, 9999)}.${random.digits(12)},"mean":0.${random.digits(16)},"ratio":1.${random.digits(15)}e-${random.digits(1)}}`,
  statistics: ({ random }) =>
    `${Array.from({ length: 12 }, () => random.digits(random.between(2, 11)).replace(/^0+/u, '1')).join(random.pick([' ', ', ', '\n', '\t']))}`,
  'table of numbers': ({ random }) =>
    `month,visits,bytes,errors\n${[1, 2, 3, 4].map((month) => `2026-0${month},${random.digits(6)},${random.digits(10)},${random.digits(2)}`).join('\n')}\n`,
  ids: ({ random }) =>
    random.pick([
      `user_id=${random.digits(8)} account=free group=${random.digits(4)}`,
      `{"id":${random.between(1, 9)}${random.digits(9)},"parent_id":${random.between(1, 9)}${random.digits(7)},"type":"comment"}`,
      `https://example.com/items/${random.digits(9)}?page=${random.digits(2)}`,
      `task_0${random.from(UPPER + DIGITS, 25)}`,
      `arn:aws:s3:::acme-reports/${random.digits(6)}/x.csv`,
      `tweet ${random.digits(19)}`,
    ]),
};

const EVERYDAY = [
  'The harbour was quiet in the early morning, and the boats lay close together along the wall.',
  'Nobody had expected the weather to turn so quickly, yet by noon the wind had dropped and people came out to look.',
  'A long report on the state of the roads was read at the meeting; it said that most of the bridges were sound.',
  'She asked whether anyone had seen the letter, and when nobody answered she went back to the kitchen.',
  'We build software that people can rely on, and we try to say plainly what it does and what it does not do.',
  'The customer reported that the delivery arrived late and that two of the boxes were open.',
  'Our tests ran through the night without a failure, which surprised everybody who had worked on them.',
  'If the service does not answer within a few seconds, the caller tries again and then gives up.',
  'He had never liked the colour of the curtains, but it was too late to say so now.',
  'Thank you for your patience while we looked into this; the cause was a full disk on one of the older machines.',
  'The library opens again in spring, once the roof is dry and the shelves are back in their places.',
  'Most of what we know about the old town comes from the notes that travellers left behind.',
];

const PROSE: Readonly<Record<string, Harmless>> = {
  'everyday prose': ({ random }) => [1, 2, 3].map(() => random.pick(EVERYDAY)).join(' '),
  prose: ({ random }) => [1, 2, 3].map(() => random.pick(ENGLISH)).join(' '),
  Prosa: ({ random }) => [1, 2].map(() => random.pick(GERMAN)).join(' '),
  'la prose': ({ random }) => [1, 2].map(() => random.pick(FRENCH)).join(' '),
  'made-up prose': ({ faker }) => faker.lorem.paragraph(),
  products: ({ faker, random }) =>
    `${faker.commerce.productName()} by ${faker.company.name()}: ${faker.commerce.productDescription()} (${random.digits(2)} left)`,
  base64: ({ random }) =>
    random.pick([
      `<img src="data:image/png;base64,iVBORw0KGgo${random.from(BASE64, 400)}==">`,
      `url(data:font/woff2;base64,d09GMgABAAAAA${random.from(BASE64, 300)})`,
      `"thumbnail": "/9j/4AAQSkZJRg${random.from(BASE64, 240)}"`,
    ]),
  urls: ({ random, faker }) =>
    `https://www.${faker.internet.domainName()}/${faker.word.noun()}/${random.digits(4)}?utm_source=news&ref=${random.from(LOWER, 5)}#part-${random.digits(1)}`,
  'etag and ids in headers': ({ random }) =>
    `HTTP/1.1 200 OK\nContent-Type: application/json; charset=utf-8\nContent-Length: ${random.digits(4)}\nx-request-id: ${uuid(random)}\nETag: W/"${random.from(HEX, 10)}-${random.from(ALNUM, 27)}"\nAge: ${random.digits(4)}`,
  mentions: ({ random, faker }) =>
    `@${faker.internet.username().replace(/\W/gu, '')} thanks! see #${random.digits(4)} and PR !${random.digits(3)} :tada:`,
};

export const NEGATIVES: Readonly<Record<string, Harmless>> = { ...NUMBERS, ...PROSE, ...CODE };
