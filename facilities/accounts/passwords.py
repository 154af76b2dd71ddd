"""Passwords (argon2id) and random secrets. Pure but for the random source."""

import hashlib
import hmac
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from facilities.errors import Refused

LEAST_LENGTH = 12
_hasher = PasswordHasher()
# Checked when there is no such user, so that a wrong name takes as long as a wrong password.
_NOBODY = _hasher.hash(secrets.token_hex(16))


def hash_password(password: str, username: str = "") -> str:
    """The argon2id hash. Raises Refused for a password that is too short or is the name."""
    if len(password) < LEAST_LENGTH:
        raise Refused(f"A password needs at least {LEAST_LENGTH} characters.", "password")
    if username and username.lower() in password.lower():
        raise Refused("A password must not contain the user name.", "password")
    return _hasher.hash(password)


def password_fits(stored: str | None, password: str) -> bool:
    """True when the password belongs to the stored hash; takes its time for None as well."""
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def new_secret() -> str:
    """32 random bytes, safe in a URL."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """SHA-256 in hex: enough for a secret that is random, not chosen."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same_secret(stored_hash: str, secret: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(stored_hash, secret_hash(secret))
