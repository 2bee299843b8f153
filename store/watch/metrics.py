"""The figures as Prometheus reads them: requests counted by all workers, and the facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from store.watch.facts import Fact, recent_facts
from store.watch.requests import request_registry

__all__ = ["CONTENT_TYPE", "print_metrics"]


class _Facts(Collector):
    """Facts as gauges: each, and whether it is in trouble."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts = list(facts)

    def collect(self) -> Iterator[Metric]:
        """Give one family for each name."""
        by_name: dict[str, list[Fact]] = {}
        for fact in self.facts:
            by_name.setdefault(fact.name, []).append(fact)
        trouble = GaugeMetricFamily("ringback_trouble", "1: the status page has a sentence about it.", labels=["fact"])
        for name, facts in by_name.items():
            about = facts[0].about if len(facts) == 1 else "See the status page."
            family = GaugeMetricFamily(f"ringback_{name}", about, labels=[*facts[0].labels])
            for fact in facts:
                if fact.value is not None:
                    family.add_metric([*fact.labels.values()], fact.value)
            yield family
            trouble.add_metric([name], float(any(fact.trouble for fact in facts)))
        yield trouble


def print_metrics(*, now: datetime) -> bytes:
    """Return all figures in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(_Facts(recent_facts(now=now)))
    return generate_latest(request_registry()) + generate_latest(registry)
