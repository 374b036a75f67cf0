"""Runs a command whose reader has gone, and says how it ended."""

import os
import subprocess
import sys

read, write = os.pipe()
os.close(read)
done = subprocess.run(sys.argv[1:], stdout=write, stderr=subprocess.PIPE, text=True)
end = f"signal {-done.returncode}" if done.returncode < 0 else f"status {done.returncode}"
print(f"ended by {end}, said {done.stderr.strip() or 'nothing'}")
