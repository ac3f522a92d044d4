#!/usr/bin/env python3
"""A second verifier of the audit's archive, by docs/audit-format.md alone.

Exit 0: nothing is wrong; 1: faults; 2: wrong use.
"""
import argparse, datetime, hashlib, json, os, re, sys, zlib

from p256 import point, signed_by, unbase64
from unpack import no_number, number, text_of, unpacked_hash

EVENT_ID, STREAM = re.compile('evt_[0-9a-hjkmnp-tv-z]{26}'), re.compile('[!-~]{1,512}')
HEX, MOMENT = '[0-9a-f]{64}', r'[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z'
BASE64, ANY = '[A-Za-z0-9+/]+={0,2}', '(?s:.*)'
FILE = {'key': ANY, 'sha256': HEX, 'bytes': int}
KEY = {'id': HEX, 'publicKey': BASE64}
DIGEST = {'format': 'bailiwick-digest-1', 'sequence': int, 'from': MOMENT, 'until': MOMENT, 'signedAt': MOMENT,
          'previous': (None, HEX), 'objects': [{**FILE, 'events': int}], 'strays': [FILE], 'events': int, 'root': HEX,
          'index': (None, FILE), 'key': KEY, 'nextKey?': KEY}
SIGNED = {'digest': DIGEST, 'signature': {'algorithm': 'ECDSA_SHA_256', 'value': BASE64}}
TIMED = re.compile(r'(events|unarchived)/day=([0-9-]{10})/hour=([0-9]{2})/'
                   r'([0-9]{8}T[0-9]{9})Z-[a-z0-9]{1,64}\.(jsonl\.gz|json)')
NUMBERED = re.compile(r'digests/digest-([0-9]{10})(?:\.json|-([0-9a-f]{16})\.index\.gz)')


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def fits(value, shape):
    if shape is None or shape is int:
        return value is shape or shape is int and type(value) is int and 0 <= value < 2**53
    if isinstance(shape, tuple):
        return any(fits(value, one) for one in shape)
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(item, shape[0]) for item in value)
    if isinstance(shape, dict):
        known = {name.rstrip('?'): one for name, one in shape.items()}
        return (isinstance(value, dict) and value.keys() <= known.keys() and shape.keys() - value.keys() <= {'nextKey?'}
                and all(fits(item, known[name]) for name, item in value.items()))
    return isinstance(value, str) and re.fullmatch(shape, value) is not None


def canonical(value):
    """RFC 8785 of what a digest is made of: no fractions, names in ASCII."""
    return json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()


def read_digest(data):
    try:
        value = json.loads(data.decode())
        if not fits(value, SIGNED) or canonical(value) != data:
            return None
        digest = value['digest']
        keys = [digest[name]['publicKey'] for name in ('key', 'nextKey') if name in digest]
        if not all(map(unbase64, [value['signature']['value'], *keys])):
            return None
        for name in ('from', 'until', 'signedAt'):
            datetime.datetime.fromisoformat(value['digest'][name][:-1])
        return value
    except (ValueError, RecursionError):
        return None


def name_of(key):
    """('digest' | 'index', number, hash) or ('events' | 'unarchived', moment); None where nothing is named so."""
    numbered, timed = NUMBERED.fullmatch(key), TIMED.fullmatch(key)
    if numbered:
        return ('index' if numbered[2] else 'digest', int(numbered[1]), numbered[2]) if int(numbered[1]) else None
    if not timed or (timed[1] == 'events') != (timed[5] == 'jsonl.gz'):
        return None
    try:
        at = datetime.datetime.strptime(timed[4] + '000', '%Y%m%dT%H%M%S%f').isoformat(timespec='milliseconds') + 'Z'
    except ValueError:
        return None
    return (timed[1], at) if at[:13] == f'{timed[2]}T{timed[3]}' else None


