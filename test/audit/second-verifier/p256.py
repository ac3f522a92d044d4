"""Checks ECDSA signatures over P-256 with SHA-256 (FIPS 186-5). It has no secrets to keep, so it may take its time."""
import base64
import hashlib

# y^2 = x^3 - 3x + B modulo P. A point is (X, Y, Z) for (X/Z^2, Y/Z^3), and Z is 0 at infinity.
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5, 1)
INFINITY = (1, 1, 0)
# A SubjectPublicKeyInfo up to the two coordinates: id-ecPublicKey, prime256v1, an uncompressed point.
SPKI = bytes.fromhex('3059301306072a8648ce3d020106082a8648ce3d03010703420004')


def unbase64(text):
    """Nothing where it is not written in the one way."""
    try:
        data = base64.b64decode(text, validate=True)
        return data if base64.b64encode(data).decode() == text else b''
    except ValueError:
        return b''


def double(p):
    x, y, z = p
    a, b = 3 * (x - z * z) * (x + z * z) % P, 4 * x * y * y % P
    x3 = (a * a - 2 * b) % P
    return x3, (a * (b - x3) - 8 * pow(y, 4, P)) % P, 2 * y * z % P


def add(p, q):
    if p[2] == 0 or q[2] == 0:
        return q if p[2] == 0 else p
    (x1, y1, z1), (x2, y2, z2) = p, q
    u1, u2, s1, s2 = x1 * z2 * z2 % P, x2 * z1 * z1 % P, y1 * z2 * z2 * z2 % P, y2 * z1 * z1 * z1 % P
    if u1 == u2:
        return double(p) if s1 == s2 else INFINITY
    h, r = u2 - u1, s2 - s1
    x3 = (r * r - h * h * h - 2 * u1 * h * h) % P
    return x3, (r * (u1 * h * h - x3) - s1 * h * h * h) % P, h * z1 * z2 % P


def point(der):
    """The point of a SubjectPublicKeyInfo: P-256, uncompressed, on the curve. None where it is anything else."""
    if len(der) != len(SPKI) + 64 or not der.startswith(SPKI):
        return None
    x, y = int.from_bytes(der[-64:-32], 'big'), int.from_bytes(der[-32:], 'big')
    return (x, y, 1) if x < P and y < P and (y * y - x**3 + 3 * x - B) % P == 0 else None


def der_signature(r, s):
    numbers = (number.to_bytes(number.bit_length() // 8 + 1, 'big') for number in (r, s))
    body = b''.join(b'\x02' + bytes([len(number)]) + number for number in numbers)
    return b'\x30' + bytes([len(body)]) + body


def signed_by(public, message, signature):
    if public is None or not 8 <= len(signature) <= 72:
        return False
    end = 4 + signature[3]
    r, s = int.from_bytes(signature[4:end], 'big'), int.from_bytes(signature[end + 2:], 'big')
    if not (0 < r < N and 0 < s < N) or der_signature(r, s) != signature:
        return False
    w = pow(s, -1, N)
    u, v = int.from_bytes(hashlib.sha256(message).digest(), 'big') * w % N, r * w % N
    sums, total = (None, G, public, add(G, public)), INFINITY
    for bit in range(255, -1, -1):
        total, which = double(total), (u >> bit & 1) + 2 * (v >> bit & 1)
        total = add(total, sums[which]) if which else total
    return total[2] != 0 and total[0] * pow(total[2], -2, P) % P % N == r
