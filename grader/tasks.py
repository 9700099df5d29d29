"""The worker's side of the queue: a thin task, and what a worker process starts and ends with.

A worker is Celery's prefork pool. The parent finds the data set, tries to break the sandbox, and
sweeps the gradebook for submissions that nobody works on. Each child holds one grader: one trainer
and one warm box. Neither imports TensorFlow: a fork after TensorFlow has started deadlocks, and the
worker must not share a process with it anyway.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown, worker_ready

from grader import processes, wiring
from grader.dataset import DatasetFolder
from grader.errors import ServiceError
from grader.exercises import Catalogue
from grader.gradebook import Gradebook
from grader.grading import Grader, run_attempt
from grader.intake import serve
from grader.queue import GRADE, create_app, enqueue
from grader.sandbox import remove_leftovers
from grader.settings import Settings

_SWEEP_EVERY_S = 15.0

logger = logging.getLogger(__name__)


class Worker:
    """A Celery worker for the grading queues; `run` blocks until it is told to stop."""

    def __init__(
        self,
        settings: Settings,
        broker_url: str,
        exercises: Catalogue,
        dataset: DatasetFolder | None,
        *,
        sweeps: bool = True,
    ) -> None:
        """Prepare to grade on `dataset` what comes over `broker_url` for `exercises`.

        A worker that `sweeps` also looks for submissions that nobody works on, whoever's they are.

        Raises:
            SettingsError: The picture cannot be used.
        """
        # Tried before any process is forked: a pool process that fails says so in the log only.
        wiring.read_pictures(settings)
        self._exercises = exercises
        self._settings = settings
        self._dataset = dataset
        self._app: Celery = create_app(broker_url)
        self._app.task(self._grade, name=GRADE, bind=False)
        # Set in each pool process, after the fork: connections and boxes are not shared.
        self._gradebook: Gradebook | None = None
        self._grader: Grader | None = None
        worker_process_init.connect(self._begin_process)
        worker_process_shutdown.connect(self._end_process)
        if sweeps:
            worker_ready.connect(self._begin_sweeping)

    def run(self) -> None:
        """Serve the queues.

        Raises:
            SandboxError: The sandbox does not hold, so no work is taken.
            ServiceError: Celery ended by itself.
        """
        remove_leftovers()
        # Without one, nothing is run.
        if self._dataset is not None:
            wiring.require_sandbox(self._settings)
        serve(self._app, self._settings.workers)

    def _grade(self, submission_id: str) -> None:
        if self._gradebook is None or self._grader is None:
            raise ServiceError("the task ran outside a worker process")
        if run_attempt(self._gradebook, self._grader, submission_id):
            progress = self._gradebook.progress(submission_id)
            if progress is not None:
                enqueue(self._app, submission_id, progress.attempt, progress.queue)

    def _begin_process(self, **_: Any) -> None:
        processes.die_with_parent()
        self._gradebook = wiring.open_gradebook(self._settings)
        self._grader = wiring.build_grader(self._settings, self._exercises, self._dataset)
        self._grader.warm_up()

    def _end_process(self, **_: Any) -> None:
        if self._grader is not None:
            self._grader.close()
        if self._gradebook is not None:
            self._gradebook.close()

    def _begin_sweeping(self, **_: Any) -> None:
        threading.Thread(target=self._sweep, name="sweeper", daemon=True).start()

    def _sweep(self) -> None:
        pause = threading.Event()
        while not pause.wait(_SWEEP_EVERY_S):
            try:
                gradebook = wiring.open_gradebook(self._settings)
                for due in gradebook.take_due():
                    logger.warning("nobody works on %s; it is queued again", due.submission_id)
                    enqueue(self._app, due.submission_id, due.attempt, due.queue)
                gradebook.close()
            except ServiceError as error:
                logger.warning("%s", error)
            # Whatever it was, the next sweep must come: nobody else would notice a lost message.
            except Exception:
                logger.exception("a sweep failed")
