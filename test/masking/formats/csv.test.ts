// CSV and Markdown's tables.
import { describe, expect, it } from 'vitest';
import { maskerOf } from './support.ts';

const masker = maskerOf({ columns: { 'customers.note': 'drop' } });
const csv = (text: string) => masker.text(text, undefined, 'csv');

describe('CSV', () => {
  it.each([
    ['id,ssn\n1,123456789\n', 'id,ssn\n1,[SSN]\n'],
    ['id;ssn\r\n1;123456789\r\n', 'id;ssn\r\n1;[SSN]\r\n'],
    ['id\tssn\r1\t123456789', 'id\tssn\r1\t[SSN]'],
    ['id|ssn\n1|123456789', 'id|ssn\n1|[SSN]'],
    ['\ufeff"ssn","id"\n"123456789","1"\n', '\ufeff"ssn","id"\n"[SSN]","1"\n'],
    ['id, ssn\n1, 123456789 \n', 'id, ssn\n1, [SSN] \n'],
    ['id,password\n1,"a ""quoted"", one\nof two lines"\n2,x', 'id,password\n1,"[SECRET]"\n2,x'],
    ['id,text\n1,"to ""a@b.example"", now"\n', 'id,text\n1,"to ""[EMAIL]"", now"\n'],
    ['id,password\n1,5" pipe\n', 'id,password\n1,[SECRET]\n'],
    ['id,note\n1,x\n2,"y"\n3,\n', 'id,note\n1,\n2,""\n3,\n'],
    ['id,data\n1,"{""ssn"":123456789}"\n', 'id,data\n1,"{""ssn"":""[SSN]""}"\n'],
    ['name,value\nDB_PASSWORD,hunter2\ncolor,green\n', 'name,value\nDB_PASSWORD,[SECRET]\ncolor,green\n'],
    ['a@b.example,ssn\n\n1,123456789,4111111111111111\n', '[EMAIL],ssn\n\n1,[SSN],[CARD]\n'],
    ['password\nhunter2\n', 'password\n[SECRET]\n'],
    ['id,ssn\n1,"not closed\n2,123456789\n', 'id,ssn\n1,"not closed\n2,[SSN]\n'],
    ['', ''],
    ['\n\n', '\n\n'],
  ])('%j', (text, wanted) => {
    expect(csv(text)).toBe(wanted);
    expect(csv(wanted)).toBe(wanted);
  });

  it('finds the fields, not their quotes', () => {
    const text = 'id,ssn\n1,"123456789"\n';
    expect(masker.find(text, 'csv').map(({ start, end }) => text.slice(start, end))).toEqual(['123456789']);
  });
});

describe('a table between pipes', () => {
  it.each([
    [
      '| id | SSN |\n|----|:---:|\n| 1 | 123456789 |\n| 2 | a \\| b |\n\nmail a@b.example, 123456789\n',
      '| id | SSN |\n|----|:---:|\n| 1 | [SSN] |\n| 2 | a \\| b |\n\nmail [EMAIL], 123456789\n',
    ],
    ['id | ssn\n---|---\n1 | 123456789', 'id | ssn\n---|---\n1 | [SSN]'],
    [
      ' id |    ssn    \n----+-----------\n  1 | 123456789\n(1 row)\n',
      ' id |    ssn    \n----+-----------\n  1 | [SSN]\n(1 row)\n',
    ],
    ['| password |\n|---|\n| correct horse |\n', '| password |\n|---|\n| [SECRET] |\n'],
  ])('%j', (text, wanted) => {
    expect(csv(text)).toBe(wanted);
    expect(csv(wanted)).toBe(wanted);
  });
});

describe('what is hostile', () => {
  it.each([
    ',',
    '"',
    '"a,',
    '""',
    '"a,""b',
    '"""",',
    '|',
    '\n',
    '\r',
    '"\n',
    'a|',
    '\\|',
    '-|\n',
    ' ',
    '\t',
    '",',
  ])('a megabyte of %j stays as it is', (part) => {
    const text = part.repeat((1 << 20) / part.length);
    expect(csv(text) === text).toBe(true);
    const below = `id,ssn\n${text}`;
    expect(masker.text(below, undefined, 'auto') === below).toBe(true);
  });
});
