"""What the composition root hands over to the matchmaking, for views, jobs and commands; services are given it as arguments."""

from flask import current_app

from kernel.workdays import WorkCalendar
from matchmaking.meeting_held import MeetingHeld
from matchmaking.policies_in_force import policy_book as policy_book
from matchmaking.pool.scale_awards import Drafter
from matchmaking.refusing import PastRefusers


def work_calendar() -> WorkCalendar:
    """The working days of the city."""
    found = current_app.extensions["calendar"]
    assert isinstance(found, WorkCalendar)
    return found


def scale_award_drafter() -> Drafter:
    """What drafts the claim of awards 27 and 28 for a firm that reached scale."""
    found: Drafter = current_app.extensions["draft_scale_award"]
    return found


def past_refusers() -> PastRefusers:
    """What tells which banks have refused which enterprises, for the second look."""
    found: PastRefusers = current_app.extensions["past_refusers"]
    return found


def meeting_held() -> MeetingHeld:
    """What a held meeting starts: the first contact of its referral."""
    found: MeetingHeld = current_app.extensions["meeting_held"]
    return found
