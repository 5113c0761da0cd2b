"""Findings: written as checks judge photos, listed for people, decided in acts that can be undone."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from lookscape.catalogue.findings import CheckCounts, Clear, Finding, FindingState, Fix, Found, FoundPage, Wanted
from lookscape.catalogue.records import Act
from lookscape.catalogue.store import acts as store_acts
from lookscape.catalogue.store.aside import visible
from lookscape.catalogue.store.products import rebuild_of_photos
from lookscape.catalogue.store.schema import acts, checked, decisions, files, findings, photos
from lookscape.catalogue.store.sql import chunks, utc
from lookscape.errors import ConflictError, NotFoundError, UsageError

KINDS = {FindingState.ACCEPTED: "accept", FindingState.REJECTED: "reject"}
"""What an act that decides is called."""


def due(connection: Connection, check: str, version: int) -> list[str]:
    """Photos that this version of a check has not judged, in the order of ingest; none that are put aside."""
    judged = exists().where(
        checked.c.check == check, checked.c.version == version, checked.c.photo_id == files.c.photo_id
    )
    first = func.min(files.c.position)
    query = select(files.c.photo_id).where(files.c.photo_id.is_not(None), visible(files.c.photo_id), ~judged)
    return list(connection.scalars(query.group_by(files.c.photo_id).order_by(first)))


def forget(connection: Connection, check: str) -> None:
    """Have all photos judged anew by a check. Its findings stay until they are."""
    connection.execute(delete(checked).where(checked.c.check == check))


def put(connection: Connection, check: str, version: int, verdicts: Sequence[Finding | Clear]) -> int:
    """Note that photos were judged, and what was found; what nobody decided before is replaced, decisions stand.

    Returns how many findings are new or renewed.
    """
    for part in chunks(verdict.photo_id for verdict in verdicts):
        mine = (findings.c.check == check, findings.c.photo_id.in_(part))
        connection.execute(delete(findings).where(*mine, findings.c.state == FindingState.OPEN.value))
        connection.execute(delete(checked).where(checked.c.check == check, checked.c.photo_id.in_(part)))
    judged = [{"check": check, "photo_id": verdict.photo_id, "version": version} for verdict in verdicts]
    if judged:
        connection.execute(insert(checked), judged)
    found = {verdict.photo_id: verdict for verdict in verdicts if isinstance(verdict, Finding)}
    decided: set[str] = set()
    for part in chunks(found):
        query = select(findings.c.photo_id).where(findings.c.check == check, findings.c.photo_id.in_(part))
        decided.update(connection.scalars(query))
    rows = [_values(check, version, finding) for photo_id, finding in found.items() if photo_id not in decided]
    if rows:
        connection.execute(insert(findings), rows)
    return len(rows)


def page(connection: Connection, wanted: Wanted, *, offset: int, limit: int) -> FoundPage:
    """Findings of photos that are there, the surest first."""
    condition = _condition(wanted)
    total = connection.scalar(select(func.count()).select_from(findings).where(condition)) or 0
    order = (findings.c.confidence.desc(), findings.c.id)
    query = select(findings.c.id).where(condition).order_by(*order).offset(offset).limit(limit)
    return FoundPage(items=tuple(of(connection, list(connection.scalars(query)))), total=total, offset=offset)


def of(connection: Connection, ids: Sequence[int]) -> list[Found]:
    """These findings, in this order. Raises NotFoundError when one is not there."""
    found: dict[int, Found] = {}
    for part in _parts(ids):
        query = select(findings, acts.c.by, acts.c.at).outerjoin(acts, acts.c.id == findings.c.act_id)
        found.update((row.id, _found(row)) for row in connection.execute(query.where(findings.c.id.in_(part))))
    missing = next((number for number in ids if number not in found), None)
    if missing is not None:
        raise NotFoundError(f"there is no finding {missing}; the photo may have been checked again since")
    return [found[number] for number in ids]


def counts(connection: Connection, versions: Mapping[str, int], least_of: Mapping[str, float]) -> list[CheckCounts]:
    """For each check, given its version and the confidence from which open findings count, how many of everything."""
    total = _count(connection, select(files.c.photo_id).where(visible(files.c.photo_id)).distinct())
    return [_counts(connection, check, version, least_of.get(check, 0.0), total) for check, version in versions.items()]


def _counts(connection: Connection, check: str, version: int, least: float, total: int) -> CheckCounts:
    mine = and_(findings.c.check == check, _there())
    open_ = and_(_state(FindingState.OPEN), findings.c.confidence >= least)
    opened, accepted, rejected = (
        _count(connection, select(findings.c.id).where(mine, state))
        for state in (open_, _state(FindingState.ACCEPTED), _state(FindingState.REJECTED))
    )
    judged = select(checked.c.photo_id).join(photos, photos.c.id == checked.c.photo_id)
    of_version = (checked.c.check == check, checked.c.version == version, visible(checked.c.photo_id))
    done = _count(connection, judged.where(*of_version))
    return CheckCounts(check=check, judged=done, due=total - done, open=opened, accepted=accepted, rejected=rejected)


def _count(connection: Connection, rows: Select[Any]) -> int:
    return connection.scalar(select(func.count()).select_from(rows.subquery())) or 0


def accepted(connection: Connection) -> dict[str, list[Finding]]:
    """Accepted findings by photo, in the order of checks' names; those that put the photo aside too."""
    query = select(findings).where(_state(FindingState.ACCEPTED), _there()).order_by(findings.c.check)
    found: dict[str, list[Finding]] = {}
    for row in connection.execute(query):
        found.setdefault(row.photo_id, []).append(_finding(row))
    return found


