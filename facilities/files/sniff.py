"""What a file is, by its first bytes and not by its name. Pure."""

import codecs
from collections.abc import Sequence

#: (first bytes, content type, ending); WebP carries its own name at byte 8.
_MAGIC: Sequence[tuple[bytes, str, str]] = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
)
ALLOWED = "PDF, PNG, JPEG, WebP or plain text"
PRINTABLE_CONTROLS = frozenset(b"\t\n\r\f")


def content_type(start: bytes) -> tuple[str, str] | None:
    """(content type, usual ending) from the first bytes, or None for what we do not keep.

    Text is UTF-8 without control characters; it is served as plain text, never as a page.
    """
    for magic, kind, ending in _MAGIC:
        if start.startswith(magic):
            return kind, ending
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp", ".webp"
    return ("text/plain", ".txt") if start and _is_text(start) else None


def _is_text(start: bytes) -> bool:
    if any(byte < 32 and byte not in PRINTABLE_CONTROLS for byte in start):
        return False
    try:
        # Not final: the window may end inside a character.
        codecs.getincrementaldecoder("utf-8")().decode(start, final=False)
    except UnicodeDecodeError:
        return False
    return True


def safe_name(name: str, ending: str) -> str:
    """A name that is only a name: no folders, no control characters, with a fitting ending."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(c for c in last if c.isprintable()).strip(". ")[:180] or "file"
    fits = clean.lower().endswith(ending) or (ending == ".jpg" and clean.lower().endswith(".jpeg"))
    keeps = ending == ".txt" and clean.lower().endswith((".csv", ".md", ".log"))
    return clean if fits or keeps else clean + ending
