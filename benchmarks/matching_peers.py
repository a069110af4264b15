"""The same question asked of duckdb, polars and dense numpy: the best ten open products of every request.

Each peer gets the columns it needs ready made (bands of amounts and terms, the constant part of the score) and answers
with the same keys: score × 2²⁴ + (2²⁴ − 1 − product), so that one number carries score and tie-break.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl

from benchmarks.matching_markets import Field
from matchmaking.matching.columns import Ints
from matchmaking.matching.policy import Weights
from matchmaking.matching.ranking import Ranking
from matchmaking.matching.score import Scorer
from matchmaking.matching.vocabulary import GUARANTEE_KINDS

TOP = 10
BITS = 24
LAST = (1 << BITS) - 1
WEIGHTS = Weights()
POINTS = [WEIGHTS.guarantee[kind] for kind in GUARANTEE_KINDS]
ALL = (1 << 30) - 1


@dataclass(frozen=True)
class Tables:
    """Both sides as columns of whole numbers."""

    requests: dict[str, Ints]
    products: dict[str, Ints]


def tables(field: Field) -> Tables:
    r, p, w = field.requests, field.products, WEIGHTS
    constant = Scorer.of(r, p, w).constant
    return Tables(
        {
            "request": np.arange(len(r)),
            "amount": r.amount,
            "term": r.term,
            "ceiling": r.rate_ceiling,
            "kinds": r.kinds,
            "section": 1 << r.section,
            "region": 1 << r.region,
            "purpose": 1 << r.purpose,
            "tags": r.tags,
            "aband": np.searchsorted(w.amount_bands, r.amount).astype(np.int64),
            "tband": np.searchsorted(w.term_bands, r.term).astype(np.int64),
        },
        {
            "product": np.arange(len(p)),
            "amount_min": p.amount_min,
            "amount_max": p.amount_max,
            "term_min": p.term_min,
            "term_max": p.term_max,
            "rate_min": p.rate_min,
            "p_kinds": p.kinds,
            "industries": p.industries & ALL,
            "regions": p.regions & ALL,
            "purposes": p.purposes & ALL,
            "p_tags": p.tags,
            "constant": constant,
            "p_aband": np.searchsorted(w.amount_bands, p.amount_middle).astype(np.int64),
            "p_tband": np.searchsorted(w.term_bands, (p.term_min + p.term_max) // 2).astype(np.int64),
        },
    )


def keys_of(ranking: Ranking) -> Ints:
    """Our ranking as the peers' keys."""
    keys = (ranking.score << BITS) + LAST - ranking.product
    return np.where(ranking.product < 0, -1, keys)


_LIGHTEST = (
    "greatest("
    + ", ".join(
        f"CASE WHEN kinds & p_kinds & {1 << bit} <> 0 THEN {points} ELSE 0 END" for bit, points in enumerate(POINTS)
    )
    + ")"
)
_KEY = f"""((constant + {_LIGHTEST}
  + {WEIGHTS.amount_fit} * greatest(0, 2 - abs(aband - p_aband)) // 2
  + {WEIGHTS.term_fit} * greatest(0, 2 - abs(tband - p_tband)) // 2) * {1 << BITS} + {LAST} - product)"""
_OPEN = """amount >= amount_min AND amount <= amount_max AND term >= term_min AND term <= term_max
  AND ceiling >= rate_min AND kinds & p_kinds <> 0 AND industries & section <> 0 AND regions & region <> 0
  AND purposes & purpose <> 0 AND p_tags & ~tags = 0"""
DUCKDB_WINDOW = f"""SELECT request, key FROM (SELECT request, {_KEY} AS key FROM requests JOIN products ON {_OPEN})
  QUALIFY row_number() OVER (PARTITION BY request ORDER BY key DESC) <= {TOP}"""
DUCKDB_TOP = f"""SELECT request, max({_KEY}, {TOP}) AS keys FROM requests JOIN products ON {_OPEN} GROUP BY request"""


def duckdb_ranker(one: Tables) -> Callable[[], Ints]:
    """DuckDB 2 on one thread, with its n-best aggregate (its window is slower)."""
    db = duckdb.connect(":memory:", config={"threads": 1})
    for name, columns in (("requests", one.requests), ("products", one.products)):
        frame = pl.DataFrame(columns).to_arrow()
        db.register("incoming", frame)
        db.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")

    def run() -> Ints:
        found = db.execute(DUCKDB_TOP).fetchnumpy()
        best = np.full((len(one.requests["request"]), TOP), -1, np.int64)
        for request, keys in zip(found["request"], found["keys"], strict=True):
            best[request, : len(keys)] = keys
        return best

    return run


