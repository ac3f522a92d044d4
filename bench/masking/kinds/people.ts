// People's names where something tells that they are names.
import { aside, gold } from '../marked.ts';
import type { World } from '../random.ts';
import { languageOf } from './kind.ts';

const TITLES = {
  en: ['Mr.', 'Mrs.', 'Ms', 'Dr.', 'Mr', 'Prof.', 'Miss'],
  de: ['Herr', 'Frau', 'Herrn'],
  es: ['Sr.', 'Sra.', 'Don', 'Doña'],
  fr: ['M.', 'Mme', 'Monsieur', 'Madame'],
  it: ['Sig.', 'Sig.ra', 'Dott.'],
  nl: ['Dhr.', 'Mevr.', 'mevrouw'],
  pl: ['Pan', 'Pani'],
  pt: ['Sr.', 'Sra.'],
} as const;
const GREETINGS = {
  en: ['Dear', 'Hi', 'Hello'],
  de: ['Hallo', 'Liebe', 'Lieber'],
  es: ['Hola', 'Estimada'],
  fr: ['Bonjour', 'Cher'],
  it: ['Ciao', 'Gentile'],
  nl: ['Beste', 'Hallo'],
  pl: ['Cześć', 'Witaj'],
  pt: ['Olá', 'Prezado'],
} as const;
const MY_NAME = {
  en: 'My name is',
  de: 'Mein Name ist',
  es: 'Me llamo',
  fr: "Je m'appelle",
  it: 'Mi chiamo',
  nl: 'Mijn naam is',
  pl: 'Nazywam się',
  pt: 'Meu nome é',
} as const;

export const titled = ({ random, faker, locale }: World) =>
  `${random.pick(TITLES[languageOf(locale)])} ${gold('PERSON', random.chance(0.6) ? faker.person.lastName() : `${faker.person.firstName()} ${faker.person.lastName()}`)}`;
export const greeted = ({ random, faker, locale }: World) =>
  `${random.pick(GREETINGS[languageOf(locale)])} ${gold('PERSON', random.chance(0.6) ? faker.person.firstName() : `${faker.person.firstName()} ${faker.person.lastName()}`)}`;
export const introduced = ({ faker, locale }: World) =>
  `${MY_NAME[languageOf(locale)]} ${gold('PERSON', `${faker.person.firstName()} ${faker.person.lastName()}`)}`;
export const named = ({ faker }: World) => aside(`${faker.person.firstName()} ${faker.person.lastName()}`);
