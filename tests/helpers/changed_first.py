"""A plugin of pytest: what a change reaches is tested first (--changed-first), or it alone (--changed-only).

The order is found once, by the process that was started, and handed to the workers of pytest-xdist, which must agree.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from reached import Nearness, Reach, changed_files, in_order

SECONDS = "lookscape/seconds"
"""Where pytest's cache keeps how long each file took."""

ALWAYS = "tests/contracts/"
"""Tests over whole registries find a part that is new or was left half done."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("changed", "what was changed since main")
    group.addoption("--changed-first", action="store_true", help="begin with the files that the change reaches")
    group.addoption("--changed-only", action="store_true", help="only those, and the contract tests")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(ChangedFirst(config))


class ChangedFirst:
    """The order of the files of one run; it is empty when nobody asked for one."""

    def __init__(self, config: pytest.Config) -> None:
        self._root, self._cache = config.rootpath, getattr(config, "cache", None)
        self._only = config.getoption("changed_only")
        self._is_worker = hasattr(config, "workerinput")
        self._spent = Counter[str]()
        if self._is_worker:
            order = config.workerinput["changed_first"]
        else:
            order = list(self._order()) if self._only or config.getoption("changed_first") else []
        self._place = {test: number for number, test in enumerate(order)}

    def _order(self) -> Iterator[str]:
        tests = [path.relative_to(self._root).as_posix() for path in (self._root / "tests").rglob("test_*.py")]
        reach = Reach(root=self._root, changed=tuple(changed_files(self._root)))
        for test, near in in_order(reach, tests, self._seconds()):
            if not self._only or near is not Nearness.NOT or test.startswith(ALWAYS):
                yield test

    def _seconds(self) -> dict[str, float]:
        return dict(self._cache.get(SECONDS, {})) if self._cache is not None else {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node) -> None:
        node.workerinput["changed_first"] = list(self._place)

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        if not self._only or not collection_path.name.startswith("test_"):
            return None
        return collection_path.relative_to(self._root).as_posix() not in self._place or None

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self._place.get(_file(item.nodeid), len(self._place)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._spent[_file(report.nodeid)] += report.duration

    def pytest_sessionfinish(self) -> None:
        if self._cache is not None and not self._is_worker:
            self._cache.set(SECONDS, self._seconds() | self._spent)


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]
