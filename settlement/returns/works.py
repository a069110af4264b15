"""Filing a large return as a work: the file waits in the work's folder, is read by the scheduler's process, and is entered once."""

from dataclasses import replace
from pathlib import Path

from flask import url_for

from kernel.bilingual import Text
from kernel.clock import business_day
from kernel.periods import Quarter
from kernel.works.kinds import AtWork, WorkKind, WorkStage
from settlement.handed_over import premises
from settlement.returns.filing import Upload, Watching, file_return
from settlement.returns.kinds import KINDS
from settlement.returns.repairing import file_repaired
from settlement.returns.repairs import repairs_in
from settlement.returns.service import FILING_ROLES

FILE, EVENTS = "file", "events"
MEGABYTES = Text("{done} MB，共 {whole} MB", "{done} MB of {whole} MB")


def run_filing(work: AtWork) -> None:
    """Read the file and enter the version; the moment of filing is when it was received. The order is that of `uploads`."""
    said = work.content
    file_return(
        work.db,
        work.caller,
        Upload(work.files / FILE, said["file"]),
        quarter=Quarter.parse(said["quarter"]),
        premises=premises(),
        at=work.asked_at,
        today=business_day(work.asked_at),
        kind=KINDS[said["kind"]] if said["kind"] else None,
        events=Upload(work.files / EVENTS, said["events"]) if said["events"] else None,
        watching=_watching(work),
    )


def run_reading_again(work: AtWork) -> None:
    """Write the mended file of a version and enter it as the next one; with the repairs that stood when it was asked for."""
    file_repaired(
        work.db,
        work.caller,
        work.content["return"],
        repairs_in(work.content["repairs"]),
        premises=premises(),
        at=work.asked_at,
        today=business_day(work.asked_at),
        watching=_watching(work),
    )


def _watching(work: AtWork) -> Watching:
    return Watching(
        work.told,
        lambda filed, db: work.ending.finish(db, str(filed.id)),
        lambda refused, db: work.ending.fail(db, refused),
    )


READING_STAGES = (
    WorkStage("opening", Text("打开文件", "Opening the file"), 8),
    WorkStage("reading", Text("逐行读取", "Reading the rows"), 40, MEGABYTES, 1_000_000),
    WorkStage("judging", Text("按规则核对", "Checking the rules"), 8),
    WorkStage("sealing", Text("写成标准格式，算指纹", "Writing the canonical rows and their digest"), 36),
    WorkStage("adding", Text("合计余额", "Adding up the balances"), 6),
    WorkStage("entering", Text("登记这一版", "Entering the version"), 2),
)
FILING = WorkKind(
    name="file_return",
    title=Text("读取报表", "Reading a return"),
    stages=READING_STAGES,
    run=run_filing,
    page=lambda work: url_for("returns.show", return_id=int(work.result)),
    api=lambda work: url_for("returns-api.show_return", return_id=int(work.result)),
    origin=lambda work: url_for("returns.choose", quarter=work.order["quarter"]),
    result=Text("看这一版", "See this version"),
    cancelled=Text(
        "取消以后什么都不留：不占版本号，文件也删掉。",
        "Nothing stays behind: no version number, and the file is deleted.",
    ),
    readers=frozenset({*FILING_ROLES, "auditor"}),
    reads="settlement:read",
    writes="settlement:file",
)

READING_AGAIN = replace(
    FILING,
    name="read_return_again",
    title=Text("读取改好的报表", "Reading a mended return"),
    stages=(WorkStage("mending", Text("写出改好的文件", "Writing the mended file"), 50), *READING_STAGES),
    run=run_reading_again,
    origin=lambda work: url_for("returns.show", return_id=work.order["return"]),
    cancelled=Text(
        "取消以后不占版本号；改过的行还在原来那一版上，可以接着改。",
        "No version number is taken; what was mended stays with its version and can be mended further.",
    ),
)


def lay_file(source: Path, files: Path, name: str) -> None:
    """Move a received file to where the work finds it; both are on one disk, so that no byte is copied."""
    source.replace(files / name)
