"""How many requests may be under way on one connection (rule 9)."""


class Window:
    """One, until two reads at a time have been seen to get two right answers; then the limit.

    The trial pair must differ in the size of their answers: servers exist that put the newest
    transaction id on every answer, and only sizes tell on them. Trouble halves the limit for good.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.proven = limit <= 1
        self._overlapped_good = 0

    @property
    def size(self) -> int:
        """Requests that may be under way now."""
        return self.limit if self.proven else min(2, self.limit)

    def good(self, overlapped: bool) -> None:
        """A right answer; `overlapped` when another request was under way with it."""
        if overlapped and not self.proven:
            self._overlapped_good += 1
            self.proven = self._overlapped_good >= 2

    def trouble(self) -> None:
        """Exception 6, a reset, a late answer, or silence while more than one was under way."""
        self.limit = max(1, self.limit // 2)
        self._overlapped_good = 0
        if self.limit == 1:
            self.proven = True

    def narrow(self, limit: int) -> None:
        """Another device on the line is more careful."""
        self.limit = min(self.limit, limit)
        self.proven = self.proven or self.limit <= 1
