// A label that somebody wrote into a value hides nothing of it; one that the engine wrote stays as it is.
import { describe, expect, it } from 'vitest';
import { createMasker, NO_RULES } from '../../src/masking/index.ts';

const masker = createMasker(NO_RULES, { current: { id: 'k1', key: new Uint8Array(32).fill(7) } });

const LABELS = ['[EMAIL]', '[CREDIT_CARD:…1111]', '[EMAIL:k1-abcdefghijklmnop]', '[EMAIL][PHONE]'];
const SECRET = 'hunter2Secret';
const RANDOM = ['q7Lw2ZpX9v', 'B4nR8sT1k'].join('');

/** `¤` is the label, `$` a password behind it, `%` a random value. */
const DOORS = [
  ...['password=¤$', 'password: ¤$', 'password=¤$ and more', 'password=ab9¤$', 'password=$¤', 'password=¤.$'],
  ...['password="¤$"', "password='$¤x'", '"password": "¤$"', 'password := "¤$"', 'PASSWORD ||= "¤$"'],
  ...['DB_PASSWORD=¤;$', 'Server=x;Password=¤$;Database=y', 'Password={ab;¤$}', 'password\t¤$'],
  ...['--password ¤$', '--password=¤$', 'setPassword("¤$")', '<input name="password" value="¤$">'],
  ...['password is ¤$', 'the password is: ¤$.', 'https://x.example/?password=¤$&x=1', 'secret_token=¤%'],
  ...['<password>¤$</password>', '<password>¤ $</password>', 'passwords: ["¤$", "ab9¤$"]'],
  ...['password: |\n  ¤$\n', 'db_password:\n  ¤$\n', 'password:\n  - ¤$\n'],
  ...['https://user:¤$@host.example/', 'https://user:ab9¤$@host.example/', 'https://¤%@host.example/'],
  ...['https://user:$¤@host.example/', 'postgres://user:¤$@db.internal:5432/shop'],
  ...['app:¤$@tcp(host:3306)/db', 'app:$¤@tcp(host:3306)/db', 'jdbc:oracle:thin:scott/¤$@host:1521'],
  ...[
    'host:5432:db:user:¤$',
    'Cookie: a=¤$',
    'Cookie: a=1x¤$',
    'Cookie: a=¤; b=¤$',
    'Set-Cookie: a=¤$; Path=/',
  ],
  ...['Authorization: Bearer ¤%', 'Authorization: Bearer q7Lw2¤%', 'Bearer ¤%', 'Authorization: Basic ¤%'],
  ...['Authorization: Digest username="¤", response="%"', 'AWS4-HMAC-SHA256 Credential=¤%, Signature=¤%'],
  ...['curl -u user:¤$ https://x.example', "curl -u 'user:¤$' https://x.example", 'mysql -uroot -p¤$ shop'],
  ...["sshpass -p '¤$' ssh host", 'new NetworkCredential("user", "¤$")'],
];

describe('a label in a value', () => {
  it.each(DOORS)('hides nothing: %j', (door) => {
    for (const label of LABELS) {
      const text = door.replaceAll('¤', label);
      const masked = masker.text(text.replaceAll('$', SECRET).replaceAll('%', RANDOM));
      expect(masked).not.toContain(SECRET);
      expect(masked).not.toContain(RANDOM);
      expect(masker.text(masked)).toBe(masked);
    }
  });
});

const ENDS = [...['', ',', ';', '&x=1', '"', '.', '. Then', ')', ']', ' and more', '\n', '\\n', ':', '...']];
const LEFT = [
  'password=',
  'password: ',
  'password is ',
  '?password=',
  'Cookie: a=',
  'Authorization: Bearer ',
];

describe('what was masked', () => {
  it.each(LEFT)('stays as it is behind %j', (before) => {
    for (const label of ['[PASSWORD]', ...LABELS, '[EMAIL].[PHONE]', '[EMAIL], [PHONE]']) {
      for (const end of ENDS) {
        // Only a query's values end there.
        if (end.startsWith('&') && !before.startsWith('?')) continue;
        expect(masker.find(before + label + end)).toEqual([]);
      }
    }
  });

  it.each([
    'https://user:[URL_CREDENTIALS]@host.example/',
    'https://[USERNAME]:[URL_CREDENTIALS]@host.example/',
    'app:[CONNECTION_STRING]@tcp(host:3306)/db',
    'jdbc:oracle:thin:scott/[CONNECTION_STRING]@host:1521',
    'host:5432:db:user:[CONNECTION_STRING]',
    'curl -u user:[PASSWORD] https://x.example',
    'Set-Cookie: a=[COOKIE]; Path=/',
    'password:\n  - [PASSWORD]\n  - [PASSWORD]\n',
    '<password>[PASSWORD]</password>',
  ])('stays as it is: %j', (text) => {
    expect(masker.text(text)).toBe(text);
  });
});

describe('what only looks like a label', () => {
  it.each(['[EMAIL:sha256-hunter2]', '[EMAIL:k1-hunter2]', '[NO_SUCH_TYPE:…hunter2]'])(
    '%s hides nothing',
    (value) => {
      expect(masker.text(`{"password": "${value}"}`)).not.toContain('hunter2');
      expect(masker.text(`the password="${value}x" is`)).not.toContain('hunter2');
    },
  );
});
