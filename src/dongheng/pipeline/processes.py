"""Processes of a run: which one is meant, whether it lives, and how a whole family of them ends."""

import socket

import psutil


def identity(pid: int) -> list:
    """A process id with its time of birth, since ids are used again, and its machine, since folders are shared."""
    try:
        return [pid, round(psutil.Process(pid).create_time(), 2), socket.gethostname()]
    except psutil.Error:
        return [pid, 0, socket.gethostname()]


def alive(identity: list) -> bool:
    """True where that very process, on this machine, still runs."""
    try:
        process = psutil.Process(identity[0])
        return round(process.create_time(), 2) == identity[1] and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def kill_family(pid: int, top: bool = True) -> None:
    """Kill a process and all below it, or only those below it; returns when none is left.

    The top first and for good, so that it cannot start another; nothing of a step survives a kill half-written.
    """
    try:
        process = psutil.Process(pid)
        below = process.children(recursive=True)
    except psutil.Error:
        return
    family = [process, *below] if top else below
    for member in family:
        try:
            member.kill()
        except psutil.Error:
            continue
    psutil.wait_procs(family, timeout=5)


def die_with_parent() -> None:
    """Have Linux kill this process when the one that started it dies: an orphan goes on writing."""
    import ctypes
    import signal

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
