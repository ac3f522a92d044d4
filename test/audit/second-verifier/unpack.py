"""Files that are gzip, and what numbers there are in their lines."""
import hashlib
import zlib

MOST_BYTES = 64 * 1024 * 1024


def unpacked(data):
    """Piece by piece. Another member may follow one, or a zero byte, behind which nothing is looked at."""
    while True:
        member = zlib.decompressobj(31)
        while not member.eof:
            piece = member.decompress(data, 1 << 20)
            data = member.unused_data if member.eof else member.unconsumed_tail
            if not (piece or data or member.eof):
                raise zlib.error('it breaks off')
            yield piece
        if not data or data[0] == 0:
            return


def unpacked_hash(data):
    text = hashlib.sha256()
    try:
        for piece in unpacked(data):
            text.update(piece)
        return text.digest()
    except zlib.error:
        return None


def text_of(data):
    """Events have room in so much, and no more is unpacked."""
    text = bytearray()
    for piece in unpacked(data):
        text += piece
        if len(text) > MOST_BYTES:
            raise ValueError
    if text and not text.endswith(b'\n'):
        raise ValueError
    return bytes(text)


def number(text):
    """As JSON has it: 1.0 is 1."""
    value = float(text)
    return int(value) if value.is_integer() else value


def no_number(_):
    raise ValueError
