"""The seal on a session's lottery: the seed is nowhere in the books, it comes from their nonce and a key kept apart. Pure.

Whoever reads the books or a backup of them before the match learns the commitment and the nonce, and neither gives the
seed away. Whoever holds the key alone learns nothing either.
"""

import hashlib
import hmac

from kernel.errors import Refused
from matchmaking.matching.lottery import commitment

NONCE_BYTES = 32
SHORTEST_KEY = 16
PURPOSE = b"yinqi lottery seed|"


def seed_under(key: bytes, nonce: bytes) -> bytes:
    """The 32 bytes of the seed: HMAC-SHA-256 of the nonce under the key; Refused without a key of at least 16 bytes."""
    if len(key) < SHORTEST_KEY:
        raise Refused(
            "seal_key_missing",
            "抽签没法封签：没有设置 YINQI_SEAL_KEY（至少 16 个字符，和账簿分开保管）。请系统管理员设好再办",
            "The lottery cannot be sealed: YINQI_SEAL_KEY is not set (16 characters or more, kept apart from the books). "
            "Ask the system administrator to set it",
        )
    return hmac.new(key, PURPOSE + nonce, hashlib.sha256).digest()


def opens(key: bytes, nonce: bytes, committed: str) -> bool:
    """Whether a key is the one that a session was sealed with."""
    return len(key) >= SHORTEST_KEY and commitment(seed_under(key, nonce)) == committed


def opened(key: bytes, nonce: bytes, committed: str) -> bytes:
    """The seed of a session as it was committed to; Refused if the key is not the one it was sealed with."""
    seed = seed_under(key, nonce)
    if commitment(seed) != committed:
        raise Refused(
            "seal_key_wrong",
            "封签打不开：现在的 YINQI_SEAL_KEY 不是预告这一场时的那一把。请系统管理员换回原来的",
            "The seal does not open: YINQI_SEAL_KEY is not the one that this session was announced with. "
            "Ask the system administrator to put the former one back",
        )
    return seed
