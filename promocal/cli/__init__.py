"""The command line. `main` is the console script."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from campaign_calendars.findings.errors import ProblemsFoundError, PromocalError

_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def main() -> None:
    """Run a command; every failure ends as one message with its exit code, never a traceback."""
    # Starting makes a hundred thousand objects that stay; nothing is gained by looking through them often.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    atexit.unregister(_leave_quickly)
    atexit.register(_leave_quickly)
    from typer.exceptions import Abort, TyperException

    from promocal.cli.app import application
    from promocal.cli.language import settle
    from promocal.cli.once import require_one_output
    from promocal.cli.output import print_failure, print_problems
    from promocal.cli.tree import command_line

    arguments = sys.argv[1:]
    try:
        language = settle(arguments)
        require_one_output(arguments)
        command = command_line(application(arguments), language)
        sys.exit(command.main(arguments, prog_name="promocal", standalone_mode=False) or 0)
    except TyperException as error:
        from promocal.cli.mistakes import mistake

        if found := mistake(error):
            print_failure(found)
        sys.exit(error.exit_code)
    except Abort:
        sys.exit(1)
    except ProblemsFoundError as error:
        print_problems(error.problems, stream="stderr")
        print_failure(error)
        sys.exit(error.exit_code)
    except PromocalError as error:
        print_failure(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader went away (`promocal plan | head`); keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("PROMOCAL_TRACEBACK"):
            raise
        print_failure(_as_failure(error))
        sys.exit(3)


def _leave_quickly() -> None:
    """At the end of the process nothing looks through all objects once more: a fifth of what a short command takes.

    DuckDB complains on standard error where it is not taken apart.
    """
    if "duckdb" not in sys.modules:
        gc.freeze()


def _as_failure(error: Exception) -> PromocalError:
    """One message: a path that cannot be used is for the user to mend, everything else is a defect of ours."""
    from warehouse.shelf.room import is_full, no_room

    if is_full(error):
        return no_room(error)
    if isinstance(error, OSError) and error.filename is not None:
        why = error.strerror or type(error).__name__
        return PromocalError(
            (f"{error.filename} cannot be used: {why}", f"无法使用 {error.filename}：{why}"),
            ("name another path, or mend its directory and rights", "请换一个路径，或修正其目录与权限"),
        )
    return PromocalError(
        (f"unexpected {type(error).__name__}: {error}", f"意外的 {type(error).__name__}：{error}"),
        ("PROMOCAL_TRACEBACK=1 shows where", "加 PROMOCAL_TRACEBACK=1 可看到出错位置"),
    )
