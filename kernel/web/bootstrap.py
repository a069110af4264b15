"""Cuts reboot, grid and forms out of Bootstrap's style sheet, with the variables they read: a twentieth of it. See decision 0060."""

import re
from collections.abc import Iterator

ELEMENTS = r"(?:\*|:root|[a-z][a-z0-9]*)?(?:[\s>+~]*(?:[a-z][a-z0-9]*|\*)?)*(?:::?[a-z-]+(?:\([^)]*\))?|\[[^\]]*\])*"
CLASSES = r"\.(?:row|col|g|gx|gy|form-control|form-select|form-check|visually-hidden)(?:[-:.\[>+~ ].*)?"
KEPT = re.compile(f"{ELEMENTS}|{CLASSES}")
DROPPED = re.compile(
    r"-(?:sm|xl|xxl|lg)(?![a-z])|row-cols|row-gap|plaintext|color(?![a-z])|form-check-reverse|form-check-inline|btn|valid|theme=dark|disabled"
)
VARIABLE = re.compile(r"(--bs-[a-z0-9-]+):[^;{}]*;?")


def rules(css: str) -> Iterator[tuple[str, str]]:
    """Top-level rules of a minified sheet as (what stands before the brace, what stands inside)."""
    start = 0
    while (brace := css.find("{", start)) >= 0:
        depth, end = 1, brace + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield css[start:brace].rsplit(";", 1)[-1].strip(), css[brace + 1 : end - 1]
        start = end


def _selectors(prelude: str) -> str:
    wanted = [one for one in prelude.split(",") if KEPT.fullmatch(one) and not DROPPED.search(one)]
    return ",".join(wanted)


def _filtered(css: str) -> str:
    parts = []
    for prelude, body in rules(css):
        if prelude.startswith("@media"):
            inner = _filtered(body)
            parts.append(f"{prelude}{{{inner}}}" if inner else "")
        elif body and not prelude.startswith("@") and (kept := _selectors(prelude)):
            parts.append(f"{kept}{{{body}}}")
    return "".join(parts)


def cut(css: str) -> str:
    """The kept rules; of the root variables only those that are read."""
    kept = _filtered(re.sub(r"/\*.*?\*/", "", css, flags=re.S))
    read = set(re.findall(r"var\((--bs-[a-z0-9-]+)", kept))
    kept = VARIABLE.sub(lambda match: match[0] if match[1] in read else "", kept)
    return re.sub(r"[^{}]+\{\}", "", kept)
