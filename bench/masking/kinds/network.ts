// Addresses of machines, and URLs that carry a password.
import { aside, gold } from '../marked.ts';
import { ALNUM, HEX, type Random, type World } from '../random.ts';
import type { Kind } from './kind.ts';

const octet = (random: Random) => random.between(1, 254);

function ipv4({ random }: World): string {
  const start = random.pick([
    '10',
    '192.168',
    '172.16',
    String(random.between(11, 126)),
    String(random.between(128, 171)),
    String(random.between(193, 223)),
  ]);
  const parts = start.split('.');
  while (parts.length < 4) parts.push(String(octet(random)));
  return parts.join('.');
}

function ipv6({ random, faker }: World): string {
  const four = () => random.from('123456789abcdef', 1) + random.from(HEX, random.between(0, 3));
  const made = random.pick([
    faker.internet.ipv6(),
    `2001:db8::${four()}:${four()}`,
    `fe80::${four()}:${four()}:${four()}:${four()}`,
    `2a02:${four()}:${four()}::1`,
    `2001:${four()}:${four()}:${four()}:${four()}:${four()}:${four()}:${four()}`,
  ]);
  return random.chance(0.15) ? made.toUpperCase() : made;
}

function mac({ random }: World): string {
  const pair = () => random.from(HEX, 2);
  const six = [pair(), pair(), pair(), pair(), pair(), pair()];
  const text = random.pick([
    six.join(':'),
    six.join(':'),
    six.join('-'),
    six.join('').replace(/(....)(....)(....)/u, '$1.$2.$3'),
  ]);
  return random.chance(0.3) ? text.toUpperCase() : text;
}

function userinfo({ random, faker }: World): string {
  const user = random.pick(['admin', 'deploy', 'ci-bot', faker.internet.username().toLowerCase()]);
  const password = random.pick([
    random.from(ALNUM, random.between(8, 24)),
    `${faker.word.noun()}${random.digits(3)}`,
  ]);
  const host = `${faker.internet.domainWord()}.${random.pick(['internal', 'example.com', 'io'])}`;
  const scheme = random.pick(['https', 'https', 'http', 'ftp', 'sftp', 'git+https']);
  return `${aside(`${scheme}://${user}:`)}${gold('URL_USERINFO', password)}${aside(`@${host}/${faker.word.noun()}`)}`;
}

export const NETWORK: readonly Kind[] = [
  {
    type: 'IPV4',
    tells: 'structure',
    make: ipv4,
    words: ['IP address', 'IP', 'client IP', 'host'],
    keys: ['ip', 'ip_address', 'clientIp', 'remote_addr', 'x-forwarded-for'],
    sentences: [
      '{v} - - [02/Mar/2026:10:22:41 +0000] "GET /health HTTP/1.1" 200 12',
      'sshd[2211]: Failed password for invalid user test from {v} port 52814 ssh2',
      'connect to {v}:5432 timed out after 3000 ms',
      'route add {v}/24 via eth0',
      "I can't open your site, it says that {v} is blocked",
    ],
  },
  {
    type: 'IPV6',
    tells: 'structure',
    make: ipv6,
    words: ['IPv6 address', 'IP address', 'IP'],
    keys: ['ip', 'ipv6', 'clientIp', 'remote_addr'],
    sentences: ['connect to [{v}]:443 refused', 'listening on {v} port 80'],
  },
  {
    type: 'MAC',
    tells: 'structure',
    make: mac,
    words: ['MAC address', 'MAC', 'hardware address'],
    keys: ['mac', 'mac_address', 'hwaddr', 'deviceMac'],
    sentences: ['dhcpd: DHCPACK to {v} via eth1', 'link/ether {v} brd ff'],
  },
  {
    type: 'URL_USERINFO',
    tells: 'structure',
    secret: true,
    make: userinfo,
    words: ['repository', 'mirror', 'proxy', 'URL'],
    keys: ['url', 'proxy', 'registry', 'repo_url', 'endpoint'],
    sentences: ['git clone {v}', 'curl -s {v} | jq .', 'HTTPS_PROXY={v}'],
  },
];
