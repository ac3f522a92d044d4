// What others chose to write, printed: as one line, as JSON, and without a way to do anything to the terminal.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonText, oneLine } from '../../src/cli/print/safe.ts';

const NOT_TEXT = /[\p{C}\p{Zl}\p{Zp}]/u;
const anyText = fc.string({ unit: 'binary', maxLength: 200 });

describe('one line', () => {
  test.for([
    ['a line that goes up and is written over', 'ok\u001b[1A\u001b[2Kfine', 'ok\ufffd[1A\ufffd[2Kfine'],
    ['a C1 control sequence', 'a\u009b31mb', 'a\ufffd31mb'],
    ['a window title', '\u001b]0;owned\u0007x', '\ufffd]0;owned\ufffdx'],
    ['a line of its own', 'x\r\nSTATUS active', 'x STATUS active'],
    ['a line by another name', 'x\u2028y\u2029z\u0085', 'x\ufffdy\ufffdz\ufffd'],
    ['text that is turned round', 'safe\u202egnihtoN', 'safe\ufffdgnihtoN'],
    ['letters that nobody sees', 'de\u200bmo\u{e0041}', 'de\ufffdmo\ufffd'],
    ['half a character', 'x\ud83d', 'x\ufffd'],
    ['a backspace', 'evil\b\b\b\bgood', `evil${'\ufffd'.repeat(4)}good`],
    ['marks that are piled up', `x${'\u0301'.repeat(500)}y`, `x${'\u0301'.repeat(4)}y`],
    ['what is only text', 'Überprüfung – 検査 🙂 naïve', 'Überprüfung – 検査 🙂 naïve'],
  ] as const)('%s', ([, text, expected]) => {
    expect(oneLine(text)).toBe(expected);
  });

  test('of any text holds text only', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(oneLine(text)).not.toMatch(NOT_TEXT);
      }),
    );
  });
});

describe('JSON', () => {
  test('says what the value says, and holds text and line breaks only', () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, fc.oneof(anyText, fc.array(anyText))), (value) => {
        const text = jsonText(value);
        expect(text.replaceAll('\n', '')).not.toMatch(NOT_TEXT);
        expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(value));
      }),
    );
  });

  test('of what JSON itself would leave as it is', () => {
    const value = { purpose: '\u007f\u009b31m\u202e\u{e0041}\n' };
    expect(jsonText(value)).toBe('{\n  "purpose": "\\u007f\\u009b31m\\u202e\\udb40\\udc41\\n"\n}');
  });
});