def decide(
    connection: Connection, which: Sequence[int] | Wanted, state: FindingState, *, by: str, change: bool = False
) -> Act | None:
    """Accept or reject findings in one act; None when there was nothing to decide.

    Given by number, all must be open unless `change` allows to decide anew. Raises NotFoundError, or ConflictError
    when somebody decided one before; nothing is changed then.
    """
    if state not in KINDS:
        raise UsageError("a finding is accepted or rejected; undo the act to open it again")
    rows = _rows(connection, which, state, change=change)
    if not rows:
        return None
    value = ", ".join(sorted({row.check for row in rows}))
    act = store_acts.begin(connection, kind=KINDS[state], by=by, count=len(rows), value=value)
    log = [
        {"act_id": act.id, "finding_id": row.id, "state": state.value, "old_state": row.state, "old_act_id": row.act_id}
        for row in rows
    ]
    connection.execute(insert(decisions), log)
    mine = select(decisions.c.finding_id).where(decisions.c.act_id == act.id)
    connection.execute(update(findings).where(findings.c.id.in_(mine)).values(state=state.value, act_id=act.id))
    rebuild_of_photos(connection, (row.photo_id for row in rows if row.removes))
    return act


def _rows(
    connection: Connection, which: Sequence[int] | Wanted, state: FindingState, *, change: bool
) -> list[Row[Any]]:
    """The findings that a decision changes."""
    if isinstance(which, Wanted):
        return list(connection.execute(select(findings).where(_condition(which), ~_state(state))))
    found = of(connection, which)
    taken = [item for item in found if item.state is not FindingState.OPEN]
    if taken and not change:
        first = taken[0]
        who = f" by {first.by}" if first.by else ""
        raise ConflictError(
            f"finding {first.id} was {first.state.value}{who} before ({len(taken)} of {len(found)} were decided); "
            "nothing was changed: undo that act, or ask to change decisions"
        )
    rows: list[Row[Any]] = []
    for part in _parts([item.id for item in found]):
        rows += connection.execute(select(findings).where(findings.c.id.in_(part), ~_state(state)))
    return rows


def _condition(wanted: Wanted) -> ColumnElement[bool]:
    named = findings.c.check.in_(wanted.checks) if wanted.checks else true()
    state = true() if wanted.state is None else _state(wanted.state)
    others = findings.c.check.not_in(list(wanted.least_of))
    sure = [and_(others, findings.c.confidence >= wanted.least)]
    sure += [and_(findings.c.check == check, findings.c.confidence >= at) for check, at in wanted.least_of.items()]
    return and_(named, state, or_(*sure), _there())


def _state(state: FindingState) -> ColumnElement[bool]:
    return findings.c.state == state.value


def _there() -> ColumnElement[bool]:
    """Findings of photos that are gone wait for them to come back; open ones of photos put aside need no decision."""
    there = exists().where(photos.c.id == findings.c.photo_id)
    return and_(there, or_(findings.c.state != FindingState.OPEN.value, visible(findings.c.photo_id)))


def _values(check: str, version: int, finding: Finding) -> dict[str, Any]:
    return {
        "check": check,
        "version": version,
        "photo_id": finding.photo_id,
        "says": finding.says,
        "confidence": finding.confidence,
        "fix": finding.fix.to_json(),
        "removes": finding.fix.remove,
        "other_id": finding.other_id,
        "detail": json.dumps(dict(finding.detail)),
        "state": FindingState.OPEN.value,
    }


def _finding(row: Row[Any]) -> Finding:
    return Finding(
        photo_id=row.photo_id,
        says=row.says,
        confidence=row.confidence,
        fix=Fix.from_json(row.fix),
        other_id=row.other_id,
        detail=json.loads(row.detail),
    )


def _found(row: Row[Any]) -> Found:
    state = FindingState(row.state)
    return Found(
        id=row.id,
        check=row.check,
        finding=_finding(row),
        state=state,
        act_id=row.act_id,
        by=row.by or "",
        at=utc(row.at),
    )


def _parts(ids: Iterable[int]) -> Iterable[Sequence[int]]:
    rest = list(dict.fromkeys(ids))
    return (rest[start : start + 900] for start in range(0, len(rest), 900))
