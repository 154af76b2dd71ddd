"""Text as devices send it: padded, in unknown encodings, sometimes as bytes."""


def clean_text(value: object) -> str:
    """The printable text of a value without padding; "" for None. Never raises."""
    if value is None:
        return ""
    spelt = _decoded(bytes(value)) if isinstance(value, bytes | bytearray) else str(value)
    text = spelt.split("\x00", 1)[0]
    return "".join(mark for mark in text if mark.isprintable()).strip()


def _decoded(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def text_of_registers(octets: bytes, *, swapped: bool, wide: bool) -> str:
    """The text of registers, high byte first (rule 23). `swapped`: low byte first. `wide`: one
    character a register, in its low byte. Padding by NUL, blank or 0xFF is dropped."""
    if swapped:
        pairs = zip(octets[::2], octets[1::2], strict=True)
        octets = bytes(octet for high, low in pairs for octet in (low, high))
    if wide:
        octets = octets[1::2]
    return clean_text(octets.split(b"\x00", 1)[0].rstrip(b"\xff "))