def _polars_key() -> pl.Expr:
    both = pl.col("kinds") & pl.col("p_kinds")
    lightest = pl.max_horizontal(
        *(pl.when(both & (1 << bit) != 0).then(points).otherwise(0) for bit, points in enumerate(POINTS))
    )
    near_amount = (
        WEIGHTS.amount_fit * pl.max_horizontal(pl.lit(0), 2 - (pl.col("aband") - pl.col("p_aband")).abs()) // 2
    )
    near_term = WEIGHTS.term_fit * pl.max_horizontal(pl.lit(0), 2 - (pl.col("tband") - pl.col("p_tband")).abs()) // 2
    score = pl.col("constant") + lightest + near_amount + near_term
    return (score * (1 << BITS) + LAST - pl.col("product")).cast(pl.Int64).alias("key")


def _polars_open() -> list[pl.Expr]:
    col = pl.col
    return [
        col("amount") >= col("amount_min"),
        col("amount") <= col("amount_max"),
        col("term") >= col("term_min"),
        col("term") <= col("term_max"),
        col("ceiling") >= col("rate_min"),
        (col("kinds") & col("p_kinds")) != 0,
        (col("industries") & col("section")) != 0,
        (col("regions") & col("region")) != 0,
        (col("purposes") & col("purpose")) != 0,
        (col("p_tags") & ~col("tags")) == 0,
    ]


def polars_ranker(one: Tables, chunk: int = 5000) -> Callable[[], Ints]:
    """Polars 2 on one thread: a join on the inequalities, chunk by chunk so that memory stays bounded."""
    requests, products = pl.DataFrame(one.requests), pl.DataFrame(one.products)

    def best_of(part: pl.DataFrame) -> pl.DataFrame:
        joined = part.lazy().join_where(products.lazy(), *_polars_open()).select("request", _polars_key())
        return joined.group_by("request").agg(pl.col("key").top_k(TOP)).explode("key").collect()

    def run() -> Ints:
        parts = [best_of(requests.slice(first, chunk)) for first in range(0, len(requests), chunk)]
        found = pl.concat(parts).sort(["request", "key"], descending=[False, True])
        request, key = found["request"].to_numpy(), found["key"].to_numpy()
        best = np.full((len(requests), TOP), -1, np.int64)
        rank = np.arange(len(request)) - np.searchsorted(request, request)
        best[request, rank] = key
        return best

    return run


def _blocks(count: int, size: int) -> Iterator[slice]:
    return (slice(first, first + size) for first in range(0, count, size))


def dense_ranker(one: Tables, block: int = 512) -> Callable[[], Ints]:
    """numpy over every pair, a block of requests at a time that fits the cache."""
    p = one.products
    kinds = np.array([max((x for b, x in enumerate(POINTS) if k >> b & 1), default=0) for k in range(32)], np.int64)
    keyed = (p["constant"] << BITS) + LAST - p["product"]
    small = {name: p[name].astype(np.int32) for name in ("p_kinds", "industries", "regions", "purposes", "p_tags")}
    near = np.maximum(0, 2 - np.arange(-8, 9).__abs__())

    def best_of(r: dict[str, Ints]) -> Ints:
        c = {name: column[:, None] for name, column in r.items()}
        is_open = (c["amount"] >= p["amount_min"]) & (c["amount"] <= p["amount_max"])
        is_open &= (c["term"] >= p["term_min"]) & (c["term"] <= p["term_max"]) & (c["ceiling"] >= p["rate_min"])
        both = c["kinds"].astype(np.int32) & small["p_kinds"]
        is_open &= both != 0
        for mine, theirs in (("section", "industries"), ("region", "regions"), ("purpose", "purposes")):
            is_open &= (c[mine].astype(np.int32) & small[theirs]) != 0
        is_open &= (small["p_tags"] & ~c["tags"].astype(np.int32)) == 0
        fit = WEIGHTS.amount_fit * near[c["aband"] - p["p_aband"] + 8] // 2
        fit += WEIGHTS.term_fit * near[c["tband"] - p["p_tband"] + 8] // 2 + kinds[both]
        keys = np.where(is_open, keyed + (fit << BITS), -1)
        best = np.partition(keys, keys.shape[1] - TOP, axis=1)[:, -TOP:]
        return np.asarray(np.sort(best, axis=1)[:, ::-1])

    def run() -> Ints:
        count = len(one.requests["request"])
        blocks = _blocks(count, block)
        return np.concatenate([best_of({name: x[part] for name, x in one.requests.items()}) for part in blocks])

    return run
