"""What acts did to findings and to pictures, turned back when an act is undone and forth when it is redone.

An act's rows in `decisions` and `alterations` say what was before it and what it made of that. Turning is refused when
something is no longer as the act, or its undoing, left it, so that nobody's later word is overwritten.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, select, update

from lookscape.catalogue.store.products import rebuild_of_photos
from lookscape.catalogue.store.schema import alterations, decisions, findings, photos
from lookscape.errors import ConflictError


def turn(connection: Connection, act_id: int, *, back: bool) -> None:
    """Undo (`back`) or redo what an act did to findings and pictures; acts that did neither pass.

    Raises ConflictError, changing nothing, when a later act changed the same.
    """
    _turn_findings(connection, act_id, back=back)
    _turn_pictures(connection, act_id, back=back)


def _turn_findings(connection: Connection, act_id: int, *, back: bool) -> None:
    joined = decisions.join(findings, findings.c.id == decisions.c.finding_id)
    query = select(decisions, findings.c.act_id.label("present"), findings.c.photo_id, findings.c.removes)
    rows = connection.execute(query.select_from(joined).where(decisions.c.act_id == act_id)).all()
    if not rows:
        return
    changed = [row for row in rows if row.present != (act_id if back else row.old_act_id)]
    _refuse(connection, act_id, len(changed), "finding", max((row.present or 0 for row in changed), default=0))
    values = [
        {"at": row.finding_id, "to": row.old_state if back else row.state, "by": _deciding(row, back=back)}
        for row in rows
    ]
    renewed: dict[str, Any] = {"state": bindparam("to"), "act_id": bindparam("by")}
    connection.execute(update(findings).where(findings.c.id == bindparam("at")).values(**renewed), values)
    rebuild_of_photos(connection, (row.photo_id for row in rows if row.removes))


def _deciding(row: Row[Any], *, back: bool) -> int | None:
    """The act that decides the finding after turning."""
    deciding: int | None = row.old_act_id if back else row.act_id
    return deciding


def _turn_pictures(connection: Connection, act_id: int, *, back: bool) -> None:
    joined = alterations.join(photos, photos.c.id == alterations.c.photo_id)
    query = select(alterations, photos.c.blob.label("present"), photos.c.original)
    rows = connection.execute(query.select_from(joined).where(alterations.c.act_id == act_id)).all()
    changed = [row.photo_id for row in rows if row.present != (row.blob if back else row.old_blob)]
    _refuse(connection, act_id, len(changed), "photo", _last_alteration(connection, changed))
    put_pictures(connection, [_picture(row, back=back) for row in rows])


def _picture(row: Row[Any], *, back: bool) -> dict[str, Any]:
    blob, recipe = (row.old_blob, row.old_recipe) if back else (row.blob, row.recipe)
    return {"at": row.photo_id, "to": blob, "by": recipe}


def put_pictures(connection: Connection, pictures: Sequence[dict[str, Any]]) -> None:
    """Give photos (`at`) other pictures (`to`), made by a recipe (`by`, None for the one as ingested)."""
    if not pictures:
        return
    recipe, was = bindparam("by", type_=photos.c.recipe.type), func.coalesce(photos.c.original, photos.c.blob)
    renewed = {"blob": bindparam("to"), "recipe": recipe, "original": case((recipe.is_(None), None), else_=was)}
    connection.execute(update(photos).where(photos.c.id == bindparam("at")).values(**renewed), pictures)


def _last_alteration(connection: Connection, photo_ids: Sequence[str]) -> int:
    if not photo_ids:
        return 0
    query = select(func.max(alterations.c.act_id)).where(alterations.c.photo_id == photo_ids[0])
    return connection.scalar(query) or 0


def _refuse(connection: Connection, act_id: int, count: int, noun: str, culprit: int) -> None:
    if count:
        things = f"{count:,} {noun}{'' if count == 1 else 's'}"
        later = f"a later act (act {culprit})" if culprit else "a later act"
        raise ConflictError(f"act {act_id} cannot be turned: {later} changed {things} of it; undo that one first")
