"""Which tests go to the same worker: those of a file, and all that look at the running demo."""

from typing import Any

from xdist.scheduler import LoadFileScheduling

#: Folders whose tests share the one running demo site, which is far too heavy for one per worker.
SHARED_FOLDERS = ("tests/browser/", "tests/running/")


class ByDemo(LoadFileScheduling):  # type: ignore[misc]
    """Like `--dist loadfile`, with the folders of the demo taken for one file."""

    def _split_scope(self, nodeid: str) -> Any:
        if nodeid.startswith(SHARED_FOLDERS):
            return "the running demo"
        return super()._split_scope(nodeid)
