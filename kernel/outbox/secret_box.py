"""Secrets that the service must be able to use again are kept sealed; the key lies outside of the books."""

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kernel.errors import Refused

NONCE_BYTES = 12


class SecretUnreadable(Refused):
    """The key has changed since the secret was sealed."""

    def __init__(self) -> None:
        super().__init__(
            "secret_unreadable",
            "密钥打不开了（服务的密钥换过），请换一个新密钥",
            "The secret cannot be opened (the service's key has changed); rotate it",
        )


class SecretBox:
    """Seals and opens texts under one key; `about` binds a sealed text to its place, so that it opens nowhere else."""

    def __init__(self, key: str) -> None:
        derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"yinqi outbox secrets").derive(
            key.encode()
        )
        self._cipher = AESGCM(derived)

    def seal(self, secret: str, *, about: str) -> str:
        """The secret as it is kept."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, secret.encode(), about.encode())).decode()

    def open(self, sealed: str, *, about: str) -> str:
        """The secret itself; SecretUnreadable under another key or for another place."""
        raw = base64.b64decode(sealed)
        try:
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about.encode()).decode()
        except InvalidTag:
            raise SecretUnreadable from None
