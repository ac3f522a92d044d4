// Passwords and keys that only their names tell, as configuration, code, commands and people write them.
import { gold } from '../marked.ts';
import { ALNUM, BASE64, HEX, type Random, WORDISH, type World } from '../random.ts';

export function password(random: Random): string {
  const word = () =>
    random.pick(['summer', 'Dragon', 'winter', 'Falcon', 'coffee', 'Orbit', 'maple', 'River', 'Sunset']);
  return random.pick([
    random.from(ALNUM, random.between(10, 20)),
    `${word()}${random.pick(['!', '#', '$', '*', '_'])}${random.digits(4)}`,
    `${word()}-${word()}-${random.digits(2)}`,
    `${random.from(`${ALNUM}!#$%^*_+`, random.between(12, 18))}${random.digits(1)}`,
    `P4ss${word()}${random.digits(2)}!`,
  ]);
}

export function assignment({ random }: World): string {
  const secret = gold('PASSWORD', password(random));
  const plainSecret = gold('PASSWORD', random.from(ALNUM, random.between(9, 16)));
  return random.pick([
    `password=${plainSecret}`,
    `DB_PASSWORD=${secret}`,
    `export ADMIN_PASSWORD="${secret}"`,
    `password: ${secret}`,
    `"password": "${secret}"`,
    `'passwd' => '${secret}',`,
    `mysqldump --user=root --password=${plainSecret} shop > dump.sql`,
    `spring.datasource.password=${secret}`,
    `<password>${plainSecret}</password>`,
    `const dbPassword = '${secret}';`,
    `ALTER USER app WITH PASSWORD '${plainSecret}';`,
    `user=app pwd=${plainSecret} retry=3`,
    `My password is ${plainSecret}, please reset it.`,
    `the wifi password: ${plainSecret}`,
    `login: jdoe, pass: ${plainSecret}`,
    `password := "${secret}"`,
    `password ?= ${plainSecret}`,
    `  :password => '${secret}',`,
    `db_password: |\n  ${plainSecret}\n`,
    `<Password>\n  ${plainSecret}\n</Password>`,
    `<add key="SmtpPassword" value="${plainSecret}" />`,
    `private static final String DB_PASSWORD = "${plainSecret}";`,
    `login(user='jdoe', password='${plainSecret}')`,
    `curl -u admin:${plainSecret} https://api.example.com/v1/items`,
    `curl --user 'svc-backup:${plainSecret}' -X POST https://api.example.com`,
    `machine git.example.com login ci password ${plainSecret}`,
    `PGPASSWORD=${plainSecret} psql -h db.internal orders`,
    `sshpass -p '${plainSecret}' ssh ops@10.0.0.4`,
    `docker login -u ci -p ${plainSecret} registry.example.com`,
    `new NetworkCredential("svc-mail", "${plainSecret}")`,
    `The password for user 'report' is '${plainSecret}'.`,
    `the default password is "${plainSecret}"`,
    `{"user":"jdoe","password":"${secret}"}`,
    `{\\"user\\":\\"jdoe\\",\\"password\\":\\"${plainSecret}\\"}`,
    `?user=jdoe&password=${plainSecret}&remember=1`,
    `Ihr Passwort lautet ${plainSecret}`,
    `mot de passe : ${plainSecret}`,
    `contraseña: ${plainSecret}`,
    `wachtwoord=${plainSecret}`,
  ]);
}

export function named({ random }: World): string {
  const secret = () =>
    random.pick([
      random.from(HEX, 32),
      random.from(ALNUM, 40),
      random.from(BASE64, 43),
      random.from(HEX, 64),
      random.from(ALNUM, 24),
    ]);
  const it = gold('NAMED_SECRET', secret());
  return random.pick([
    `api_key=${it}`,
    `API_KEY: "${it}"`,
    `client_secret=${it}`,
    `"clientSecret": "${it}",`,
    `SECRET_KEY_BASE=${it}`,
    `DATADOG_API_KEY=${it}`,
    `DD_APP_KEY: ${it}`,
    `TWILIO_AUTH_TOKEN=${it}`,
    `aws_secret_access_key = ${gold('NAMED_SECRET', random.from(BASE64, 40))}`,
    `AWS_SECRET_ACCESS_KEY=${gold('NAMED_SECRET', random.from(BASE64, 40))}`,
    `"SecretAccessKey": "${gold('NAMED_SECRET', random.from(BASE64, 40))}"`,
    `access_token=${it}&expires_in=3600`,
    `"refresh_token":"${it}"`,
    `signing_secret: ${it}`,
    `encryption_key = "${it}"`,
    `webhookSecret: '${it}',`,
    `private_key: ${it}`,
    `Authorization: SSWS 00${gold('NAMED_SECRET', random.from(WORDISH, 40))}`,
    `cloudflare_api_token = ${it}`,
    `fastlyToken := \`${it}\``,
    `String algoliaApiKey = "${it}";`,
    `OKTA_TOKEN ::= "${it}"`,
    `$droneToken .= "${it}";`,
    `etsy_token: >\n  ${it}\n`,
    `<snykToken>\n    ${it}\n</snykToken>`,
    `"travisToken" => "${it}"`,
    `codecovToken,${it},`,
    `const SENTRY_AUTH_TOKEN: string = '${it}';`,
    `{\n  \\"asana_token\\": \\"${it}\\"\n}`,
    `//registry.example.com/:_authToken=${it}`,
    `X-Vault-Token: ${it}`,
    `PRIVATE-TOKEN: ${it}`,
    `{"name":"STRIPE_SECRET","value":"${it}"}`,
    `- name: GH_TOKEN\n  value: ${it}\n`,
    `?access_token=${it}&v=2`,
    `SharedAccessKeyName=root;SharedAccessKey=${gold('NAMED_SECRET', `${random.from(BASE64, 43)}=`)}`,
    `[Interface]\nPrivateKey = ${gold('NAMED_SECRET', `${random.from(BASE64, 43)}=`)}`,
    `Our API key is ${it}, keep it safe.`,
    `the token ${it} has expired`,
  ]);
}
