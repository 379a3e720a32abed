"""The sink of `sink.py` as if it stood far away: what it says leaves a while after what it answers came in."""

import asyncio
import sys
from functools import partial

from tools.bench.sink import SmtpSession, Tally, serve


class SlowSmtpSession(SmtpSession):
    """Waits without holding anybody up; commands that came together are answered together."""

    def __init__(self, delay: float, tally: Tally) -> None:
        super().__init__(tally)
        self._delay, self._loop = delay, asyncio.get_running_loop()

    def say(self, answers: bytes) -> None:
        """Send the answers after the delay, in seconds."""
        self._loop.call_later(self._delay, self._say_now, answers)

    def _say_now(self, answers: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answers)


if __name__ == "__main__":
    asyncio.run(serve(partial(SlowSmtpSession, int(sys.argv[1]) / 1000)))
