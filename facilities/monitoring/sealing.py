"""Device credentials: sealed in the database, opened only for polling, never shown back."""

import base64
import hashlib
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken

from facilities.errors import Unavailable

#: What may be secret about a device.
PARTS = ("community", "auth_key", "priv_key")


def seal(secrets: Mapping[str, str], key: str) -> str | None:
    """The sealed text of the given parts; None when there are none. key: any secret text."""
    kept = {part: secrets[part] for part in PARTS if secrets.get(part)}
    return _fernet(key).encrypt(json.dumps(kept).encode()).decode() if kept else None


def unseal(sealed: str | None, key: str) -> dict[str, str]:
    """The parts again, {} for none. Raises Unavailable when the key is another one."""
    if sealed is None:
        return {}
    try:
        found: dict[str, str] = json.loads(_fernet(key).decrypt(sealed.encode()))
    except InvalidToken as error:
        raise Unavailable(
            "The credentials of this device were sealed with another key. Bring back the key "
            "(RACKHOUSE_CREDENTIALS_KEY or DATA_DIR/credentials.key), or type them again."
        ) from error
    return found


def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))
