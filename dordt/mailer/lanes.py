"""Lanes: connections to the relay, each in a thread of its own that knows SMTP and no database."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from dordt.mailer.conversation import NotAccepted, Reply, Stage
from dordt.mailer.letters import Letter
from dordt.mailer.transport import Connection, Message, Unreachable


@dataclass(frozen=True)
class Opened:
    """A lane is ready for letters."""

    lane: "Lane"


@dataclass(frozen=True)
class Refused:
    """A lane could not be opened."""

    lane: "Lane"
    reason: str


@dataclass(frozen=True)
class Answer:
    """What the relay said to a letter; `was_fresh` when it was the first on its connection."""

    lane: "Lane"
    letter: Letter
    reply: Reply
    was_fresh: bool


Heard = Opened | Refused | Answer


class Lane:
    """One connection. It does one thing at a time and puts what it heard in the queue of whoever runs the lanes."""

    def __init__(self, connection: Connection, heard: "SimpleQueue[Heard]") -> None:
        self.is_busy = self.is_sending = False
        self.delivery_id = 0
        self._connection = connection
        self._heard = heard
        self._tasks: SimpleQueue[Callable[[], Heard] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="lane", daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Whether a letter can go now or after the present one; ask when the lane is not busy."""
        return self._connection.is_usable

    def open(self) -> None:
        """Connect; Opened or Refused is heard."""
        self._start(self._open)

    def send(self, letter: Letter) -> None:
        """Hand a letter to the relay; an Answer is heard."""
        self.is_sending, self.delivery_id = True, letter.due.id
        self._start(lambda: self._send(letter))

    def abort(self) -> None:
        """Hang up at once."""
        self._connection.abort()

    def close(self) -> None:
        """Take leave of the relay when the present task is done, and end the thread."""
        self._tasks.put(None)

    def join(self, seconds: float) -> None:
        """Wait until the thread has ended."""
        self._thread.join(seconds)

    def _start(self, task: Callable[[], Heard]) -> None:
        self.is_busy = True
        self._tasks.put(task)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            self._heard.put(task())
        self._connection.close()

    def _open(self) -> Heard:
        try:
            self._connection.close()
            self._connection.open()
        except Unreachable as problem:
            return Refused(self, str(problem))
        except Exception as problem:  # a thread that dies unheard would stop the whole room
            return Refused(self, f"{type(problem).__name__}: {problem}")
        return Opened(self)

    def _send(self, letter: Letter) -> Heard:
        was_fresh = self._connection.num_emails == 0
        message = Message(letter.content, sender=letter.sender, recipient=letter.recipient, subject=letter.subject)
        try:
            reply = self._connection.send(message)
        except NotAccepted as refusal:
            reply = refusal.reply
        except Exception as problem:  # idem; where it happened is unknown, so the outcome is too
            self._connection.close()
            reply = Reply(Stage.BODY, None, f"{type(problem).__name__}: {problem}")
        return Answer(self, letter, reply, was_fresh)


class Lanes:
    """All connections of one worker, and what is heard from them."""

    def __init__(self, connect: Callable[[], Connection], count: int) -> None:
        self._heard: SimpleQueue[Heard] = SimpleQueue()
        self._lanes = [Lane(connect(), self._heard) for _ in range(max(1, count))]

    def __len__(self) -> int:
        return len(self._lanes)

    @property
    def free(self) -> list[Lane]:
        """Ready for a letter."""
        return [lane for lane in self._lanes if not lane.is_busy and lane.is_open]

    @property
    def closed(self) -> list[Lane]:
        """To be opened before a letter can go."""
        return [lane for lane in self._lanes if not lane.is_busy and not lane.is_open]

    @property
    def sending(self) -> list[Lane]:
        """With a letter on its way."""
        return [lane for lane in self._lanes if lane.is_sending]

    @property
    def is_quiet(self) -> bool:
        """Whether no lane has anything in hand."""
        return not any(lane.is_busy for lane in self._lanes)

    def listen(self, seconds: float) -> Iterator[Heard]:
        """All that was said by now; when that is nothing, the first that is said within so many seconds."""
        try:
            yield self._done(self._heard.get(timeout=seconds) if seconds else self._heard.get_nowait())
            while True:
                yield self._done(self._heard.get_nowait())
        except Empty:
            return

    def close(self) -> None:
        """Take leave of the relay; a lane that still waits for it is left behind."""
        for lane in self._lanes:
            lane.close()
        for lane in self._lanes:
            lane.join(0 if lane.is_busy else 1)

    @staticmethod
    def _done(heard: Heard) -> Heard:
        heard.lane.is_busy = heard.lane.is_sending = False
        return heard
