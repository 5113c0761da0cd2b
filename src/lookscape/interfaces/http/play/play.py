"""Playing over HTTP: ballots, votes, photos, answered before the router, because a whole school may vote at once.

POST /play/GAME/ballots             {"team": ...}                open ballots; a new player gets a cookie
POST /play/GAME/votes               {"id", "ballot", "answer"}   the same, once the vote is on the disk
GET  /play/GAME/photos/BALLOT/SLOT.jpg                           0 the query, 1 and 2 the matches

A ballot says nothing but its random id and whether it is a duel. Photos are of one length, headers are the same for
all, and everything was made ahead, so neither names nor sizes nor times tell which model picked what.
"""

import asyncio
import json
import re
import secrets
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from lookscape.catalogue.ballots import Answer
from lookscape.engine import Engine
from lookscape.errors import LookscapeError, NotFoundError, UsageError
from lookscape.interfaces.http.errors import problem, status_of
from lookscape.interfaces.http.guard import App, Receive, Scope, Send
from lookscape.interfaces.http.play.group_commit import GroupCommit
from lookscape.services.games.desk import Desk, Seat, ToStore

COOKIE = "lookscape_player"
YEAR_S = 365 * 24 * 3600
KEPT = {"cache-control": "private, max-age=3600"}
FRESH = {"cache-control": "no-store"}
ADDRESS = re.compile(
    r"/play/(?P<game>[^/]+)/(?:(?P<what>ballots|votes)|photos/(?P<ballot>[\w-]{22})/(?P<slot>[0-2])\.jpg)"
)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST_TEAM = 60
"""Letters of a team's name."""


class Play:
    """ASGI middleware that answers what is asked below /play/ itself and hands everything else on."""

    path = "/play/{game}/..."
    """What metrics call it."""

    def __init__(self, app: App, engine: Engine) -> None:
        self._app, self._tables = app, Tables(engine)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        found = ADDRESS.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] != ("POST" if found["what"] else "GET"):
            await self._app(scope, receive, send)
            return
        scope["route"] = self
        try:
            response = await self._tables.answer(Request(scope, receive), **found.groupdict())
        except LookscapeError as error:
            response = problem(status_of(error), str(error), instance=scope["path"])
        await response(scope, receive, send)


class Tables:
    """The desks of all games that are being played, and the one queue into the catalogue."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._desks: dict[str, Desk] = {}
        self._opening = asyncio.Lock()
        self._commits = GroupCommit(self._record)

    async def answer(self, request: Request, *, game: str, what: str | None, ballot: str, slot: str) -> Response:
        """Answer one request by the parts of its path."""
        desk, key = await self._desk(game), request.cookies.get(COOKIE, "")
        if what == "votes":
            return await self._votes(desk, key, request)
        if what == "ballots":
            return await self._ballots(desk, key, request)
        return await self._photo(desk, key, ballot, int(slot))

    async def _ballots(self, desk: Desk, key: str, request: Request) -> Response:
        team = _team(await _body(request))
        seat = await self._seat(desk, key)
        new = seat is None
        if seat is None or (team and team != seat.player.team):
            key = secrets.token_urlsafe(24) if new else key
            seat = await self._join(desk, key, team)
        await self._store(desk, key, desk.deal(seat))
        answer = _told(seat)
        if new:
            secure = request.url.scheme == "https"
            answer.set_cookie(COOKIE, key, max_age=YEAR_S, httponly=True, samesite="strict", secure=secure)
        return answer

    async def _votes(self, desk: Desk, key: str, request: Request) -> Response:
        seat = await self._seat(desk, key)
        if seat is None:
            raise NotFoundError("nobody with this cookie plays here; ask for ballots first")
        body = await _body(request)
        step = desk.vote(seat, _vote_id(body), str(body.get("ballot", "")), _answer(body))
        await self._store(desk, key, step)
        return _told(seat)

    async def _photo(self, desk: Desk, key: str, ballot: str, slot: int) -> Response:
        seat = await self._seat(desk, key)
        if seat is None:
            raise NotFoundError("there is no such photo")
        return Response(desk.photo(seat, ballot, slot), media_type="image/jpeg", headers=KEPT)

    async def _desk(self, name: str) -> Desk:
        if name not in self._desks:
            async with self._opening:
                if name not in self._desks:
                    self._desks[name] = await asyncio.to_thread(Desk.open, self._engine, name)
        return self._desks[name]

    async def _seat(self, desk: Desk, key: str) -> Seat | None:
        seat = desk.seated(key)
        if seat is None and key:
            found = await asyncio.to_thread(desk.find, self._engine, key)
            seat = found and desk.take(key, found)
        return seat

    async def _join(self, desk: Desk, key: str, team: str) -> Seat:
        player = await asyncio.to_thread(self._engine.catalogue.games.join, key, team=team)
        seat = await self._seat(desk, key)
        assert seat is not None
        seat.player = player
        return seat

    async def _store(self, desk: Desk, key: str, step: ToStore) -> None:
        if step.ballots or step.votes:
            try:
                await self._commits.put(step)
            except BaseException:
                desk.forget(key)  # the catalogue knows better than we do now
                raise

    def _record(self, steps: Sequence[ToStore]) -> None:
        ballots = [ballot for step in steps for ballot in step.ballots]
        self._engine.catalogue.games.record(ballots, [vote for step in steps for vote in step.votes])


def _told(seat: Seat) -> Response:
    """What a player may know."""
    shown = [{"id": ballot.id, "duel": ballot.is_duel} for ballot in seat.open.values()]
    content = json.dumps({"ballots": shown, "answered": len(seat.answered), "player": seat.player.name})
    return Response(content, media_type="application/json", headers=FRESH)


async def _body(request: Request) -> dict[str, object]:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise UsageError(f"the request is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise UsageError("the request is not a JSON object")
    return body


def _team(body: dict[str, object]) -> str:
    team = str(body.get("team") or "").strip()
    if len(team) > MOST_TEAM:
        raise UsageError(f"a team's name has at most {MOST_TEAM} letters")
    return team


def _vote_id(body: dict[str, object]) -> str:
    name = body.get("id")
    if not isinstance(name, str) or not UUID.fullmatch(name):
        raise UsageError("id: make a UUID for each vote, in small letters, and send it again when you try again")
    return name


def _answer(body: dict[str, object]) -> Answer:
    try:
        return Answer(str(body.get("answer")))
    except ValueError as error:
        raise UsageError(f"answer: say one of {', '.join(Answer)}") from error
