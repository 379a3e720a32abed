"""A Postfix of our own on loopback, all of it in one folder: it knows nothing of the machine's and sends nothing out.

The transport table knows four kinds of recipients: mailboxes that it delivers to itself (virtual(8)), domains of a
neighbour that speaks SMTP, a domain whose mail goes to a command (pipe(8)), and every other one, which does not exist.
"""

import os
import pwd
import re
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from tools.bench.postfix.machine import ROOT, MissingHere, Person

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
multi_instance_enable = no
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = {host}
mydestination =
alias_maps =
append_dot_mydomain = no
# Nothing leaves: no DNS, and a domain that is not ours does not exist.
smtp_dns_support_level = disabled
default_transport = error:5.1.2 Domain not found
relay_transport = error:5.1.2 Domain not found
transport_maps = texthash:{folder}/transport
# Take everything in, and let the bounce come as a mail: that is what comes of mail for other people's servers.
smtpd_reject_unlisted_recipient = no
# Only of the bounce domain everything else is refused at once, as docs/operating.md has it.
relay_domains = {bounces}
relay_recipient_maps = regexp:{folder}/recipients
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/refusing
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_tls_security_level = none
smtp_tls_security_level = none
recipient_delimiter = +
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {folder}/mailboxes
virtual_mailbox_maps = texthash:{folder}/mailboxes.txt
virtual_uid_maps = static:{person.uid}
virtual_gid_maps = static:{person.gid}
notify_classes =
# More than the platform takes in, so that its own refusal is seen, too.
message_size_limit = 52428800
mailbox_size_limit = 0
virtual_mailbox_limit = 0
# Five days are too long here: tell of a delay after {delay}, give up after {lifetime}; bounces are kept as long.
delay_warning_time = {delay}
maximal_queue_lifetime = {lifetime}
bounce_queue_lifetime = {lifetime}
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 4s
receive_destination_recipient_limit = 1
receive_destination_concurrency_limit = 2
# One refusal more or less does not make a destination dead.
default_destination_concurrency_failed_cohort_limit = 100
"""
# service, type, private, unprivileged, chroot, wake-up, limit, command: master(5)
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
receive unix - n n - 2 pipe
  directory={tree} user={user} null_sender= argv={command} ${{sender}} ${{recipient}}
"""
RESULT = re.compile(r"postfix/(\w+)\[\d+\]: (\w+): to=<([^>]*)>.* status=(\w+) \((.*)\)$", re.MULTILINE)


@dataclass(frozen=True)
class Result:
    """One line of the log: what came of one try to deliver."""

    service: str
    queue_id: str
    recipient: str
    status: str  # sent | deferred | bounced
    words: str


@dataclass
class Postfix:
    """`folder` must be open to all (755), and empty; `command` gets sender and recipient, run as `person` in this tree.

    The domain `bounces` goes to that command, once `open_bounces` was called; until then its mail waits.
    """

    folder: Path
    domain: str
    bounces: str
    known: list[str]
    command: Path
    person: Person
    transport: Mapping[str, str]  # a domain or an address: where it goes, transport(5)
    delay: str = "6s"
    lifetime: str = "90s"
    port: int = field(default_factory=lambda: free_port())

    @property
    def mailboxes(self) -> Path:
        """One maildir for each known recipient, named by the part before the @."""
        return self.folder / "mailboxes"

    def start(self) -> None:
        """Write the files, and start. Raises MissingHere with the words of Postfix."""
        (self.folder / "etc").mkdir()
        (self.folder / "queue").mkdir()
        self._write("etc/main.cf", self._filled(MAIN) + "defer_transports = receive\n")
        self._write("etc/master.cf", self._filled(MASTER))
        routes = {self.bounces: "receive:", **self.transport}
        self._write("transport", *(f"{name} {to}\n" for name, to in routes.items()))
        self._write("refusing", f"{self.bounces} reject_unlisted_recipient\n")
        self._write("recipients", rf"/^(bounces|leave)\+[^@]+@{re.escape(self.bounces)}$/ OK", "\n")
        self._write("mailboxes.txt", *(f"{name}@{self.domain} {name}/\n" for name in self.known))
        self._make_owned("mailboxes", self.person.uid)
        self._make_owned("data", pwd.getpwnam("postfix").pw_uid)
        self._tell("start")
        until(self.accepts, 15, "Postfix does not listen")

    def open_bounces(self) -> None:
        """Let the mail for the bounce domain go to the command, from now on."""
        self._write("etc/main.cf", self._filled(MAIN))
        self._tell("reload")
        self._tell("flush")

    def stop(self) -> None:
        """Stop it, if it runs."""
        self._postfix("stop")

    def accepts(self) -> bool:
        """Whether it takes connections."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def results(self, service: str = "") -> list[Result]:
        """What the log says of every try so far, or of those of one service."""
        path = self.folder / "mail.log"
        found = (Result(*words) for words in RESULT.findall(path.read_text() if path.exists() else ""))
        return [result for result in found if service in ("", result.service)]

    def waiting(self) -> int:
        """How many mails stand in the queue."""
        queues = ("incoming", "active", "deferred", "maildrop", "hold")
        return sum(path.is_file() for name in queues for path in (self.folder / "queue" / name).rglob("*"))

    def messages(self) -> dict[str, int]:
        """How many mails each mailbox got."""
        found = self.mailboxes.glob("*/new/*")
        counts: dict[str, int] = {}
        for path in found:
            counts[path.parts[-3]] = counts.get(path.parts[-3], 0) + 1
        return counts

    def message(self, address: str) -> Message:
        """One of the messages in the mailbox of a known recipient. Raises IndexError when there is none."""
        paths = sorted(self.mailboxes.glob(f"{address.partition('@')[0]}/new/*"))
        return message_from_bytes(paths[-1].read_bytes())

    def _filled(self, text: str) -> str:
        host = f"relay.{self.domain}"
        return text.format(**{**vars(self), "host": host, "tree": ROOT, "user": self.person.name})

    def _write(self, name: str, *lines: str) -> None:
        (self.folder / name).write_text("".join(lines))

    def _make_owned(self, name: str, owner: int) -> None:
        (self.folder / name).mkdir(mode=0o700)
        os.chown(self.folder / name, owner, -1)

    def _tell(self, order: str) -> None:
        run = self._postfix(order)
        if run.returncode:
            raise MissingHere(f"postfix {order}: {run.stderr.strip()}")

    def _postfix(self, order: str) -> subprocess.CompletedProcess[str]:
        command = ["postfix", "-c", str(self.folder / "etc"), order]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def free_port() -> int:
    """A loopback port that nobody had a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def until(is_so: Callable[[], object], seconds: float, otherwise: str) -> None:
    """Wait until it is so. Raises TimeoutError with these words."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(f"{otherwise} (waited {seconds:.0f} seconds)")
        time.sleep(0.2)
