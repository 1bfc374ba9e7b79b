"""What is due: reminders, the day before."""

from jobboard.core import clock
from jobboard.core.db import session, writing
from jobboard.core.work import Sweep
from jobboard.interviews.actions import remind
from jobboard.interviews.queries import due_reminders, free_application

AT_ONCE = 20


def send_reminders() -> int:
    """Remind applicants of what is tomorrow. A worker that was away sends what is late, but nothing that has begun."""
    due = session().execute(due_reminders(clock.now()).limit(AT_ONCE)).all()
    session().rollback()
    count = 0
    for interview_id, application_id in due:
        with writing():
            row = free_application(application_id)
            if row is not None:  # else somebody calls it off or moves it right now: the next run sees what came of it
                remind(row, interview_id)
                count += 1
    return count


SWEEPS = [Sweep("reminders of interviews", 300, send_reminders)]
