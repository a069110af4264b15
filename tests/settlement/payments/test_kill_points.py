"""SIGKILL at every point of a payment, from drawing to receipt; recovery follows: nothing lost, nothing twice, the books balanced."""

import multiprocessing
import shutil
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy
from sqlalchemy import create_engine
from sqlmodel import Session

from kernel import database
from kernel.database import engine_options
from kernel.ledger.balances import balances
from settlement.payments import orders
from settlement.payments.invariants import violations
from settlement.payments.workflow import SETTLED
from tests.settlement.payments.kill_floor import Counted, LoggingTreasury, Scene, killed_at, play
from tests.settlement.payments.payment_floor import BATCH, ZHANHE, Counter

EXPECTED = {
    "appropriation": -9_000, "available": 3_100, "committed": 0, "spent": 5_900,
    "award": 5_900, "payable": 0, "in_transit": 0, "paid": -5_900, "set_off": 0, "recoverable": 0,
}  # fmt: skip


def seeded_scene(counter: Counter, url: str, folder: Path) -> Scene:
    """Two banks due money and one of them owing some back; everything ready but the order."""
    bank = counter.beneficiary("甲村镇银行")
    counter.item(bank, 4_000)
    counter.item(counter.beneficiary("乙村镇银行"), 2_000)
    counter.item(bank, -100, quarter="2022Q2", number="FE-2022Q2-0001")
    counter.budget(ZHANHE, 9_000)
    counter.db.rollback()
    database.books.engine.dispose()
    return Scene(url, folder / "none", counter.cashier, tuple(counter.batches.items[BATCH]))


@contextmanager
def copy_of(scene: Scene, folder: Path) -> Iterator[Scene]:
    """The seeded books once more, to be killed in."""
    folder.mkdir()
    url = sqlalchemy.make_url(scene.url)
    if url.get_backend_name() == "sqlite":
        source, target = Path(url.database or ""), folder / "yinqi.db"
        for path in source.parent.glob(f"{source.name}*"):
            shutil.copy(path, folder / path.name)
        yield scene.moved_to(f"sqlite:///{target}", folder / "treasury.log")
        shutil.rmtree(folder)
        return
    name = f"k{uuid.uuid4().hex[:12]}"
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name} TEMPLATE {url.database}"))
    try:
        copied = url.set(database=name).render_as_string(hide_password=False)
        yield scene.moved_to(copied, folder / "treasury.log")
    finally:
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def assert_paid_once_and_balanced(scene: Scene) -> None:
    options = engine_options(scene.url)
    engine = create_engine(options.pop("url"), **options)
    with Session(engine, expire_on_commit=False) as db:
        assert violations(db) == []
        (order,) = orders.orders_of(db)
        assert order.state == SETTLED
        assert [one.amount for one in orders.payments_of(db, order)] == [3_900, 2_000]
        assert balances(db, ZHANHE) == EXPECTED
    engine.dispose()
    sent = LoggingTreasury(scene.log, Counted()).lines()
    assert [line.split()[0] for line in sent] == [order.number]


def test_a_payment_killed_at_any_point_is_made_once_and_the_books_balance(
    counter: Counter, books_url: str, tmp_path: Path
) -> None:
    scene = seeded_scene(counter, books_url, tmp_path)
    dry = Counted()
    with copy_of(scene, tmp_path / "dry") as copied:
        play(copied, dry)
        assert_paid_once_and_balanced(copied)
    print(f"{dry.passed} points")
    assert dry.passed > 60
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.settlement.payments.kill_floor"])
    for point in range(1, dry.passed + 1):
        with copy_of(scene, tmp_path / f"at-{point}") as copied:
            child = context.Process(target=killed_at, args=(copied, point))
            child.start()
            child.join(60)
            assert child.exitcode == -signal.SIGKILL, point
            play(copied, Counted(), minutes=5)
            assert_paid_once_and_balanced(copied)
