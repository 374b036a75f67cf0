"""Parallel loops while something else goes on: exceptions, `fork`, Python threads, regions in regions, signals, settings."""

import os
import subprocess
import sys
import threading
import textwrap
import time

import numpy as np
import pytest

import zouk
from zouk import njit, parallel_chunksize, prange


def raised(function, *args):
    with pytest.raises(Exception) as info:
        function(*args)
    return type(info.value), info.value.args


@njit(parallel=True)
def reciprocals(a):
    out = np.empty_like(a)
    for i in prange(len(a)):
        out[i] = 1 / a[i]
    return out


@njit(parallel=True)
def raising(n, first):
    total = 0
    for i in prange(n):
        if i >= first:
            raise ValueError("item", i)
        total += i
    return total


@njit(parallel=True)
def asserting(a):
    for i in prange(len(a)):
        if not a[i] >= 0:
            raise AssertionError("negative")
        a[i] = 0


@njit(parallel=True)
def out_of_bounds(a, k):
    s = 0.0
    for i in prange(len(k)):
        s += a[k[i]]
    return s


@pytest.mark.parametrize("size", [0, 1, 7, 100_000])
def test_the_first_exception_by_iteration(size):
    k = np.zeros(5000, np.int64)
    k[3000] = 17
    k[4000] = 18
    zeros = np.ones(5000)
    zeros[[1234, 4321]] = 0
    with parallel_chunksize(size):
        for _ in range(5):
            for function, args in [(reciprocals, (zeros,)), (raising, (5000, 3210)), (asserting, (-zeros,)), (out_of_bounds, (np.ones(17), k))]:
                plain = function.py_func
                with np.errstate(divide="raise"):
                    wanted = raised(plain, *args) if function is not reciprocals else (ZeroDivisionError, ("division by zero",))
                got = raised(function, *args)
                assert got[0] is wanted[0]
                if function in (raising, asserting):
                    assert got[1] == wanted[1]
        assert raising(50, 100) == sum(range(50))


def test_the_traceback_shows_the_line():
    frames = []
    for function in (raising, njit(raising.py_func)):
        with parallel_chunksize(10), pytest.raises(ValueError) as info:
            function(100, 50)
        frames.append([(entry.name, entry.lineno) for entry in info.traceback][1:])
    assert frames[0] == frames[1] and [name for name, _ in frames[0]] == ["raising"]


def test_memory_is_released_after_exceptions():
    from zouk import _zouk

    @njit(parallel=True)
    def leaky(n, first):
        out = np.zeros(n)
        for i in prange(n):
            scratch = np.full(100, i)
            if i == first:
                raise ValueError
            out[i] = scratch.sum()
        return out

    leaky(10, -1)
    before = _zouk.live_blocks()
    with parallel_chunksize(3):
        for _ in range(20):
            assert raised(leaky, 50, 25)[0] is ValueError
            leaky(50, -1)
    assert _zouk.live_blocks() == before


@njit(parallel=True)
def total(a):
    s = 0.0
    for i in prange(len(a)):
        s += a[i]
    return s


@njit(parallel=True)
def of_rows(m):
    out = np.empty(m.shape[0])
    for i in prange(m.shape[0]):
        out[i] = total(m[i])
    return out


def test_regions_in_regions():
    m = np.random.default_rng(1).normal(size=(64, 5000))
    np.testing.assert_allclose(of_rows(m), m.sum(axis=1))
    with parallel_chunksize(1):
        np.testing.assert_allclose(of_rows(m), m.sum(axis=1))


