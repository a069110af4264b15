"""The timetable: which job wakes when, in Asia/Shanghai. The scheduler only wakes; the database decides what is done (rule 7)."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from flask import Flask

from kernel.accounts.jobs import forget_sign_ins
from kernel.audit.jobs import publish_checkpoint
from kernel.clock import SHANGHAI
from kernel.outbox.jobs import deliver_events, pull_platforms
from kernel.works.doing import keep_working
from kernel.works.jobs import forget_works
from matchmaking.attendance.jobs import settle_attendance
from matchmaking.bridging.jobs import watch_bridging
from matchmaking.enrolment.jobs import lapse_sign_ups
from matchmaking.jobs import expire_requests, move_sessions, second_looks
from matchmaking.platforms.jobs import push_to_platforms
from matchmaking.pool.jobs import review_pool
from matchmaking.recommendations.jobs import tend_recommendations
from matchmaking.referrals.jobs import deliver_referrals, escalate_overdue, find_evidence
from matchmaking.renewals.jobs import watch_renewals
from matchmaking.series.jobs import announce_series, remind_sessions
from matchmaking.whitelist.jobs import tend_whitelist
from settlement.jobs import call_filers, check_books, draft_statements, forget_kept, recover_payments, take_in_claims

WORKERS = 2  # long works done at once, one a core

log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """A job wakes by `cron` fields (weekdays by name) and runs inside an app context; it loops over what is due by itself."""

    name: str
    run: Callable[[], Any]
    cron: dict[str, str]


def timetable() -> tuple[Job, ...]:
    """Every job of the house."""
    return (
        Job("move_sessions", move_sessions, {"minute": "*"}),
        Job("announce_series", announce_series, {"minute": "10"}),
        Job("second_looks", second_looks, {"minute": "25"}),
        Job("remind_sessions", remind_sessions, {"hour": "8-18", "minute": "20"}),
        Job("deliver_referrals", deliver_referrals, {"minute": "*"}),
        Job("escalate_overdue", escalate_overdue, {"hour": "8-18", "minute": "40"}),
        Job("find_evidence", find_evidence, {"hour": "5", "minute": "30"}),
        Job("deliver_events", deliver_events, {"minute": "*"}),
        Job("pull_platforms", pull_platforms, {"minute": "*/10"}),
        Job("settle_attendance", settle_attendance, {"minute": "20"}),
        Job("tend_recommendations", tend_recommendations, {"hour": "7-18", "minute": "50"}),
        Job("push_to_platforms", push_to_platforms, {"minute": "*/5"}),
        Job("publish_checkpoint", publish_checkpoint, {"minute": "*"}),
        Job("expire_requests", expire_requests, {"hour": "0", "minute": "15"}),
        Job("watch_renewals", watch_renewals, {"hour": "0", "minute": "35"}),
        Job("watch_bridging", watch_bridging, {"hour": "0", "minute": "25"}),
        Job("review_pool", review_pool, {"hour": "6", "minute": "20"}),
        Job("tend_whitelist", tend_whitelist, {"minute": "10"}),
        Job("lapse_sign_ups", lapse_sign_ups, {"hour": "0", "minute": "45"}),
        Job("forget_sign_ins", forget_sign_ins, {"hour": "3", "minute": "40"}),
        Job("forget_works", forget_works, {"hour": "3", "minute": "50"}),
        Job("call_filers", call_filers, {"hour": "8", "minute": "30"}),
        Job("draft_statements", draft_statements, {"hour": "7-19", "minute": "5"}),
        Job("recover_payments", recover_payments, {"minute": "*"}),
        Job("take_in_claims", take_in_claims, {"minute": "*"}),
        Job("check_books", check_books, {"hour": "4", "minute": "10"}),
        Job("forget_kept", forget_kept, {"hour": "4", "minute": "0"}),
    )


def run_job(app: Flask, job: Job) -> None:
    """One waking: a failure is logged and does not stop the scheduler; the next waking catches up."""
    with app.app_context():
        try:
            result = job.run()
            log.info("job_done", job=job.name, result=result)
        except Exception:
            log.exception("job_failed", job=job.name)


def build_scheduler(app: Flask, jobs: tuple[Job, ...]) -> BlockingScheduler:
    """An APScheduler whose jobs live in code; every job also runs once at start, to catch up what was missed."""
    scheduler = BlockingScheduler(timezone=SHANGHAI)
    for job in jobs:
        options = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        scheduler.add_job(run_job, CronTrigger(timezone=SHANGHAI, **job.cron), args=(app, job), id=job.name, **options)
        scheduler.add_job(run_job, args=(app, job), id=f"{job.name}:at-start", **options)
    return scheduler


def start_workers(app: Flask, leave: threading.Event) -> list[threading.Thread]:
    """Beside the jobs: threads that do long works as they are asked for, until told to leave."""
    workers = [threading.Thread(target=keep_working, args=(app, leave), daemon=True) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    return workers
