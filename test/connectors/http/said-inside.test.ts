// The charset that XML and HTML say of themselves is theirs as one that the content type says.
import { describe, expect, it } from 'vitest';
import type { BodyMasking } from '../../../src/connectors/http/content.ts';
import { maskedBody } from '../../../src/connectors/http/index.ts';
import { saidInside } from '../../../src/connectors/http/said-inside.ts';

const ANSWER: BodyMasking = { text: (text) => text, scrub: (text) => text };
const REQUEST: BodyMasking = { ...ANSWER, isRequest: true };
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const xml = (encoding: string, rest = '<to>\xbe\xe2\xd4</to>') =>
  latin1(`<?xml version="1.0" encoding="${encoding}"?>${rest}`);

describe('what is said inside', () => {
  it.each<[string, string, readonly string[]]>([
    ['application/xml', '<?xml version="1.0" encoding="ISO-8859-5"?>', ['iso-8859-5']],
    ['text/xml', "\n<?xml version='1.0'\tencoding = 'Koi8-R' standalone='yes'?>", ['koi8-r']],
    ['image/svg+xml', `<?xml version="1.0"${' '.repeat(5000)}encoding="koi8-r"?>`, ['koi8-r']],
    ['application/soap+xml', '<?xml version="1.0"?><a encoding="koi8-r"/>', []],
    ['application/xml', '<a><?xml version="1.0" encoding="koi8-r"?></a>', []],
    ['application/xml', 'Lo\xa7\x94\x40', ['ebcdic']],
    ['text/plain', '<?xml version="1.0" encoding="koi8-r"?>', []],
    ['text/html', '<html><META CHARSET=koi8-r>', ['koi8-r']],
    ['text/html', '<meta name="a>b" charset="koi8-r"/>', ['koi8-r']],
    ['text/html', `<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>`, ['koi8-r']],
    ['text/html', '<meta content="charset=koi8-r" name="description">', []],
    ['text/html', '<!-- <meta charset=koi8-r> -->', []],
    ['text/html', `${' '.repeat(1024)}<meta charset=koi8-r>`, []],
    ['text/html', '<metadata charset=koi8-r>', []],
    ['application/xhtml+xml', '<?xml version="1.0" encoding="a"?><meta charset="b"/>', ['b', 'a']],
  ])('in %s: %j', (type, text, labels) => {
    expect(saidInside(type, latin1(text))).toEqual(labels);
  });
});

describe('an answer', () => {
  it.each([
    ['XML', xml('ISO-8859-5'), 'application/xml', 'Отд'],
    ['HTML', latin1('<meta charset="iso-8859-5">\xbe\xe2\xd4'), 'text/html', 'Отд'],
    ['XML that its content type knows better', xml('x-nobody-knows'), 'text/xml; charset=koi8-r', '╬Бт'],
    ['XML with a mark', Buffer.from('\ufeff<?xml version="1.0" encoding="koi8-r"?>é'), 'text/xml', 'é'],
    ['what says UTF-16 in ASCII', Buffer.from('<?xml version="1.0" encoding="UTF-16"?>é'), 'text/xml', 'é'],
  ])('is read as it says: %s', async (_, body, type, text) => {
    const made = await maskedBody(body, type, ANSWER);
    expect(made).toMatchObject({ body, contentType: type, text: expect.stringContaining(text) });
  });

  it('stays in its charset where it is masked', async () => {
    const masking = { ...ANSWER, text: (text: string) => text.replace('Отд', '[x] Я') };
    const made = await maskedBody(xml('ISO-8859-5'), 'application/xml', masking);
    expect('body' in made && latin1(Buffer.from(made.body).toString('latin1'))).toEqual(
      xml('ISO-8859-5', '<to>[x] \xcf</to>'),
    );
  });

  it.each([
    ['XML', xml('utf-7'), 'text/xml'],
    ['HTML', latin1('<meta charset=IBM037>'), 'text/html'],
  ])('is a problem where that can not be read: %s', async (_, body, type) => {
    expect(await maskedBody(body, type, ANSWER)).toEqual({ problem: expect.stringContaining('charset is') });
  });
});

describe('a request', () => {
  it('is shown as it says', async () => {
    const made = await maskedBody(xml('ISO-8859-5'), 'application/xml', REQUEST);
    expect(made).toMatchObject({ text: expect.stringContaining('<to>Отд</to>') });
  });

  it.each([
    ['two charsets', xml('ISO-8859-5'), 'application/xml; charset=utf-8'],
    ['two charsets of HTML', latin1('<meta charset=koi8-r>'), 'text/html; charset=utf-8'],
    ['two charsets inside', latin1('<meta charset=koi8-r><meta charset=utf-8>'), 'text/html'],
    ['one that nobody knows', xml('x-nobody-knows'), 'application/xml'],
    ['UTF-7', xml('utf-7', '<a>+ADw-b+AD4-</a>'), 'application/xml'],
    ['UTF-16', xml('UTF-16', '<a>b</a>'), 'application/xml'],
    ['one with escapes', xml('iso-2022-jp', '<a>\x1b$B1&\x1b(B</a>'), 'application/xml'],
    ['bytes that are not of it', xml('utf-8'), 'application/xml'],
    ['EBCDIC', latin1('Lo\xa7\x94\x40'), 'text/xml'],
  ])('is not taken: %s', async (_, body, type) => {
    expect(await maskedBody(body, type, REQUEST)).toHaveProperty('problem');
  });

  it.each([
    ['the same twice', xml('utf-8', '<a/>'), 'application/xml; charset=UTF-8'],
    ['a mark before it', Buffer.from('\ufeff<?xml version="1.0" encoding="koi8-r"?>é'), 'text/xml'],
    ['none', Buffer.from('<a>é</a>'), 'application/xml'],
  ])('is taken: %s', async (_, body, type) => {
    expect(await maskedBody(body, type, REQUEST)).toMatchObject({ body });
  });
});
