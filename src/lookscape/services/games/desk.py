"""The desk where one game is played: who sits there, what each was asked, and what may be answered.

Everything is decided in memory; what has to be stored is handed back, and may be told to the player only once it is.
A seat that was not seen since the start, or was forgotten, is read from the catalogue, where every ballot and vote is.
The desk is for one thread, except for `open` and `find`, which read the catalogue and may take their time elsewhere.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lookscape.catalogue.ballots import Answer, Ballot, Cast, Game, Player, Vote
from lookscape.engine import Engine
from lookscape.errors import ConflictError, NotFoundError, TooManyError, UsageError
from lookscape.ranking.duels import Counts, count, outcome, pair_number
from lookscape.ranking.pairs import pair_weights
from lookscape.services.games.dealing import Dealer
from lookscape.services.games.pack import Pack, pack_folder
from lookscape.services.games.preparing import photo_ids
from lookscape.services.games.tally import duel_of, duels
from lookscape.services.records import silent

OPEN = 4
"""Ballots a player holds unanswered, so that the next photos are there before they are wanted."""

RATE, BURST = 10.0, 40.0
"""Votes a second that one player may give for long, and at once."""

REWEIGH = 50
"""Duels after which pairs are weighed anew."""

SEATS = 20_000
"""Players kept in memory."""


@dataclass
class Seat:
    """One player at the desk; `given` are the votes that count, by ballot."""

    player: Player
    open: dict[str, Ballot] = field(default_factory=dict)
    answered: dict[str, Ballot] = field(default_factory=dict)
    given: dict[str, Vote] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    allowance: float = BURST
    asked_at: float = 0.0


@dataclass(frozen=True, slots=True)
class ToStore:
    """What a step adds to the catalogue."""

    ballots: tuple[Ballot, ...] = ()
    votes: tuple[Vote, ...] = ()


class Desk:
    """One game being played."""

    def __init__(
        self, game: Game, pack: Pack, counts_PO: Counts, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.game, self._pack, self._clock = game, pack, clock
        self._counts_PO, self._since = counts_PO, 0
        self._dealer = Dealer(game)
        self._questions = {question.id: question for question in game.questions}
        self._seats: OrderedDict[str, Seat] = OrderedDict()
        self._weigh()

    @classmethod
    def open(cls, engine: Engine, name: str | None = None) -> "Desk":
        """Set up the desk of a game, the newest without a name.

        Raises UnknownNameError, or NotFoundError when there is no game, or none with photos.
        """
        game = engine.catalogue.games.get(name)
        wanted = photo_ids(game.questions)
        if not wanted:
            raise NotFoundError(f"the game {game.name!r} came with votes only; it has no photos to show")
        pack = Pack.ensure(engine, pack_folder(engine, game), wanted, silent)
        counts_PO = count(duels(engine.catalogue.games.cast(game)), num=len(game.contestants))
        return cls(game, pack, counts_PO)

    def seated(self, key: str) -> Seat | None:
        """The seat of the player with this secret, if it is in memory."""
        if key in self._seats:
            self._seats.move_to_end(key)
        return self._seats.get(key)

    def find(self, engine: Engine, key: str) -> Seat | None:
        """The same from the catalogue; None for a secret that nobody has."""
        player = engine.catalogue.games.player(key)
        return (
            None if player is None else _restored(player, engine.catalogue.games.cast(self.game, player_id=player.id))
        )

    def take(self, key: str, seat: Seat) -> Seat:
        """Seat somebody, unless that happened in the meantime; returns the seat that holds."""
        held = self._seats.setdefault(key, seat)
        while len(self._seats) > SEATS:
            self._seats.popitem(last=False)
        return held

    def forget(self, key: str) -> None:
        """Clear a seat whose last step could not be stored; it is read again when next asked for."""
        self._seats.pop(key, None)

    def deal(self, seat: Seat) -> ToStore:
        """Fill up the player's open ballots."""
        fresh = []
        while len(seat.open) < OPEN:
            ballot = self._dealer.deal(seat.player.id, seat.seen)
            if ballot is None:
                break
            seat.open[ballot.id] = ballot
            seat.seen.add(ballot.question_id)
            fresh.append(ballot)
        return ToStore(ballots=tuple(fresh))

    def vote(self, seat: Seat, vote_id: str, ballot_id: str, answer: Answer) -> ToStore:
        """Take an answer, and deal what follows.

        The same vote sent again is stored again, which changes nothing. Raises NotFoundError for a ballot that is not
        this player's, UsageError for an answer it does not take, ConflictError when it was answered otherwise,
        TooManyError when it comes too fast.
        """
        ballot = seat.open.get(ballot_id) or seat.answered.get(ballot_id)
        if ballot is None:
            raise NotFoundError("there is no such ballot for this player; ask for new ones")
        given = seat.given.get(ballot_id)
        if given is not None and given.id == vote_id:
            return ToStore(votes=(given,))
        if answer is not Answer.UNDO and answer not in ballot.answers:
            raise UsageError(f"{answer.value!r} is no answer to this ballot; say {', '.join(sorted(ballot.answers))}")
        if (answer is Answer.UNDO) == (ballot_id in seat.open):
            raise ConflictError(
                "this ballot is open" if ballot_id in seat.open else "this ballot was answered; undo that first"
            )
        self._pay(seat)
        vote = Vote(id=vote_id, ballot_id=ballot_id, answer=answer, at=datetime.now(UTC))
        self._count(Cast(ballot=ballot, vote=given), sign=-1)
        self._move(seat, ballot, vote)
        self._count(Cast(ballot=ballot, vote=vote), sign=1)
        return ToStore(ballots=self.deal(seat).ballots, votes=(vote,))

    def photo(self, seat: Seat, ballot_id: str, slot: int) -> bytes:
        """The query (slot 0), the left or only match (1), or the right one (2), of one length whatever it shows."""
        ballot = seat.open.get(ballot_id) or seat.answered.get(ballot_id)
        if ballot is None or not 0 <= slot <= len(ballot.places):
            raise NotFoundError("there is no such photo")
        question = self._questions[ballot.question_id]
        return self._pack.photo(question.photo_id if slot == 0 else question.photo(ballot.places[slot - 1]))

    def _pay(self, seat: Seat) -> None:
        """Take one vote off the player's allowance, which fills up again with time."""
        moment = self._clock()
        seat.allowance = min(BURST, seat.allowance + RATE * (moment - seat.asked_at)) if seat.asked_at else BURST
        seat.asked_at = moment
        if seat.allowance < 1:
            raise TooManyError(f"that is more than {RATE:.0f} votes a second; wait a moment")
        seat.allowance -= 1

    def _move(self, seat: Seat, ballot: Ballot, vote: Vote) -> None:
        """An answered ballot leaves the open ones; one that was taken back comes first of them."""
        seat.given[ballot.id] = vote
        if vote.answer is Answer.UNDO:
            seat.open = {ballot.id: seat.answered.pop(ballot.id), **seat.open}
        else:
            seat.answered[ballot.id] = seat.open.pop(ballot.id)

    def _count(self, cast: Cast, *, sign: int) -> None:
        duel = duel_of(cast)
        if duel is None:
            return
        num = len(self.game.contestants)
        self._counts_PO[pair_number(duel.left, duel.right, num=num), outcome(duel)] += sign
        self._since += 1
        if self._since >= REWEIGH:
            self._weigh()

    def _weigh(self) -> None:
        self._since = 0
        self._dealer.weigh(pair_weights(self._counts_PO, num=len(self.game.contestants)).tolist())


def _restored(player: Player, casts: list[Cast]) -> Seat:
    seat = Seat(player=player)
    for cast in casts:
        seat.seen.add(cast.ballot.question_id)
        (seat.open if cast.answer is None else seat.answered)[cast.ballot.id] = cast.ballot
        if cast.vote is not None:
            seat.given[cast.ballot.id] = cast.vote
    return seat
