"""Processes, commands and files of Windows."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from flowdesk.model.errors import NodeTimeout
from flowdesk.nodes.programs import Program, Task, output_text
from flowdesk.session.storage import write_atomically
from flowdesk.system import birth, find_program, is_alive, is_marked_as_foreign, replace
from tests.windows.conftest import until


def test_asking_whether_a_process_lives_leaves_it_alone() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    born = birth(process.pid)
    assert is_alive(process.pid)
    assert is_alive(os.getpid())
    assert born
    assert birth(process.pid) == born
    process.communicate(b"\n", 30)
    assert process.returncode == 0
    until(lambda: not is_alive(process.pid), "the end to be seen")


def test_a_program_of_the_start_menu_is_found_by_name() -> None:
    assert (find_program("notepad") or "").lower().endswith("notepad.exe")
    assert find_program("flowdesk-no-such-program") is None


def test_what_a_program_prints_is_kept(tmp_path: Path) -> None:
    ended = Program(Task([sys.executable, "-c", "print('a b'); import sys; sys.exit(3)"], tmp_path)).run()
    assert (ended.exit_code, ended.stdout.strip()) == (3, b"a b")


def test_text_in_the_code_page_of_china_is_read(tmp_path: Path) -> None:
    code = "import sys; sys.stdout.buffer.write('汉字 输出'.encode('gbk'))"
    ended = Program(Task([sys.executable, "-c", code], tmp_path)).run()
    assert output_text(ended.stdout, "gb18030") == ("汉字 输出", True)


def test_a_program_that_runs_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    told = tmp_path / "child"
    child = f"import os, time, pathlib; pathlib.Path({str(told)!r}).write_text(str(os.getpid())); time.sleep(600)"
    code = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(600)"
    with pytest.raises(NodeTimeout):
        Program(Task([sys.executable, "-c", code], tmp_path, timeout=15)).run()
    number = int(told.read_text())
    until(lambda: not is_alive(number), "the grandchild to end")


@pytest.fixture
def reader(tmp_path: Path) -> Callable[[Path], threading.Thread]:
    def keep_open(path: Path) -> threading.Thread:
        stream = path.open("rb")

        def let_go() -> None:
            threading.Event().wait(0.4)
            stream.close()

        thread = threading.Thread(target=let_go)
        thread.start()
        return thread

    return keep_open


def test_a_file_that_is_being_read_is_replaced_once_it_is_closed(
    tmp_path: Path, reader: Callable[[Path], threading.Thread]
) -> None:
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_text("old")
    new.write_text("new")
    thread = reader(old)
    with pytest.raises(PermissionError):
        os.replace(new, old)
    replace(new, old)
    thread.join()
    assert old.read_text() == "new"


def test_names_in_chinese_and_long_paths_hold_a_flow(tmp_path: Path) -> None:
    folder = tmp_path / "用户 张三"
    for _ in range(6):
        folder /= "一个很长的文件夹名字" * 5
    folder.mkdir(parents=True)
    file = folder / "流程.flow.json"
    write_atomically(file, "内容".encode())
    assert len(str(file)) > 260
    assert file.read_text("utf-8") == "内容"


def test_a_file_without_a_mark_is_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "a.flow.json"
    file.write_text("{}")
    assert not is_marked_as_foreign(file)
