"""What people change on many products: the rules, conflicts, redo, and random sequences against a plain model."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import event, select

from lookscape.catalogue.records import Attribute, Changed, Doing, Filter, How, Origin, Wish
from lookscape.catalogue.store.annotations import FEW_NAMES
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.catalogue.store.schema import attributes
from lookscape.errors import ConflictError, NotFoundError


def change(
    catalogue: Catalogue, ids: Sequence[str], how: How, *values: str, name: str = "style", by: str = "ada", **care
) -> Changed:
    wishes = [Wish(product_id=item, name=name, how=how, values=values) for item in ids]
    return catalogue.change(wishes, Doing(kind=how.value, by=by, name=name, value=", ".join(values), **care))


def ids(catalogue: Catalogue, count: int = 3) -> list[str]:
    return catalogue.ids()[:count]


def shown(catalogue: Catalogue, product_id: str, name: str = "style") -> set[str]:
    """As filters see it."""
    [facet] = [one for one in catalogue.facets(max_values=1000) if one.name == name] or [None]
    values = [one.value for one in facet.values] if facet else []
    return {value for value in values if product_id in catalogue.matching(Filter(where={name: (value,)}))}


def latest(catalogue: Catalogue) -> int:
    return next((act.id for act in catalogue.history(limit=1)), 0)


def test_set_replaces_and_add_says_more(catalogue_copy: Catalogue) -> None:
    [first, second, third] = ids(catalogue_copy)
    change(catalogue_copy, [first, second], How.SET, "retro")
    done = change(catalogue_copy, [first], How.ADD, "court")
    assert (done.act.kind, done.act.name, done.act.value, done.act.count) == ("add", "style", "court", 1)
    assert shown(catalogue_copy, first) == {"retro", "court"}
    again = change(catalogue_copy, [first, third], How.ADD, "court")
    assert (again.changed, again.unchanged) == (1, 1)
    change(catalogue_copy, [first], How.SET, "modern")
    assert [shown(catalogue_copy, item) for item in (first, second, third)] == [{"modern"}, {"retro"}, {"court"}]


def test_adding_to_what_the_source_gave_keeps_it(catalogue_copy: Catalogue) -> None:
    [first] = ids(catalogue_copy, 1)
    given = catalogue_copy.product(first).attributes["silhouette"]
    assert change(catalogue_copy, [first], How.ADD, given, name="silhouette").act is None
    done = change(catalogue_copy, [first], How.ADD, "platform", name="silhouette")
    assert shown(catalogue_copy, first, "silhouette") == {given, "platform"}
    catalogue_copy.undo(done.act.id)
    assert shown(catalogue_copy, first, "silhouette") == {given}


def test_clearing_hides_what_others_say_and_withdrawing_shows_it(catalogue_copy: Catalogue) -> None:
    [first] = ids(catalogue_copy, 1)
    given = catalogue_copy.product(first).attributes["silhouette"]
    change(catalogue_copy, [first], How.CLEAR, name="silhouette")
    assert "silhouette" not in catalogue_copy.product(first).attributes
    [human, *_] = [item for item in catalogue_copy.attributes(first) if item.name == "silhouette"]
    assert (human.origin, human.unknown, human.by) == (Origin.HUMAN, True, "ada")
    assert change(catalogue_copy, [first], How.CLEAR, name="silhouette").act is None
    guess = Attribute(product_id=first, name="silhouette", value="guess", origin=Origin.PREDICTED)
    catalogue_copy.annotate([guess], by="model")
    assert shown(catalogue_copy, first, "silhouette") == set()
    change(catalogue_copy, [first], How.WITHDRAW, name="silhouette")
    assert shown(catalogue_copy, first, "silhouette") == {given}
    change(catalogue_copy, [first], How.SET, "mine", name="silhouette")
    change(catalogue_copy, [first], How.REMOVE, "mine", name="silhouette")
    assert shown(catalogue_copy, first, "silhouette") == set()


def test_an_unknown_that_nobody_contradicts_is_not_needed(catalogue_copy: Catalogue) -> None:
    [first] = ids(catalogue_copy, 1)
    change(catalogue_copy, [first], How.SET, "retro")
    change(catalogue_copy, [first], How.CLEAR)
    assert [item for item in catalogue_copy.attributes(first) if item.name == "style"] == []


def test_counts_before_and_after_can_be_asked_without_changing(catalogue_copy: Catalogue) -> None:
    change(catalogue_copy, ids(catalogue_copy)[:2], How.SET, "retro")
    before = latest(catalogue_copy)
    asked = change(catalogue_copy, ids(catalogue_copy), How.SET, "modern", ask=True)
    assert asked.act is None
    assert {(one.value, one.before, one.after) for one in asked.shifts} == {
        ("retro", 2, 0),
        ("modern", 0, 3),
        (None, 1, 0),
    }
    assert latest(catalogue_copy) == before
    assert change(catalogue_copy, ids(catalogue_copy), How.SET, "modern").shifts == asked.shifts


def test_what_others_changed_since_is_told_and_left(catalogue_copy: Catalogue) -> None:
    [first, second, third] = ids(catalogue_copy)
    change(catalogue_copy, [first, second, third], How.SET, "retro")
    seen = latest(catalogue_copy)
    bobs = change(catalogue_copy, [first], How.SET, "court", by="bob")
    change(catalogue_copy, [second], How.SET, "modern", by="bob")
    done = change(catalogue_copy, [first, second, third], How.SET, "modern", seen=seen)
    [conflict] = done.conflicts  # the second is as wanted already
    assert (conflict.product_id, conflict.wanted, conflict.standing) == (first, ("modern",), ("court",))
    assert (conflict.by, conflict.act_id, conflict.at) == ("bob", bobs.act.id, bobs.act.at)
    assert (done.changed, done.unchanged) == (1, 1)
    assert [shown(catalogue_copy, item) for item in (first, second, third)] == [{"court"}, {"modern"}, {"modern"}]


def test_strict_does_nothing_when_there_is_a_conflict(catalogue_copy: Catalogue) -> None:
    wanted = ids(catalogue_copy)
    change(catalogue_copy, wanted[:1], How.SET, "court", by="bob")
    done = change(catalogue_copy, wanted, How.SET, "modern", seen=0, strict=True)
    assert (done.act, done.changed, len(done.conflicts)) == (None, 0, 1)
    assert shown(catalogue_copy, wanted[1]) == set()


def test_own_changes_and_changes_taken_back_are_no_conflicts(catalogue_copy: Catalogue) -> None:
    wanted = ids(catalogue_copy)
    seen = latest(catalogue_copy)
    change(catalogue_copy, wanted, How.SET, "mine")
    assert change(catalogue_copy, wanted, How.SET, "retro", seen=seen).conflicts == ()
    seen = latest(catalogue_copy)
    bobs = change(catalogue_copy, wanted, How.SET, "court", by="bob")
    catalogue_copy.undo(bobs.act.id, by="bob")
    assert change(catalogue_copy, wanted, How.SET, "modern", seen=seen).conflicts == ()


def test_an_undo_by_somebody_else_is_a_conflict(catalogue_copy: Catalogue) -> None:
    wanted = ids(catalogue_copy)
    mine = change(catalogue_copy, wanted, How.SET, "mine")
    seen = latest(catalogue_copy)
    catalogue_copy.undo(mine.act.id, by="bob")
    done = change(catalogue_copy, wanted, How.SET, "more", seen=seen)
    assert {(one.by, one.standing) for one in done.conflicts} == {("bob", ())}


def test_redo_does_again_exactly_what_was_undone(catalogue_copy: Catalogue) -> None:
    wanted = ids(catalogue_copy)
    change(catalogue_copy, wanted[:2], How.SET, "retro")
    act = change(catalogue_copy, wanted, How.ADD, "court").act
    after = [catalogue_copy.attributes(item) for item in wanted]
    for _ in range(3):
        catalogue_copy.undo(act.id, by="bob")
        assert catalogue_copy.redo(act.id, by="eve").undone_at is None
        assert [catalogue_copy.attributes(item) for item in wanted] == after
    assert [item.kind for item in catalogue_copy.history(limit=2)] == ["redo", "undo"]
    with pytest.raises(ConflictError, match="is in effect"):
        catalogue_copy.redo(act.id)
    with pytest.raises(ConflictError, match=f"itself the redo of act {act.id}"):
        catalogue_copy.undo(latest(catalogue_copy))


def test_undo_and_redo_never_overwrite_later_words(catalogue_copy: Catalogue) -> None:
    wanted = ids(catalogue_copy)
    first = change(catalogue_copy, wanted, How.SET, "retro").act
    cleared = change(catalogue_copy, wanted[:1], How.CLEAR).act
    with pytest.raises(ConflictError, match=rf"a later act changed the same values \(act {cleared.id} by ada, 1 prod"):
        catalogue_copy.undo(first.id)
    change(catalogue_copy, wanted[:1], How.SET, "court", by="bob")
    with pytest.raises(ConflictError, match="by bob"):
        catalogue_copy.undo(cleared.id)
    second = change(catalogue_copy, wanted[1:2], How.SET, "modern").act
    catalogue_copy.undo(second.id)
    change(catalogue_copy, wanted[1:2], How.SET, "boot", by="bob")
    with pytest.raises(ConflictError, match="cannot be redone"):
        catalogue_copy.redo(second.id)


def test_a_product_that_is_not_there_stops_the_whole_change(catalogue_copy: Catalogue) -> None:
    with pytest.raises(NotFoundError, match="'nothing'"):
        change(catalogue_copy, [*ids(catalogue_copy), "nothing"], How.SET, "retro")
    assert catalogue_copy.history() == []


# A plain model: the state is a dictionary, an act keeps the whole state of what it moved, before and after.

Key = tuple[str, str]
Words = dict[str, int]
"""Values with the act that said them; "" is "unknown"."""


@dataclass
class Plain:
    """What people said, by product and name. A value said anew later is another word than the one it repeats."""

    given: dict[Key, str]
    said: dict[Key, Words] = field(default_factory=dict)
    acts: list[dict] = field(default_factory=list)

    def shown(self, key: Key) -> set[str]:
        return {*self.said[key]} - {""} if key in self.said else {*filter(None, [self.given.get(key)])}

    def change(self, keys: Sequence[Key], how: How, value: str) -> bool:
        moved = {}
        for key in keys:
            before, values = self.said.get(key), self._wanted(key, how, value)
            if values is not None and not values and key in self.given:
                values = {""}
            after = {item: (before or {}).get(item, len(self.acts)) for item in values} if values else None
            if after != before:
                moved[key] = (before, after)
        self._put({key: after for key, (_, after) in moved.items()})
        self.acts += [{"moved": moved, "undone": False}] if moved else []
        return bool(moved)

    def _wanted(self, key: Key, how: How, value: str) -> set[str] | None:
        shown = self.shown(key)
        kept = {*self.said[key]} if key in self.said else None
        return {
            How.SET: {value},
            How.ADD: kept if value in shown else shown | {value},
            How.REMOVE: shown - {value} if value in shown else kept,
            How.CLEAR: set() if shown else kept,
            How.WITHDRAW: None,
        }[how]

    def _put(self, states: dict[Key, Words | None]) -> None:
        self.said = {key: words for key, words in (self.said | states).items() if words is not None}

    def turn(self, number: int, *, undo: bool) -> bool:
        act, start = self.acts[number], 1 if undo else 0
        moved = act["moved"].items()
        if act["undone"] == undo or any(self.said.get(key) != states[start] for key, states in moved):
            return False
        self._put({key: states[1 - start] for key, states in moved})
        act["undone"] = undo
        return True


def _human(catalogue: Catalogue, product_id: str) -> dict[str, set[str]]:
    found = dict[str, set[str]]()
    for one in catalogue.attributes(product_id):
        if one.origin is Origin.HUMAN:
            found.setdefault(one.name, set()).add("" if one.unknown else one.value)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_random_sequences_agree_with_a_plain_model(catalogue_copy: Catalogue, seed: int) -> None:
    rng = random.Random(seed)
    products, names, values = ids(catalogue_copy, 5), ["silhouette", "style"], ["low", "boot", "retro", "x"]
    given = {(item, "silhouette"): catalogue_copy.product(item).attributes["silhouette"] for item in products}
    plain, numbers = Plain(given), list[int]()
    for _ in range(60):
        if numbers and rng.random() < 0.45:
            place, undo = rng.randrange(len(numbers)), rng.random() < 0.6
            assert _turned(catalogue_copy, numbers[place], undo=undo) == plain.turn(place, undo=undo)
        else:
            chosen, how = rng.sample(products, rng.randint(1, 4)), rng.choice(list(How))
            name, value = rng.choice(names), rng.choice(values)
            used = [] if how in (How.CLEAR, How.WITHDRAW) else [value]
            done = change(catalogue_copy, chosen, how, *used, name=name)
            assert (done.act is not None) == plain.change([(item, name) for item in chosen], how, value)
            numbers += [done.act.id] if done.act else []
        for item in products:
            expected_words = {name: {*plain.said[item, name]} for name in names if (item, name) in plain.said}
            assert _human(catalogue_copy, item) == expected_words
    for item in products:
        for name in names:
            assert shown(catalogue_copy, item, name) == plain.shown((item, name))


def _turned(catalogue: Catalogue, act_id: int, *, undo: bool) -> bool:
    try:
        (catalogue.undo if undo else catalogue.redo)(act_id)
    except ConflictError:
        return False
    return True


WRITER = """
import sys
from lookscape.catalogue.records import Doing, How, Wish
from lookscape.catalogue.store.annotations import FEW_NAMES
from lookscape.catalogue.store.catalogue import Catalogue
catalogue, by = Catalogue.open(sys.argv[1]), sys.argv[2]
products = catalogue.ids()
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
for number in range(int(sys.argv[3])):
    wishes = [Wish(product_id=item, name="style", how=How.ADD, values=(f"{by} {number}",)) for item in products]
    act = catalogue.change(wishes, Doing(kind="add", by=by, name="style", value=f"{by} {number}")).act
    sys.stdout.write(f"{act.id}\\n"); sys.stdout.flush()
