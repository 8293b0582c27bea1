# SPDX-License-Identifier: BSD-2-Clause
"""TAP for tests in Python: every function named test_* of a module is one."""
import sys
import traceback


class Skip(Exception):
    """Raised with the reason."""


def main(module="__main__"):
    tests = [(name, function)
             for name, function in vars(sys.modules[module]).items()
             if name.startswith("test_") and callable(function)]
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for number, (name, function) in enumerate(tests, 1):
        line = f"ok {number} - {name[len('test_'):]}"
        try:
            function()
        except Skip as reason:
            line += f" # SKIP {reason}"
        except Exception:  # pylint: disable=broad-except
            traceback.print_exc()
            line = "not " + line
            failed += 1
        print(line, flush=True)
    sys.exit(1 if failed else 0)
