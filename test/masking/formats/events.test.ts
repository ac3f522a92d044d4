// Server-sent events: JSON in lines of `data:`, masked in place.
import { describe, expect, it } from 'vitest';
import { maskerOf } from './support.ts';

const masker = maskerOf({ keys: { note: 'drop', memo: 'redact' }, paths: { '$.a.b': 'redact' } });
const mask = (text: string) => masker.text(text, undefined, 'events');

describe('server-sent events', () => {
  it.each([
    [
      'reads what is escaped',
      'data: {"m":"jo\\u0040b.example","p\\u0061ssword":"hunter2"}\n\n',
      'data: {"m":"[EMAIL]","p\\u0061ssword":"[SECRET]"}\n\n',
    ],
    [
      'heeds rules for keys and paths',
      'data: {"note":"hello","a":{"b":1},"b":1}\n\n',
      'data: {"note":null,"a":{"b":"[RULE]"},"b":1}\n\n',
    ],
    [
      'reads each line by itself, whatever ends it',
      'event: x\r\ndata:{"note":1}\r\ndata:  {"note":2}\rdata: [{"note":3}]\n',
      'event: x\r\ndata:{"note":null}\r\ndata:  {"note":null}\rdata: [{"note":null}]\n',
    ],
    [
      'reads JSON that goes on in the next lines',
      'data: {\ndata:   "name": "password",\ndata:   "value": "hunter2",\ndata:\ndata: "ssn":\ndata: 123456789}\n\n',
      'data: {\ndata:   "name": "password",\ndata:   "value": "[SECRET]",\ndata:\ndata: "ssn":\ndata: "[SSN]"}\n\n',
    ],
    ['reads a text in quotes', 'data: "jo\\u0040b.example"\n', 'data: "[EMAIL]"\n'],
    ['reads JSON that was cut', 'data: {"a":{"x":1},"note":"hel', 'data: {"a":{"x":1},"note":null'],
    [
      'reads the rest of a line as text',
      'data: {"note":1} jo@b.example\ndata: {"note":2}\n',
      'data: {"note":null} [EMAIL]\ndata: {"note":null}\n',
    ],
    [
      'begins anew behind what was no JSON',
      'data: {x\ndata: {"note":2}\n',
      'data: {x\ndata: {"note":null}\n',
    ],
    ['reads past the mark that may begin it', '\ufeffdata: {"note":2}\n', '\ufeffdata: {"note":null}\n'],
    [
      'leaves the rest as text',
      ': jo@b.example\nid: ssn 123456789\ndata: ssn 123456789\ndata: [DONE]\ndata: [EMAIL]\ndata:\ndata\n',
      ': [EMAIL]\nid: ssn [SSN]\ndata: ssn [SSN]\ndata: [DONE]\ndata: [EMAIL]\ndata:\ndata\n',
    ],
    ['takes no name in quotes for a text', 'data: "password": "hunter2"\n', 'data: "password": "[SECRET]"\n'],
    ['takes no other field for data', 'dat: {"note":1}\nxdata: {"note":1}\n', undefined],
  ])('%s', (_, text, wanted = text) => {
    expect(mask(text)).toBe(wanted);
    expect(mask(wanted)).toBe(wanted);
  });

  it('is as the same lines of JSON are', () => {
    const lines = ['{"note":"x","c":"\\u0061@b.example"}', '["--password","hunter2"]', '{"ssn":123456789}'];
    const ofJson = masker.text(lines.join('\n'), undefined, 'json').split('\n');
    expect(mask(lines.map((line) => `data: ${line}\n\n`).join(''))).toBe(
      ofJson.map((line) => `data: ${line}\n\n`).join(''),
    );
  });

  it.each([
    'data: {\n',
    'data: [1,\n',
    'data: {"a":\n',
    'data: "\n',
    'data: {"a":"\n',
    'data: [',
    'data:\n',
    'data: {}\n',
    '{',
    ' ',
    '\r',
  ])('a megabyte of %j', (part) => {
    const text = part.repeat((1 << 20) / part.length);
    expect(mask(text)).toBe(text);
  });
});
