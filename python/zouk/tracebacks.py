"""Tracebacks of compiled code: entries with the file, line, columns and function of the Python source."""

from _thread import allocate_lock, start_new_thread
from types import TracebackType

_CODE = compile("raise SystemError", "<zouk>", "exec")
_frames = {}


def attach(exception, sites):
    """Gives `exception` one traceback entry a site (file, function, line, column, end line, end column), innermost first, around those it has."""
    traceback = exception.__traceback__
    for site in sites:
        frame = _frames.get(site)
        if frame is None:
            frame = _frames[site] = _frame(*site)
        traceback = TracebackType(traceback, frame[0], frame[1], site[2])
    exception.__traceback__ = traceback


def _frame(file, function, line, column, end_line, end_column):
    """A finished frame, made once a site: a frame keeps nothing alive but its globals."""
    code = _CODE.replace(
        co_filename=file,
        co_name=function.rpartition(".")[2],
        co_qualname=function,
        co_firstlineno=max(line, 1),
        co_linetable=_line_table(len(_CODE.co_code) // 2, line, column, end_line, end_column),
    )
    made = []
    done = allocate_lock()
    done.acquire()
    # A frame keeps its callers' frames, and these what they have at hand: a thread has none.
    start_new_thread(_run, (code, file, made, done))
    done.acquire()
    return made.pop()


def _run(code, file, made, done):
    try:
        exec(code, {"__name__": "zouk", "__file__": file}, {})
    except SystemError as error:
        entry = error.__traceback__.tb_next
        made.append((entry.tb_frame, entry.tb_lasti))
    finally:
        done.release()


def _line_table(units, line, column, end_line, end_column):
    """`co_linetable` that gives all code units the same place: entries in the long form, of up to eight units each."""
    place = [*_varint(0), *_varint(max(end_line - line, 0)), *_varint(column), *_varint(end_column)]
    table = []
    while units > 0:
        count = min(units, 8)
        table += [0x80 | 14 << 3 | count - 1, *place]
        units -= count
    return bytes(table)


def _varint(value):
    """Six bits a byte, the lowest first; bit six says that more follow. Columns are written plus one, as sites count them."""
    out = []
    while value >= 64:
        out.append(0x40 | value & 63)
        value >>= 6
    return [*out, value]
