// Passwords: under a name, in a call, on a command line, in a sentence.
import type { Detector } from '../detector.ts';
import { besideLabels } from '../scan/labelled.ts';
import type { Scan } from '../scan/scan.ts';
import { isPassword, isSpoken, isStrong, isWholePassword } from './kit/passwords.ts';
import { toldAt, trimmed } from './kit/told.ts';

const WORDS =
  'password passwd passphrase passcode pass pwd passwort kennwort motdepasse mdp contraseña contrasena contrasenya senha wachtwoord parola hasło haslo parolachiave heslo lösenord losenord salasana adgangskode şifre sifre'.split(
    ' ',
  );

/** What is often written before it without anything between. */
const WHOSE =
  'db database pg pgsql mysql mariadb postgres postgresql mongo mongodb redis user admin root login new old account master wifi key store keystore truststore trust proxy http ftp sftp ssh smtp imap ldap bind bindldap mail email vault app svc service sa web php api rabbitmq amqp mqtt kafka elastic grafana docker git svn sudo su vpn ppp radius snmp windows domain unlock cert certificate pfx pem rds oracle mssql sql jdbc odbc encryption decrypt my'.split(
    ' ',
  );

const NAMES = [
  ...WORDS,
  ...WHOSE.flatMap((whose) => [`${whose}password`, `${whose}passwd`, `${whose}pass`, `${whose}pwd`]),
  ...['sshpass', 'requirepass', 'masterauth', 'passin', 'passout', 'encpassword', 'userpw', 'dbpw', 'rootpw'],
];

function find(scan: Scan, at: number, to: number): void {
  const told = toldAt(scan, at, to, true);
  if (told === undefined) return;
  const end = trimmed(scan.text, told);
  const value = besideLabels(scan, told.start, end);
  // First what most words of sentences fail.
  if (told.how === 'said' && !(told.quoted || isSpoken(scan.text, told.start, value))) return;
  if (!isPassword(value) || (told.how === 'argument' && !isStrong(value))) return;
  scan.add(told.start, end);
}

const password: Detector = {
  type: 'PASSWORD',
  kind: 'secret',
  title: 'Passwords and passphrases',
  example: `DB_PASSWORD=«${'correct'}-horse-7»`,
  check:
    'a name or a sentence that says so, in eleven languages; no placeholder, code, path, type, or word about passwords',
  tells: 'context',
  rank: 3,
  names: [...new Set(NAMES)],
  anchors: [
    ...[
      'passw',
      'passphr',
      'pwd',
      'kennw',
      'mot de passe',
      'contrase',
      'wachtw',
      'requirepass',
      'masterauth',
    ],
    ...['senha', 'parola', '_pass', '--pass', 'haslo', 'hasł'],
  ].map((text) => ({ text })),
  whole: isWholePassword,
  find,
};

export const detectors = [password];
