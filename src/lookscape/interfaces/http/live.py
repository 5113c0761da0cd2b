"""Answers of tools that follow a moving slider, with their pictures in them: one question for each move.

POST /live/steer and /live/arithmetic take what the tool takes, and `have`: photos that the asker holds already. What a
browser shows while a slider moves thus comes in one round trip, not in one for the answer and one for every picture.
"""

import base64
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from lookscape.catalogue.imaging import thumbnail
from lookscape.engine import Engine
from lookscape.interfaces.http.images.decoded import image_at
from lookscape.services.language.drawn import Match
from lookscape.tools._tool import Tool
from lookscape.tools.latent import arithmetic, steer

JSON = "application/json"
MOST_BYTES = 8_000
"""A stored photo up to this size is sent as it is, which costs nothing; of a larger one a thumbnail is made, once."""

SIDE = 160
"""Pixels of such a thumbnail; the page asks for larger photos once nothing moves any more."""

IN_MEMORY = 2048
"""Pictures that are kept, in 20 MB at most."""


class Moving(StrEnum):
    """Tools that are asked while something moves."""

    STEER = "steer"
    ARITHMETIC = "arithmetic"


class Question(BaseModel):
    """What the tool is asked, and what need not be sent."""

    model_config = ConfigDict(extra="forbid")
    params: Mapping[str, object] = Field(description="parameters of the tool")
    have: frozenset[str] = Field(default=frozenset(), description="ids of photos that are there", max_length=1000)


class Answer(BaseModel):
    """The tool's answer, without its list of sliders, and the pictures as data: addresses."""

    matches: list[Match]
    drawn_url: str
    drawn: str = Field(description="the decoded image, at the model's own size")
    photos: dict[str, str] = Field(description="a small picture of every match that the asker does not have")
    kept: float = Field(description="share of a sum that was kept; 1 for a move")


def router(engine: Engine) -> APIRouter:
    """The one endpoint."""
    routes = APIRouter(prefix="/live", tags=["latent"])

    @lru_cache(maxsize=IN_MEMORY)
    def small(blob: str) -> str:
        stored = engine.catalogue.blobs.get(blob)
        if len(stored) <= MOST_BYTES:
            return _address(stored, "image/jpeg")
        return _address(thumbnail(stored, side=SIDE), "image/webp")

    @routes.post("/{tool}", summary="A tool's answer with its pictures in it", response_model=Answer)
    def live(tool: Moving, question: Question) -> Response:
        asked = Tool("latent", tool.value)
        found = asked.run(engine, asked.validate(question.params))
        assert isinstance(found, (steer.Result, arithmetic.Result))
        wanted = {match.photo_id for match in found.matches} - question.have
        answer = Answer(
            matches=found.matches,
            drawn_url=found.drawn_url,
            drawn=_address(image_at(engine, found.drawn_url), "image/webp"),
            photos={photo.id: small(photo.blob) for photo in engine.catalogue.photos(sorted(wanted))},
            kept=getattr(found, "kept", 1.0),
        )
        return Response(answer.model_dump_json(), media_type=JSON)

    return routes


def _address(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"
