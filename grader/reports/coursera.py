"""Coursera's custom graders: `feedback.json`, and the page that is shown.

There is no word for a submission without a grade. A grader that leaves no `feedback.json` has
failed, to Coursera, and the learner is told to hand in again; a score it would have to believe.
"""

from __future__ import annotations

from collections.abc import Mapping

from grader.model.report import Report
from grader.reports.document import within, written
from grader.reports.outcome import headline, share
from grader.reports.page import page

_AT_MOST_BYTES = 64 * 1024


def files(report: Report) -> Mapping[str, str]:
    """Return the files for `/shared`, by name; only the page where there is no grade."""
    shown = within(_AT_MOST_BYTES, lambda at_most: page(report, at_most))
    earned = share(report)
    if earned is None:
        return {"htmlFeedback.html": shown}
    feedback = {
        "fractionalScore": round(earned, 6),
        "feedback": headline(report),
        "feedbackType": "HTML",
    }
    return {"feedback.json": written(feedback), "htmlFeedback.html": shown}