"""


def _writer(catalogue: Catalogue, by: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(catalogue.folder), by, str(count)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_two_processes_at_once_lose_nothing(catalogue_copy: Catalogue) -> None:
    writers = [_writer(catalogue_copy, by, 8) for by in ("ada", "bob")]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    acknowledged = [int(line) for writer in writers for line in writer.communicate(timeout=60)[0].split()]
    log = {act.id: act for act in catalogue_copy.history(limit=1000)}
    assert sorted(acknowledged) == sorted(log)
    wanted = {f"{by} {number}" for by in ("ada", "bob") for number in range(8)}
    for product_id in catalogue_copy.ids():
        held = [item.value for item in catalogue_copy.attributes(product_id) if item.name == "style"]
        assert sorted(held) == sorted(wanted)


@pytest.mark.parametrize("after_s", [0.02, 0.1, 0.3])
def test_a_kill_in_the_middle_leaves_whole_acts(catalogue_copy: Catalogue, after_s: float) -> None:
    writer = _writer(catalogue_copy, "ada", 1000)
    assert writer.stdin is not None
    writer.stdin.write("go\n")
    writer.stdin.flush()
    time.sleep(after_s)
    writer.send_signal(signal.SIGKILL)
    acknowledged = [int(line) for line in writer.communicate(timeout=60)[0].splitlines(keepends=True) if "\n" in line]
    log = catalogue_copy.history(limit=1000)
    assert set(acknowledged) <= {act.id for act in log}
    count = len(catalogue_copy.ids())
    assert {act.count for act in log} <= {count}
    with catalogue_copy._engine.connect() as connection:
        for act in log:
            rows = connection.execute(select(attributes).where(attributes.c.act_id == act.id)).all()
            assert len(rows) == count
            assert all(row.live and row.shown for row in rows)


def statements(catalogue: Catalogue, names: int, **care: object) -> tuple[int, Changed]:
    """How many statements one change of so many attributes takes."""
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    wishes = [
        Wish(product_id=item, name=f"column {number}", how=How.SET, values=("yes",))
        for item in catalogue.ids()
        for number in range(names)
    ]
    event.listen(SqlEngine, "before_cursor_execute", note)
    try:
        done = catalogue.change(wishes, Doing(kind="set", by="ada", name="many", value="yes", **care))
    finally:
        event.remove(SqlEngine, "before_cursor_execute", note)
    return count, done


def test_many_columns_take_no_more_statements_than_few(catalogue_copy: Catalogue) -> None:
    few, _ = statements(catalogue_copy, 2)
    many, done = statements(catalogue_copy, FEW_NAMES * 3)
    assert many <= few + 2
    assert done.changed == len(catalogue_copy.ids())
    [first] = ids(catalogue_copy, 1)
    values = catalogue_copy.product(first).values
    assert all(values[f"column {number}"] == ("yes",) for number in range(FEW_NAMES * 3))


def test_of_many_columns_only_what_others_touched_is_a_conflict(catalogue_copy: Catalogue) -> None:
    [first, second] = ids(catalogue_copy, 2)
    change(catalogue_copy, [first], How.SET, "mine", name="elsewhere", by="grace")
    seen = latest(catalogue_copy)
    change(catalogue_copy, [first], How.SET, "no", name="column 7", by="grace")
    change(catalogue_copy, [second], How.SET, "new", name="elsewhere", by="grace")
    _, done = statements(catalogue_copy, FEW_NAMES * 2, seen=seen)
    assert [(one.product_id, one.name, one.standing) for one in done.conflicts] == [(first, "column 7", ("no",))]
    assert catalogue_copy.product(first).values["column 7"] == ("no",)
    assert catalogue_copy.product(second).values["elsewhere"] == ("new",)
