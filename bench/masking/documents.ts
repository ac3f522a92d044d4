// Whole documents with several values: a mail, a chat, a table of customers, an API's answer, a deployment's settings.

import type { Kind } from './kinds/kind.ts';
import { greeted, introduced, named, titled } from './kinds/people.ts';
import { aside, gold, inCsv, inJson, inQuery, isMarked } from './marked.ts';
import type { World } from './random.ts';

export type KindsByType = ReadonlyMap<string, Kind>;

type Write = (world: World, value: (type: string) => string) => string;

const person = ({ faker }: World) => gold('PERSON', `${faker.person.firstName()} ${faker.person.lastName()}`);
const rows = (count: number, row: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => row(index));

export const DOCUMENTS: Readonly<Record<string, Write>> = {
  greeting: (world) => `${greeted(world)},\n\nthank you for your order. It ships on Tuesday.\n`,
  title: (world) => `Yesterday ${titled(world)} called about the invoice and will call again.`,
  'title too': (world) => `Please forward this to ${titled(world)}. It is urgent.`,
  introduction: (world) =>
    `${introduced(world)}. ${world.random.pick(['I ordered two lamps.', 'When will the parcel arrive?'])}`,
  mail: (world, value) =>
    `From: ${named(world)} <${value('EMAIL')}>\nTo: ${value('EMAIL')}\nSubject: Refund\nDate: Mon, 02 Mar 2026 10:22:41 +0000\n\n${greeted(world)},\n\nplease refund the ${world.faker.commerce.product().toLowerCase()} to ${value('CREDIT_CARD')}, or wire it to ${value('IBAN')}.\nYou reach me on ${value('PHONE')}.\n\nKind regards\n${named(world)}\n`,
  chat: (_, value) =>
    `[10:22] bot: How can I help?\n[10:23] user: I can't log in, my email is ${value('EMAIL')}\n[10:23] bot: And your date of birth?\n[10:24] user: ${value('DATE_OF_BIRTH')}\n[10:24] bot: Thanks. A phone number?\n[10:25] user: ${value('PHONE')}\n`,
  customers: (world, value) =>
    `id,full_name,email,phone,card_number,city\n${rows(4, (index) => [index + 1, person(world), value('EMAIL'), value('PHONE_NATIONAL'), value('CREDIT_CARD'), aside(world.faker.location.city())].map((cell) => inCsv(String(cell))).join(',')).join('\n')}\n`,
  answer: (world, value) =>
    `{"page":1,"customers":[${rows(3, (index) => `{"id":${index + 40},"name":"${inJson(person(world))}","contact":{"email":"${value('EMAIL')}","phones":["${inJson(value('PHONE'))}"]},"iban":"${value('IBAN')}","last_ip":"${value('IPV4')}","balance":${world.random.between(1, 9000)}.5}`).join(',')}]}`,
  nested: (world, value) =>
    JSON.stringify({ level: 'info', message: 'x' }).replace(
      '"x"',
      `"{\\"user\\":\\"${value('EMAIL')}\\",\\"ip\\":\\"${value('IPV4')}\\",\\"n\\":${world.random.below(99)}}"`,
    ),
  settings: (_, value) =>
    `# production\nNODE_ENV=production\nPORT=8080\nDATABASE_URL=${value('CONNECTION_STRING')}\nGITHUB_TOKEN=${value('GITHUB')}\nSTRIPE_KEY=${value('STRIPE')}\nAWS_ACCESS_KEY_ID=${value('AWS_ACCESS_KEY')}\nLOG_LEVEL=info\n`,
  manifest: (_, value) =>
    `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: web\n      image: acme/web:1.4.2\n      env:\n        - name: DB_PASSWORD\n          value: ${gold('PASSWORD', 'tr0ub4dor-and-3')}\n        - name: SLACK_TOKEN\n          value: "${value('SLACK')}"\n`,
  'access log': (_, value) =>
    rows(
      3,
      (index) =>
        `${value('IPV4')} - - [02/Mar/2026:10:22:4${index} +0000] "GET /u?email=${inQuery(value('EMAIL'))}&page=2 HTTP/1.1" 200 5124 "-" "curl/8.5.0"`,
    ).join('\n'),
  request: (_, value) =>
    `POST /v1/payments HTTP/1.1\nHost: api.example.com\nAccept: application/json\nX-Forwarded-For: ${value('IPV4')}\nContent-Type: application/json\n\n{"card":"${value('CREDIT_CARD')}","cvc":"${gold('CARD_CVV', '737')}","amount":1299}`,
  'form letter': (world, value) =>
    `Re: ${titled(world)}\n\nPatient: ${person(world)}\nDate of birth: ${value('DATE_OF_BIRTH')}\nAddress: ${value('STREET_ADDRESS')}\nPhone: ${value('PHONE')}\n`,
};

export function documentOf(name: string, world: World, kinds: KindsByType): string {
  const value = (type: string) => {
    const kind = kinds.get(type);
    if (kind === undefined) throw new Error(`no kind is called ${type}`);
    const made = kind.make(world);
    return isMarked(made) ? made : gold(type, made);
  };
  const write = DOCUMENTS[name];
  if (write === undefined) throw new Error(`no document is called ${name}`);
  return write(world, value);
}
