"""A headless Chromium that a test drives over its own protocol: opens a page, fills fields by label, clicks."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_SECONDS = 90.0
_SET = """(label, value) => {
  const field = [...document.querySelectorAll('.schema-form-property')].find(
    one => one.querySelector('.schema-form-property__label')?.innerText.trim().startsWith(label));
  const input = field?.querySelector('select, input, textarea');
  if (!input) return false;
  const kind = {SELECT: HTMLSelectElement, TEXTAREA: HTMLTextAreaElement}[input.tagName] || HTMLInputElement;
  Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(input, value);
  for (const event of ['input', 'change', 'blur']) input.dispatchEvent(new Event(event, {bubbles: true}));
  return true;
}"""
_CLICK = """(label, within) => {
  const buttons = [...document.querySelectorAll(`${within} button`)];
  const button = buttons.find(one => one.innerText.trim() === label && !one.disabled);
  button?.click();
  return !!button;
}"""


class Page:
    """One tab."""

    def __init__(self, socket: Any) -> None:
        self._socket, self._number = socket, 0

    def open(self, url: str) -> None:
        self._send("Page.navigate", url=url)

    def text(self) -> str:
        return str(self.evaluate("document.body?.innerText ?? ''"))

    def wait(self, text: str) -> str:
        """The text of the page once it holds `text`."""
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            if text in (found := self.text()):
                return found
            time.sleep(0.3)
        raise AssertionError(f"{text!r} is not on the page:\n{self.text()}")

    def fill(self, label: str, value: str) -> None:
        self.until(f"({_SET})({json.dumps(label)}, {json.dumps(value)})", f"field {label}")

    def click(self, label: str, *, within: str = "") -> None:
        self.until(f"({_CLICK})({json.dumps(label)}, {json.dumps(within)})", f"button {label}")

    def type_text(self, text: str) -> None:
        """Into what has the focus."""
        self._send("Input.insertText", text=text)

    def picture(self, file: Path) -> None:
        file.write_bytes(base64.b64decode(self._send("Page.captureScreenshot", format="png")["data"]))

    def evaluate(self, code: str) -> Any:
        found = self._send("Runtime.evaluate", expression=code, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def until(self, code: str, what: str) -> None:
        """Wait for `code` to be true."""
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            if self.evaluate(code):
                return
            time.sleep(0.3)
        raise AssertionError(f"no {what} on the page:\n{self.text()}")

    def _send(self, method: str, **given: Any) -> Any:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": given}))
        while True:
            answer = json.loads(self._socket.recv(timeout=_SECONDS))
            if answer.get("id") == self._number:
                return answer.get("result", {})


@contextmanager
def chromium(width: int = 1280, height: int = 1100) -> Iterator[Page]:
    """A browser of its own, with a profile that is thrown away."""
    from websockets.sync.client import connect

    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
        command = [CHROMIUM, *options, f"--window-size={width},{height}", f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with connect(_socket_of(Path(profile)), max_size=None) as socket:
                page = Page(socket)
                page._send("Page.enable")
                yield page
        finally:
            process.kill()
            process.wait()


def _socket_of(profile: Path) -> str:
    file, deadline = profile / "DevToolsActivePort", time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        if file.exists() and (lines := file.read_text().split()):
            with urllib.request.urlopen(f"http://127.0.0.1:{lines[0]}/json", timeout=10) as answer:
                tabs = [tab for tab in json.load(answer) if tab["type"] == "page"]
            if tabs:
                return str(tabs[0]["webSocketDebuggerUrl"])
        time.sleep(0.1)
    raise AssertionError("Chromium did not start")
