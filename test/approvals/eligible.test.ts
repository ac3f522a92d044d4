// Who is whom, however their id is written.
import { expect, it } from 'vitest';
import { ineligible, isSamePerson, personNamed } from '../../src/approvals/index.ts';
import { configOf } from '../support/config.ts';

const DANA = 'dana@example.com';

it.each([
  ['capitals', 'Dana@Example.COM'],
  ['a blank behind', `${DANA} `],
  ['a blank before', ` ${DANA}`],
  ['a tab', `${DANA}\t`],
  ['a no-break blank', `${DANA}\u00a0`],
  ['what nobody sees', `dana\u200b@example.com\u2060`],
  ['a dot at the end of the host', `${DANA}.`],
  ['wide letters', 'ｄana@example.com'],
])('an id with %s is that of the same person', (_, written) => {
  expect(isSamePerson(DANA, written)).toBe(true);
  const humans = { people: [{ id: DANA, groups: [] }] };
  expect(personNamed(humans, written)).toBe(personNamed(humans, DANA));
  const asked = { requester: DANA, agent: 'a', ancestors: [] };
  expect(ineligible(configOf({}), asked, written)).toBe('requester');
});

it.each(['dan@example.com', 'dana@example.org', 'dana@sub.example.com', 'da.na@example.com'])(
  '%s is another person',
  (other) => expect(isSamePerson(DANA, other)).toBe(false),
);
