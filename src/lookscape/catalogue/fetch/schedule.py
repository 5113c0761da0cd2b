"""Which link to fetch next: in order, but never too many or too fast at one host, and retries only when they are due.

All times are seconds on one clock of the caller's. Nothing here waits or runs; `download` does.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True, frozen=True)
class Turn:
    """One attempt at a link, not before `due`; `number` keeps the order of the list, `attempt` counts from 0."""

    due: float
    number: int
    url: str = field(compare=False)
    attempt: int = field(compare=False, default=0)


@dataclass
class _Host:
    free_at: float = 0.0
    num_active: int = 0
    turns: list[Turn] = field(default_factory=list)

    def is_forgettable(self, now: float) -> bool:
        return not self.turns and not self.num_active and self.free_at <= now


class Pace:
    """What hosts ask for themselves, for several queues at once: seconds between two starts, and until when to wait."""

    def __init__(self, delay: Callable[[str], float]) -> None:
        self.delay = delay
        self.free_at: dict[str, float] = {}


class Queue:
    """Turns by host: at most `per_host` active at one, their starts at least `delay` seconds apart, or as many as the
    host asks for if that is more.
    """

    def __init__(self, *, per_host: int, delay: float, pace: Pace | None = None) -> None:
        self._per_host = per_host
        self._delay = delay
        self._pace = pace or Pace(lambda host: 0.0)
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)

    def add(self, host: str, turn: Turn) -> None:
        """Put a turn in line."""
        heapq.heappush(self._hosts[host].turns, turn)

    def take(self, now: float) -> tuple[str, Turn] | None:
        """The host and turn to start at this moment, now counted as active; None if all must wait."""
        for name in [name for name, host in self._hosts.items() if host.is_forgettable(now)]:
            del self._hosts[name]
        ready = [name for name, host in self._hosts.items() if host.turns and self._ready_at(name) <= now]
        if not ready:
            return None
        name = min(ready, key=lambda name: self._hosts[name].turns[0].number)
        host = self._hosts[name]
        host.num_active += 1
        host.free_at = now + self._delay
        self._pace.free_at[name] = now + self._pace.delay(name)
        return name, heapq.heappop(host.turns)

    def done(self, name: str) -> None:
        """An active turn at this host has ended."""
        self._hosts[name].num_active -= 1

    def pause(self, name: str, *, until: float) -> None:
        """Leave a host alone, as it asked."""
        host = self._hosts[name]
        host.free_at = max(host.free_at, until)

    def next_at(self) -> float:
        """When something can start again unless an active turn ends first; infinity when only those can help."""
        return min((self._ready_at(name) for name, host in self._hosts.items() if host.turns), default=float("inf"))

    def _ready_at(self, name: str) -> float:
        host = self._hosts[name]
        asked = self._pace.free_at.get(name, 0.0)
        return max(host.free_at, host.turns[0].due, asked) if host.num_active < self._per_host else float("inf")