def test_many_python_threads():
    m = np.random.default_rng(2).normal(size=(50, 3000))
    wanted = m.sum(axis=1)
    wrong = []

    def work():
        for _ in range(20):
            with parallel_chunksize(4):
                if not np.allclose(of_rows(m), wanted):
                    wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_other_threads_run_meanwhile():
    @njit(parallel=True)
    def long(n):
        s = 0.0
        for i in prange(n):
            for j in range(1000):
                s += np.sqrt(float(i * j))
        return s

    long(1)
    ticks = []
    done = threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(1)
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    start = time.perf_counter()
    while time.perf_counter() - start < 0.3:
        long(20_000)
    done.set()
    thread.join()
    assert len(ticks) > 5


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_child_after_fork():
    a = np.arange(100_000.0)
    with parallel_chunksize(1000):
        assert total(a) == a.sum()
        child = os.fork()
        if child == 0:
            fine = all(total(a) == a.sum() for _ in range(10))
            os._exit(0 if fine else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert total(a) == a.sum()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_child_of_a_process_that_compiles():
    code = """
        import os, signal, threading, time
        import numpy as np
        from zouk import njit

        stop = threading.Event()

        def compile_on_and_on():
            while not stop.is_set():
                # Reading the source is Python code, during which the other thread may run.
                njit(parallel=True)(lambda a: (a + 1).sum())(np.ones(10))

        threads = [threading.Thread(target=compile_on_and_on, daemon=True) for _ in range(2)]
        for thread in threads:
            thread.start()
        for number in range(12):
            time.sleep(0.02)
            child = os.fork()
            if child == 0:
                signal.alarm(60)
                expected = np.ones(10).sum() + 10 * number
                os._exit(int(njit(lambda a: (a + number).sum())(np.ones(10)) != expected))
            assert os.waitpid(child, 0)[1] == 0
        stop.set()
        for thread in threads:
            thread.join()
        print("fine")
    """
    run(code)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_hook_around_fork_that_compiles():
    code = """
        import os
        from zouk import njit

        seen = []
        os.register_at_fork(before=lambda: seen.append(njit(lambda x: x + 1)(1)), after_in_child=lambda: seen.append(njit(lambda x: x + 2)(1)))
        import zouk._zouk
        child = os.fork()
        if child == 0:
            os._exit(seen != [2, 3])
        assert os.waitpid(child, 0)[1] == 0 and seen == [2]
        assert njit(lambda x: x + 3)(1) == 4
        print("fine")
    """
    run(code)


def test_pools_of_processes():
    code = """
        import multiprocessing, sys
        import numpy as np
        from zouk import njit, prange, set_parallel_chunksize

        @njit(parallel=True)
        def total(a):
            s = 0.0
            for i in prange(len(a)):
                s += a[i]
            return s

        def work(n):
            set_parallel_chunksize(10)
            return total(np.arange(float(n)))

        if __name__ == "__main__":
            assert work(1000) == sum(range(1000))
            for method in ("fork", "spawn"):
                with multiprocessing.get_context(method).Pool(3) as pool:
                    assert pool.map(work, range(100, 110)) == [float(sum(range(n))) for n in range(100, 110)], method
            print("fine")
    """
    run(code)


def test_ctrl_c():
    code = """
        import os, signal, threading, time
        import numpy as np
        from zouk import njit, prange

        @njit(parallel=True)
        def work(n):
            s = 0.0
            for i in prange(n):
                for j in range(2000):
                    s += np.sqrt(float(i + j))
            return s

        # A process in the background of a shell ignores it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        first = work(2000)
        threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        interrupted = False
        try:
            start = time.time()
            while time.time() - start < 20:
                work(2000)
        except KeyboardInterrupt:
            interrupted = True
        assert interrupted
        assert work(2000) == first
        print("fine")
    """
    run(code)


@pytest.mark.parametrize("said, warned", [("0", True), ("-1", True), ("abc", True), ("1.5", True), (" 2 ", False), ("", False)])
def test_numbers_of_threads_that_are_none(said, warned):
    code = """
        import warnings

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            import zouk
        print([str(w.message) for w in caught if w.category is RuntimeWarning], zouk.get_num_threads(), "fine")
    """
    printed = run(code, ZOUK_NUM_THREADS=said)
    assert (f"ZOUK_NUM_THREADS={said!r} is no positive number" in printed) == warned


def run(code, **environment):
    path = os.pathsep.join(sys.path)
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "program.py")
        with open(file, "w") as out:
            out.write(textwrap.dedent(code))
        done = subprocess.run(
            [sys.executable, file], capture_output=True, text=True, timeout=120, env={**os.environ, "PYTHONPATH": path, **environment}
        )
    assert done.returncode == 0 and done.stdout.strip().endswith("fine"), done.stderr
    return done.stdout


@pytest.mark.parametrize("threads", ["1", "3"])
def test_the_number_of_threads(threads):
    code = f"""
        import numpy as np
        import zouk
        from zouk import njit, prange

        assert zouk.get_num_threads() == {threads}
        for wrong in (0, {threads} + 1, -1):
            try:
                zouk.set_num_threads(wrong)
            except ValueError as error:
                assert str(error) == "The number of threads must be between 1 and {threads}", error
            else:
                raise SystemExit("no error")

        @njit(parallel=True)
        def numbers(n):
            seen = np.zeros(n, np.int64)
            for i in prange(n):
                s = 0.0
                for j in range(3000):
                    s += np.sqrt(float(i * j))
                seen[i] = zouk.get_thread_id() + (s < 0)
            return seen

        assert set(numbers(3000)) <= set(range({threads}))
        zouk.set_num_threads(1)
        assert zouk.get_num_threads() == 1 and set(numbers(3000)) == {{0}}
        print("fine")
    """
    run(code, ZOUK_NUM_THREADS=threads)


def test_settings_in_compiled_code():
    @njit
    def settings(n):
        before = zouk.set_parallel_chunksize(n)
        now = zouk.get_parallel_chunksize()
        zouk.set_parallel_chunksize(before)
        zouk.set_num_threads(zouk.get_num_threads())
        return before, now, zouk.get_num_threads(), zouk.get_thread_id()

    assert settings(5) == (0, 5, zouk.get_num_threads(), 0)
    assert raised(settings, -1) == (ValueError, ("chunksize must be greater than or equal to zero",))

    @njit
    def too_many():
        zouk.set_num_threads(100_000)

    assert raised(too_many) == raised(zouk.set_num_threads, 100_000)


def test_settings_from_python():
    assert zouk.get_parallel_chunksize() == 0 and zouk.threading_layer() == "rayon" and zouk.get_thread_id() == 0
    with parallel_chunksize(4):
        assert zouk.get_parallel_chunksize() == 4
        with pytest.raises(KeyError), parallel_chunksize(5):
            raise KeyError
        assert zouk.get_parallel_chunksize() == 4
    assert zouk.set_parallel_chunksize(2) == 0 and zouk.set_parallel_chunksize(0) == 2
    for wrong in ("2", 2.0, None, True):
        with pytest.raises(TypeError):
            zouk.set_parallel_chunksize(wrong)
        with pytest.raises(TypeError):
            zouk.set_num_threads(wrong)
    with pytest.raises(ValueError):
        zouk.set_parallel_chunksize(-1)
    # A thread has settings of its own.
    seen = []
    with parallel_chunksize(9):
        thread = threading.Thread(target=lambda: seen.append(zouk.get_parallel_chunksize()))
        thread.start()
        thread.join()
    assert seen == [0]


@njit(parallel=True)
def printing(n):
    for i in prange(n):
        print("line", i)


def test_printed_lines_are_whole(capfd):
    with parallel_chunksize(1):
        printing(100)
    sys.stdout.flush()
    assert sorted(capfd.readouterr().out.splitlines()) == sorted(f"line {i}" for i in range(100))


