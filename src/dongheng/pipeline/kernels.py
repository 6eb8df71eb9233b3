"""One socket folder per kernel: as shipped, two kernels started in one folder share sockets and die."""

import os
import shutil
import tempfile

from jupyter_client.manager import AsyncKernelManager

from dongheng.pipeline.book import SOCKETS

_LONGEST_SOCKET = 100  # a Unix socket's path may hold 107 bytes, on macOS 103


class OwnSocketKernelManager(AsyncKernelManager):
    """A kernel manager whose kernel talks over Unix sockets in a fresh folder of its own.

    Over TCP two kernels that start at the same time can be given the same port (2 of 240 died so); where there are
    no Unix sockets (Windows) TCP stays, and the runner starts one kernel at a time.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._sockets = ""
        if os.name == "posix":
            # The runner's folder is not there without a run, nor for a cluster's node that does not see it.
            found = [base for base in (os.environ.get(SOCKETS, ""), tempfile.gettempdir()) if os.path.isdir(base)]
            short = len(os.fsencode(found[0])) + len("/dh-12345678/k-5") <= _LONGEST_SOCKET
            self._sockets = tempfile.mkdtemp(prefix="dh-", dir=found[0] if short else "/tmp")
            self.transport = "ipc"
            self.ip = os.path.join(self._sockets, "k")

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart)
        if self._sockets and not restart:
            shutil.rmtree(self._sockets, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources
