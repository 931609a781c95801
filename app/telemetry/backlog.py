"""What the database says of all jobs at the moment, for Prometheus."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import and_, func, select

from app.db.session import Database
from app.db.tables import RunRow, Status, now


@dataclass(frozen=True)
class Backlog:
    jobs: dict[str, int]
    """By status; every status is there."""
    waits: dict[str, float]
    """For each queue, how many seconds its oldest job that is due has been there; 0 where there is none."""
    busy: int
    """Workers that have a job."""


async def read_backlog(database: Database, queues: Collection[str]) -> Backlog:
    due = and_(RunRow.status == "queued", RunRow.queue.in_(queues), RunRow.due <= now())
    # A job that was given back has been `due` since; one that was never taken, since it was made.
    since = func.min(func.coalesce(func.nullif(RunRow.due, ""), RunRow.created))
    waiting = select(RunRow.queue, since).where(due).group_by(RunRow.queue)
    by_status = select(RunRow.status, func.count()).group_by(RunRow.status)
    async with database.read() as session:
        counted: dict[str, int] = {row[0]: row[1] for row in await session.execute(by_status)}
        oldest: dict[str, str] = {row[0]: row[1] for row in await session.execute(waiting)}
        busy = await session.scalar(select(func.count(RunRow.worker.distinct())).where(RunRow.status == "running"))
    statuses = {status: counted.get(status, 0) for status in get_args(Status)}
    return Backlog(statuses, {queue: age(oldest.get(queue)) for queue in queues}, busy or 0)


def age(moment: str | None) -> float:
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()) if moment else 0.0


@dataclass(frozen=True, eq=False)
class Shown(Collector):
    backlog: Backlog

    def collect(self) -> list[GaugeMetricFamily]:
        jobs = GaugeMetricFamily("autoiot_jobs", "Jobs, by status", labels=["status"])
        waits = GaugeMetricFamily(
            "autoiot_queue_oldest_seconds", "How long the oldest job of a queue has been due", labels=["queue"]
        )
        busy = GaugeMetricFamily("autoiot_workers_busy", "Workers that have a job", value=self.backlog.busy)
        for status, count in self.backlog.jobs.items():
            jobs.add_metric([status], count)
        for queue, seconds in self.backlog.waits.items():
            waits.add_metric([queue], seconds)
        return [jobs, waits, busy]


def page(registry: CollectorRegistry, backlog: Backlog) -> bytes:
    """Both, in the text format of Prometheus."""
    momentary = CollectorRegistry()
    momentary.register(Shown(backlog))
    return generate_latest(momentary) + generate_latest(registry)
