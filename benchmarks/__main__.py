"""``python -m benchmarks [ROW …]``: measure, print, and keep the figures in results.json.

Exit status 0 where every goal is reached, 1 where one is missed, 2 where a row does not exist.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.measuring import Outcome, exit_status
from benchmarks.rows import ROWS

RESULTS: Final = Path(__file__).with_name("results.json")


def main(arguments: Sequence[str], results: Path = RESULTS) -> int:
    """Measure the rows named, or all of them; only the figures of all of them are kept."""
    unknown = [name for name in arguments if name not in ROWS]
    if unknown:
        print(f"bench: no row {', '.join(unknown)}; there are: {', '.join(ROWS)}.", file=sys.stderr)
        return 2
    outcomes = []
    for name in arguments or ROWS:
        outcomes.append(ROWS[name]())
        print(outcomes[-1].line, flush=True)
    if not arguments:
        results.write_text(as_text(outcomes), encoding="utf-8")
    return exit_status(outcomes)


def as_text(outcomes: Sequence[Outcome]) -> str:
    """The figures as JSON, with the Python that they were measured on."""
    data = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rows": [outcome.as_data() for outcome in outcomes],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
