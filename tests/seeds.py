"""A seed that is printed, so that a random failure can be played again: `YINQI_SEED=… pytest …`."""

import os
import random


def seeded() -> random.Random:
    seed = int(os.environ.get("YINQI_SEED", random.SystemRandom().randrange(2**32)))
    print(f"YINQI_SEED={seed}")
    return random.Random(seed)


def is_full() -> bool:
    """Whether the full size was asked for (`YINQI_FULL=1`), not the sample of every day."""
    return os.environ.get("YINQI_FULL") == "1"
