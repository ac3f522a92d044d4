// The masker that others see, over every format.

import type { Masker } from '../masker.ts';
import { count, type Tally } from '../model.ts';
import { createStream } from '../stream.ts';
import { editsOfDocument, editsOfField } from './document.ts';
import { applyEdits, type Masked, type Render, spansOf } from './edits.ts';
import type { Ground } from './ground.ts';
import { maskHeaders } from './headers.ts';
import { maskRows } from './rows.ts';
import { editsOfUrl } from './url.ts';
import { maskValue } from './value.ts';

/** `label` writes what stands in a value's place; empty where nothing is to. */
export function createFormatsMasker(ground: Ground, label: (masked: Masked) => string): Masker {
  const counting =
    (tally: Tally | undefined): Render =>
    (masked) => {
      count(tally, masked.type);
      return label(masked);
    };
  return {
    find: (text, format = 'text') => spansOf(editsOfDocument(ground, text, format)),
    text: (text, tally, format = 'text', name = undefined) => {
      const edits =
        name === undefined
          ? editsOfDocument(ground, text, format)
          : editsOfField(ground, ground.member(ground.root, name), text, format);
      return edits.length === 0 ? text : applyEdits(text, edits, counting(tally));
    },
    value: (value, tally) => maskValue(ground, value, counting(tally)),
    rows: (columns, rows, tally) => maskRows(ground, columns, rows, counting(tally)),
    headers: (headers, tally) => maskHeaders(ground, headers, counting(tally)),
    url: (url, tally) => applyEdits(url, editsOfUrl(ground, url), counting(tally)),
    stream: (format, tally, name) => createStream(ground, counting(tally), format, name),
  };
}
