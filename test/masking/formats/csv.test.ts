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

describe('what begins with a table, more or less', () => {
  const auto = (text: string) => masker.text(text, undefined, 'auto');
  it.each([
    ['id,x,password\n1,a,hunter2\n2,b,hunter3,\n', 'id,x,password\n1,a,[SECRET]\n2,b,[SECRET],\n'],
    ['id,x,password\n1,a,hunter2\nb,hunter3\n', 'id,x,password\n1,a,[SECRET]\nb,[SECRET]\n'],
    [
      'id,x,password\n1,a,hunter2\n2,b, cde,hunter3\n',
      'id,x,password\n1,a,[SECRET]\n2,b, [SECRET],[SECRET]\n',
    ],
    ['password|id\nhunter2|1\n(1 row)\n', 'password|id\n[SECRET]|1\n(1 row)\n'],
    ['# of a@b.example\nid,password\n1,hunter2\n', '# of [EMAIL]\nid,password\n1,[SECRET]\n'],
    ['sep=;\r\nid;password\r\n1;hunter2\r\n', 'sep=;\r\nid;password\r\n1;[SECRET]\r\n'],
    ['All of them\nid\tpassword\n1\thunter2\n', 'All of them\nid\tpassword\n1\t[SECRET]\n'],
    ['a <b>,password\n1,hunter2\n', 'a <b>,password\n1,[SECRET]\n'],
    ['password\nhunter2\nhunter3\n', 'password\n[SECRET]\n[SECRET]\n'],
    [
      '+----+----------+\n| id | password |\n+----+----------+\n|  1 | hunter2  |\n+----+----------+\n1 row in set\n',
      '+----+----------+\n| id | password |\n+----+----------+\n|  1 | [SECRET]  |\n+----+----------+\n1 row in set\n',
    ],
    [
      'Here they are:\n\n| password |\n|---|\n| hunter2 |\n\nmail a@b.example\n',
      'Here they are:\n\n| password |\n|---|\n| [SECRET] |\n\nmail [EMAIL]\n',
    ],
    [
      'password,id\nhunter2,1\n\nThat is all, thanks, all of you\nor ssn:\n123456789 they say\n',
      'password,id\n[SECRET],1\n\nThat is all, thanks, all of you\nor ssn:\n[SSN] they say\n',
    ],
    ['name,value\nDB_PASSWORD,hunter2\n', 'name,value\nDB_PASSWORD,[SECRET]\n'],
    ['PASSWORD=hunter2', 'PASSWORD=[SECRET]'],
    ['"a\\u0040b.example"', '"[EMAIL]"'],
  ])('%j', (text, wanted) => {
    expect(auto(text)).toBe(wanted);
    expect(auto(wanted)).toBe(wanted);
    const stream = masker.stream('auto');
    expect([...text].map((part) => stream.push(part)).join('') + stream.end()).toBe(wanted);
  });

  it('leaves what a rule keeps, but where it is not sure which column it is', () => {
    const keeping = maskerOf({ columns: { mail: 'keep' } });
    const text = 'mail,ssn\na@b.example,123456789\nc@d.example,123456789,x\n';
    expect(keeping.text(text, undefined, 'auto')).toBe('mail,ssn\na@b.example,[SSN]\n[EMAIL],[SSN],x\n');
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
    '\\',
    '-|\n',
    '1,2,3\n',
    ' ',
    '\t',
    '",',
    // In the head of a table, parts of a column's name.
    '.[x',
    '."x',
    '.`x',
    '"a`x.[',
  ])('a megabyte of %j stays as it is', (part) => {
    const text = part.repeat((1 << 20) / part.length);
    expect(csv(text) === text).toBe(true);
    const below = `id,ssn\n${text}`;
    expect(masker.text(below, undefined, 'auto') === below).toBe(true);
    const piped = `|id|ssn|\n|--|--|\n${text}`;
    expect(masker.text(piped, undefined, 'auto') === piped).toBe(true);
    const above = `id,${text}\n1,2\n`;
    expect(csv(above) === above).toBe(true);
  });
});
