"""What a button of the composer does to the blocks: add one, move one, take one out, put one back."""

from collections.abc import Sequence
from dataclasses import dataclass

from dordt.newsletters.content.block_content import BlockContent
from dordt.newsletters.content.services.editing import Removed


@dataclass(frozen=True)
class Arrangement:
    """The blocks in their order, what can be put back, and the id on the page where the editor goes on."""

    blocks: Sequence[BlockContent]
    removed: Removed | None
    target: str = ""

    def moved(self, place: int, step: int) -> "Arrangement":
        """One block up (-1) or down (1); at the end of the row it stays."""
        to = min(max(place + step, 0), len(self.blocks) - 1)
        rest = [block for index, block in enumerate(self.blocks) if index != place]
        name = "omhoog" if step < 0 else "omlaag"
        return Arrangement([*rest[:to], self.blocks[place], *rest[to:]], self.removed, f"{name}-{to}")

    def without(self, place: int) -> "Arrangement":
        """One block less, which can be put back."""
        rest = [block for index, block in enumerate(self.blocks) if index != place]
        return Arrangement(rest, Removed(place, self.blocks[place]), "weggehaald")

    def put_back(self) -> "Arrangement":
        """The block that was taken out last, where it stood."""
        if self.removed is None:
            return self
        place = min(self.removed.position, len(self.blocks))
        return Arrangement([*self.blocks[:place], self.removed.block, *self.blocks[place:]], None, f"blok-{place}")

    def added(self, block: BlockContent, place: int | None = None) -> "Arrangement":
        """A new block, as the last one or at a place."""
        at = len(self.blocks) if place is None else place
        return Arrangement([*self.blocks[:at], block, *self.blocks[at:]], self.removed, f"blok-{at}")

    def changed(self, place: int, block: BlockContent) -> "Arrangement":
        """Another block in the place of one."""
        blocks = [*self.blocks[:place], block, *self.blocks[place + 1 :]]
        return Arrangement(blocks, self.removed, f"blok-{place}")