def root(leaves):
    """RFC 9162, 2.1. Left stands the largest power of two that is smaller than their number."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b'\x01' + root(leaves[:half]) + root(leaves[half:])).digest()


class Archive:
    def __init__(self, directory, given, head=None):
        self.directory, self.given, self.head, self.faults, self.notes = directory, given, head, [], []
        paths = (os.path.join(folder, name) for folder, below, files in os.walk(directory) for name in below + files)
        keys = (os.path.relpath(path, directory) for path in paths if os.path.islink(path) or not os.path.isdir(path))
        self.named = {key: name_of(key) for key in sorted(keys) if not key.startswith('.unfinished/')}
        self.files, self.covered, self.events, self.claims = {}, {}, {}, []

    def fault(self, kind, what):
        self.faults.append(f'{kind}: {what}')

    def read(self, key):
        """None where it is not there, or is a link or a pipe."""
        path = os.path.join(self.directory, key)
        if key not in self.named or os.path.islink(path) or not os.path.isfile(path):
            return None
        with open(path, 'rb') as file:
            return file.read()

    def verify(self):
        digests = self.chain()
        for number, digest in digests:
            self.contents(number, digest)
        self.rest(max((digest['until'] for _, digest in digests), default=''))
        for number, said, where in self.claims:
            if number > max(self.files, default=0) or self.files.get(number, said) != said:
                kind = 'altered' if number in self.files else 'missing'
                self.fault(kind, f'digest {number}, as an event in {where} tells of it')
        return digests

    def chain(self):
        """Digest after digest: number, hash, span, signature, and then which of them a given key vouches for."""
        digests, links, keys, last, good = [], [], set(self.given), None, None
        for key in (key for key, name in self.named.items() if name and name[0] == 'digest'):
            number, data = self.named[key][1], self.read(key) or b''
            if number != (last or 0) + 1:
                self.fault('missing', f'digests {(last or 0) + 1} to {number - 1}')
                last = good = None
            self.files[number] = sha256(data)
            digest, own, trusted = self.digest(key, number, data), False, False
            if digest:
                digests.append((number, digest))
                own = self.is_own(key, digest, good)
                self.follows(key, digest, last, good)
                trusted = own and digest['key']['id'] in keys
                keys |= {digest['nextKey']['id']} if trusted and 'nextKey' in digest else set()
                good = digest if own else good
            links.append([key, own, trusted, digest and last and digest['previous'] == self.files[last]])
            last = number
        for later, earlier in reversed(list(zip(links[1:], links))):
            earlier[2] = earlier[2] or later[2] and later[3]
        for key, own, trusted, _ in links:
            if own and not trusted:
                self.fault('otherKey', f'{key}: no key that was given vouches for it')
        if not links:
            self.fault('unsigned', 'there is no digest')
        if self.head and self.head not in self.files.values():
            self.fault('cutBack', f'no digest has the hash {self.head}')
        return digests

    def digest(self, key, number, data):
        signed = read_digest(data)
        if signed is None:
            return self.fault('altered', f'{key} is no digest, to the letter')
        digest, value = signed['digest'], unbase64(signed['signature']['value'])
        if digest['sequence'] != number:
            return self.fault('reordered', f'{key} says that it is number {digest["sequence"]}')
        public = unbase64(digest['key']['publicKey'])
        holds = sha256(public) == digest['key']['id'] and signed_by(point(public), canonical(digest), value)
        return {**digest, 'signed': holds}

    def is_own(self, key, digest, good):
        """Signed by the key that the last such digest announced or, where it announced none, by that digest's own."""
        if not digest['signed']:
            self.fault('unsigned', f'{key}: the signature is not that of its key')
        elif good and digest['key']['id'] != good.get('nextKey', good['key'])['id']:
            self.fault('otherKey', f'{key}: its key is not the one that was due')
        else:
            return True
        return False

    def follows(self, key, digest, last, good):
        if (digest['previous'] is None) != (digest['sequence'] == 1):
            self.fault('unchained', f'{key}: only the first digest, and no other, names none before it')
        elif last and digest['previous'] != self.files[last]:
            kind = 'altered' if digest['signed'] else 'unchained'
            self.fault(kind, f'digest {last} is not the one that {key} follows')
        if not digest['from'] <= digest['until'] <= digest['signedAt']:
            self.fault('misdated', f'{key} ends before it begins, or was signed before it ended')
        if good and (digest['from'] != good['until'] or digest['signedAt'] < good['signedAt']):
            self.fault('misdated', f'{key} does not begin where the digest before it ends, or was signed before that')

    def contents(self, number, digest):
        where, whole, leaves, listed = f'digest {number}', True, [], hashlib.sha256()
        for files in (digest['objects'], digest['strays']):
            if [file['key'] for file in files] != sorted(file['key'] for file in files):
                self.fault('reordered', f'the files of {where} are not in the order of their names')
        for file in digest['objects']:
            data = self.file(file, number, 'events', digest)
            lines = None if data is None else self.lines(file['key'], data)
            whole = whole and lines is not None
            for event, leaf in lines or []:
                leaves.append(leaf)
                listed.update(f'{event} {leaf.hex()}\n'.encode())
            if lines is not None and len(lines) != file['events']:
                self.fault('inconsistent', f'{where} says {file["events"]} of the {len(lines)} events in {file["key"]}')
        for file in digest['strays']:
            self.file(file, number, 'unarchived', digest)
        if whole and (len(leaves), root(leaves).hex()) != (digest['events'], digest['root']):
            self.fault('inconsistent', f'{where} has another number of events or root than its objects make')
        if (digest['index'] is None) != (digest['events'] == 0):
            self.fault('inconsistent', f'{where} has an index and no events, or events and no index')
        data = self.file(digest['index'], number, 'index', digest) if digest['index'] else None
        if whole and data is not None and unpacked_hash(data) != listed.digest():
            self.fault('inconsistent', f'the index of {where} lists something else than its objects hold')

    def file(self, file, number, kind, digest):
        """The bytes, where they are those that the digest names."""
        key, name, data = file['key'], name_of(file['key']), self.read(file['key'])
        if key in self.covered:
            self.fault('repeated', f'{key} stands in digest {self.covered[key]} and in digest {number}')
        self.covered[key] = number
        if name is None or name[0] != kind or kind == 'index' and name[1:] != (number, file['sha256'][:16]):
            self.fault('inconsistent', f'digest {number} names {key}, which is no name for that')
        elif kind != 'index' and not digest['from'] <= name[1] < digest['until']:
            self.fault('misdated', f'{key} lies outside of the span of digest {number}')
        if data is None:
            return self.fault('missing', key)
        if len(data) != file['bytes'] or sha256(data) != file['sha256']:
            return self.fault('altered', key)
        return data

    def lines(self, key, data, kind='inconsistent'):
        """Id and hash of each line; None where they can't be read."""
        lines = []
        try:
            for line in text_of(data).split(b'\n')[:-1]:
                said = json.loads(line.decode(), parse_int=number, parse_float=number, parse_constant=no_number)
                event, stream = said['unmapped']['event'], said['unmapped']['stream']
                if not EVENT_ID.fullmatch(event['id']) or not STREAM.fullmatch(stream):
                    raise ValueError
                place = f'{stream} {event["id"]}'
                lines.append((event['id'], hashlib.sha256(b'\0' + line).digest()))
                mine = (sha256(json.dumps(event, sort_keys=True).encode()), key)
                first = self.events.setdefault(place, mine)
                if first[0] != mine[0]:
                    self.fault('repeated', f'{place} says one thing in {first[1]} and another in {key}')
                elif first is not mine:
                    self.notes.append(f'archivedTwice: {place} in {first[1]} and {key}')
                said = event.get('sequence'), event.get('sha256')
                if event.get('type') == 'audit.digested' and fits(said[0], int) and fits(said[1], ANY):
                    self.claims.append((*said, key))
            return lines
        except (zlib.error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return self.fault(kind, f'{key} is not made of lines of events')

    def rest(self, until):
        """What no digest names: the tail, which is not signed yet, what a run that died left, and what was added."""
        due = max(self.files, default=0) + 1
        for key, name in self.named.items():
            if key in self.covered or name and name[0] == 'digest':
                continue
            data = self.read(key)
            if name and data is not None and name[0] == 'index' and name[1] <= due and sha256(data)[:16] == name[2]:
                self.notes.append(f'leftOver: {key}')
            elif name is None or data is None or name[0] == 'index' or name[1] < until:
                self.fault('added', f'{key}: no digest names it')
            else:
                self.notes.append(f'not signed yet: {key}')
                if name[0] == 'events':
                    self.lines(key, data, 'altered')


def key_ids(file):
    with open(file, encoding='ascii') as pem:
        bodies = re.findall('-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----', pem.read())
    keys = [unbase64(''.join(body.split())) for body in bodies]
    if None in map(point, keys):
        raise ValueError
    return {sha256(key) for key in keys}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('directory')
    parser.add_argument('--key', action='append', required=True, help='a public key as PEM; may be repeated')
    parser.add_argument('--head', help='the hash of a digest that must be there')
    options = parser.parse_args()
    try:
        given = set().union(*map(key_ids, options.key))
    except (OSError, ValueError):
        given = set()
    if not given or not os.path.isdir(options.directory):
        parser.error('it needs a directory, and public keys as PEM')
    archive = Archive(options.directory, given, options.head)
    digests = archive.verify()
    for line in archive.notes + archive.faults:
        print(ascii(line)[1:-1])
    events = sum(digest['events'] for _, digest in digests)
    print(f'{len(archive.faults)} faults' if archive.faults else f'ok {len(digests)} digests, {events} events')
    return 1 if archive.faults else 0


if __name__ == '__main__':
    sys.exit(main())
