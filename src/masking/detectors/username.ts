// Names of accounts, where a key or a column says so: nothing in such a name tells of itself what it is.
import type { Detector } from '../detector.ts';

/** Accounts that are nobody's. */
const OF_NOBODY = new Set(
  (
    'root admin administrator user username guest test tester demo example anonymous nobody system service daemon postgres mysql ' +
    'redis mongo mongodb elastic kibana grafana prometheus rabbitmq kafka oracle sa dba www-data nginx apache ubuntu debian ' +
    'centos fedora ec2-user azureuser vagrant docker jenkins git github gitlab runner ci bot deploy deployer backup ftp mail ' +
    'postfix sshd ansible terraform app application api web worker none null nil undefined true false unknown string text ' +
    'varchar required optional default name login email me you self bailiwick'
  ).split(' '),
);

const OF_ACCOUNT = /^@?[\p{L}\p{N}][\p{L}\p{N}._@+-]{1,63}$/u;

function isAccount(value: string): boolean {
  const folded = value.toLowerCase();
  if (!OF_ACCOUNT.test(value) || OF_NOBODY.has(folded)) return false;
  // `user.name`, `self.username`, `process.env.USER`: code.
  return (
    !/\.(?:user(?:name)?|name|login|env|value|get|id)\b/iu.test(value) && !/^(?:str|var|\d+$)/u.test(folded)
  );
}

const username: Detector = {
  type: 'USERNAME',
  kind: 'person',
  title: 'Names of accounts',
  example: 'username: «jo.bloggs84»',
  check:
    'only under a name that says so; never the accounts that every system has, such as `root` or `postgres`',
  tells: 'context',
  rank: 2,
  names: [
    ...[
      'username',
      'screenname',
      'loginname',
      'nickname',
      'userlogin',
      'benutzername',
      'nombredeusuario',
      'nomeutente',
    ],
    ...[
      'gebruikersnaam',
      'nazwauzytkownika',
      'nazwaużytkownika',
      'nomdutilisateur',
      'nomeusuario',
      'twitterhandle',
    ],
  ],
  whole: isAccount,
};

export const detectors = [username];
