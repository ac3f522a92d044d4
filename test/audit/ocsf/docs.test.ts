// docs/ocsf.md says of every event what the code makes of it, and what of a record is not OCSF's.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../../src/audit/index.ts';
import { EXTENSION, INTEGRITY_PROFILE } from '../../../src/audit/ocsf/attest.ts';
import { CLASSES, CONTROLS, OTHER } from '../../../src/audit/ocsf/classes.ts';
import { EVENTS } from '../../../src/audit/ocsf/events.ts';
import { CLASSES as PUBLISHED } from '../../support/ocsf-facts.ts';

const PAGE = readFileSync(new URL('../../../docs/ocsf.md', import.meta.url), 'utf8');

const words = (said: string | { readonly words: string }) => (typeof said === 'string' ? said : said.words);

describe.each([...EVENT_TYPES])('%s', (type) => {
  const { class: of, activity, status } = EVENTS[type];
  const className = typeof of === 'string' ? CLASSES[of].name : of.words;

  it('has the class, the activity and the status that the page says', () => {
    const rows = PAGE.split('\n').filter((line) => line.startsWith(`| \`${type}\` |`));
    expect(rows).toEqual([`| \`${type}\` | ${className} | ${words(activity)} | ${words(status)} |`]);
  });
});

describe.each(Object.values(CLASSES))('$name', ({ uid, name, category, activities, statuses }) => {
  it('is on the page, by its number', () => {
    expect(PAGE).toContain(`| ${name} | ${uid} |`);
  });

  it('is as the schema has it', () => {
    const published = PUBLISHED.get(String(uid));
    const values = (attribute: string) => published?.attributes.get(attribute)?.values;
    expect(published?.caption).toBe(name);
    expect(values('category_uid')?.get(String(category.uid))).toBe(category.name);
    for (const [caption, number] of Object.entries(activities)) {
      expect(values('activity_id')?.get(String(number))).toBe(caption);
    }
    for (const [caption, number] of Object.entries(statuses)) {
      expect(values('status_id')?.get(String(number))).toBe(caption);
    }
  });
});

/** As which another number would be right: it has a name of its own in the schema. */
it.each(Object.entries(EVENTS))('%s does not call an activity another one that its class has', (_, told) => {
  const { class: of, activity } = told;
  if (typeof of !== 'string' || typeof activity !== 'string') return;
  const own: Readonly<Record<string, number>> = CLASSES[of].activities;
  const published = PUBLISHED.get(String(CLASSES[of].uid))?.attributes.get('activity_id')?.values;
  const number = own[activity] ?? OTHER;
  expect([...(published ?? [])].find(([, caption]) => caption === activity)?.[0]).toBe(
    number === OTHER ? undefined : String(number),
  );
});

it('explains every disposition', () => {
  const [, table = ''] = PAGE.split('| `disposition` | |');
  for (const { disposition } of Object.values(CONTROLS)) expect(table).toContain(disposition);
});

it('says what is an extension', () => {
  const { name, uid, version } = EXTENSION;
  expect(PAGE).toContain(`{"name": "${name}", "uid": "${uid}", "version": "${version}"}`);
  expect(PAGE).toContain(`\`${INTEGRITY_PROFILE}\``);
});
