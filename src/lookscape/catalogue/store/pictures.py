"""Pictures of photos that were standardised: given in acts that can be undone, the picture as ingested always kept."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from lookscape.catalogue.records import Act, Picture
from lookscape.catalogue.store import acts as store_acts
from lookscape.catalogue.store.reversal import put_pictures
from lookscape.catalogue.store.schema import acts, alterations, photos
from lookscape.catalogue.store.sql import chunks
from lookscape.errors import NotFoundError

KIND = "standardise"


def alter(connection: Connection, pictures: Sequence[Picture], *, by: str, act_id: int | None = None) -> Act:
    """Give photos new pictures in one act; with `act_id` in that one, which grows with each batch of a run.

    Raises NotFoundError, changing nothing, when a photo is gone.
    """
    before: dict[str, Any] = {}
    for ids in chunks(picture.photo_id for picture in pictures):
        query = select(photos.c.id, photos.c.blob, photos.c.recipe).where(photos.c.id.in_(ids))
        before.update((row.id, row) for row in connection.execute(query))
    if missing := next((picture.photo_id for picture in pictures if picture.photo_id not in before), None):
        raise NotFoundError(f"there is no photo {missing!r} in this catalogue; nothing was changed")
    if act_id is None:
        act_id = store_acts.begin(connection, kind=KIND, by=by, count=0).id
    log = [
        {
            "act_id": act_id,
            "photo_id": picture.photo_id,
            "blob": picture.blob,
            "recipe": picture.recipe,
            "old_blob": before[picture.photo_id].blob,
            "old_recipe": before[picture.photo_id].recipe,
        }
        for picture in pictures
    ]
    connection.execute(insert(alterations), log)
    put_pictures(connection, [{"at": one.photo_id, "to": one.blob, "by": one.recipe} for one in pictures])
    connection.execute(update(acts).where(acts.c.id == act_id).values(count=acts.c.count + len(pictures)))
    return next(act for act in store_acts.history(connection, limit=1, before=act_id + 1) if act.id == act_id)
