"""The file on its own: whole after every answer, readable by others, and honest about damage."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

import np_widgets
from np_widgets import Feature, UnexpectedResponse
from np_widgets.recordings import Entry, Index, Question, RecordingWarning, Writer, pack, read
from tests.rows import feature_row

if TYPE_CHECKING:
    from pathlib import Path

HEADER = {"format": "np_widgets recording", "version": 1, "np_widgets": "0.1.0", "created_at": "2026-01-31T09:00:00"}


def feature(index: int, **changes: Any) -> Feature:
    return Feature.from_json(feature_row(index=str(index), **changes))


def asked(index: int) -> Question:
    return Question.of("get_feature", ref=("gpt2-small", "6-res-jb", index))


def write(path: Path, *indices: int) -> None:
    writer = Writer(path)
    for index in indices:
        writer.keep(asked(index), "neuronpedia.org", pack(feature(index)))
    writer.close()


def indices(path: Path) -> list[int]:
    return [entry.answer().index for entry in read(path)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lesson.jsonl.gz"


def test_anyone_can_read_it(path: Path) -> None:
    write(path, 3, 7)
    header, first, second = (json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines())
    assert (header["format"], header["version"]) == ("np_widgets recording", 1)
    assert header["np_widgets"] == np_widgets.__version__
    assert datetime.fromisoformat(header["created_at"]) <= datetime.now(UTC)
    assert first["question"] == {"action": "get_feature", "arguments": {"ref": "gpt2-small/6-res-jb/3"}}
    assert first["source"] == "neuronpedia.org"
    assert datetime.fromisoformat(first["recorded_at"]) >= datetime.fromisoformat(header["created_at"])
    assert second["answer"]["index"] == 7


def test_it_is_whole_after_every_answer(path: Path) -> None:
    writer = Writer(path)
    assert read(path) == []
    for number in range(3):
        writer.keep(asked(number), "demo", pack(feature(number)))
        assert indices(path) == list(range(number + 1))
    writer.close()


def test_nothing_is_lost_when_the_process_is_killed(path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from tests.recordings.test_file import Writer, asked, feature, pack
writer = Writer(Path({str(path)!r}))
for index in (3, 7):
    writer.keep(asked(index), "demo", pack(feature(index)))
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False)  # noqa: S603 (our own)
    assert done.returncode == -signal.SIGKILL
    assert indices(path) == [3, 7]


def test_an_answer_that_is_cut_off_is_said_and_the_others_play(path: Path) -> None:
    write(path, 3, 7)
    whole = path.read_bytes()
    write(path, 8)
    for kept in (len(whole) + 1, len(path.read_bytes()) - 1):
        cut = path.with_name("cut")
        cut.write_bytes(path.read_bytes()[:kept])
        with pytest.warns(RecordingWarning, match=r"last answer in cut is cut off; the 2 before it are whole"):
            assert indices(cut) == [3, 7]
        write(cut, 9)  # what could not be read is cleared away, and nothing stands behind it
        assert indices(cut) == [3, 7, 9]


def test_a_recording_is_continued_and_what_it_holds_is_not_written_twice(path: Path) -> None:
    write(path, 3)
    size = path.stat().st_size
    write(path, 3)
    assert path.stat().st_size == size
    write(path, 7)
    assert indices(path) == [3, 7]
    writer = Writer(path)
    writer.keep(asked(3), "demo", pack(feature(3, maxActApprox=99)))
    writer.close()
    assert [entry.question for entry in read(path)] == [asked(3), asked(7), asked(3)]
    entry = Index(read(path)).get(asked(3))
    assert entry is not None
    assert entry.answer().max_activation == 99


def test_an_empty_file_is_begun(path: Path) -> None:
    path.touch()
    write(path, 3)
    assert indices(path) == [3]


def test_a_recording_that_was_packed_anew_is_the_same(path: Path) -> None:
    write(path, 3, 7)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    assert indices(path) == [3, 7]
    write(path, 8)
    assert indices(path) == [3, 7, 8]


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"\x1f\x8b", gzip.compress(b""), gzip.compress(b"hello\n"), gzip.compress(b'{"version": 1}\n')],
    ids=["empty", "text", "cut", "nothing", "no JSON", "other JSON"],
)
def test_what_is_no_recording_is_refused_and_left_as_it_was(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(UnexpectedResponse, match=r"lesson.jsonl.gz is not a recording.*np_widgets\.record\(path\)"):
        read(path)
    if content:  # an empty file is as good as none
        with pytest.raises(UnexpectedResponse, match="is not a recording"):
            Writer(path)
    assert path.read_bytes() == content


def test_a_damaged_one_says_how_far_it_is_whole(path: Path) -> None:
    write(path, 3)
    start = path.stat().st_size
    write(path, 7, 8)
    data = bytearray(path.read_bytes())
    data[start + 200] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(UnexpectedResponse, match=r"damaged behind answer 1: .*Get the file again"):
        read(path)
    with pytest.raises(UnexpectedResponse, match="damaged"):
        Writer(path)
    assert path.read_bytes() == data


def test_a_line_that_is_no_entry_is_damage(path: Path) -> None:
    write(path, 3)
    path.write_bytes(path.read_bytes() + gzip.compress(b'{"question": 3}\n'))
    with pytest.raises(UnexpectedResponse, match="damaged behind answer 1"):
        read(path)


def test_one_of_a_newer_format_says_which_version_reads_it(path: Path) -> None:
    path.write_bytes(gzip.compress(json.dumps({**HEADER, "version": 2, "np_widgets": "9.1"}).encode()))
    with pytest.raises(UnexpectedResponse, match=r"np_widgets 9\.1 in format 2.*knows format 1.*pip install --upgrade"):
        read(path)


def test_what_a_later_version_has_added_is_passed_over(path: Path) -> None:
    Writer(path).close()
    line: dict[str, Any] = {
        "question": {"action": "dream", "arguments": {"ref": "a/b/1", "depth": 2}, "mood": 1},
        "source": "x",
    }
    line |= {"recorded_at": "2026-01-31T09:00:00Z", "answer": {}, "new": [1]}
    path.write_bytes(path.read_bytes() + gzip.compress(json.dumps(line).encode()))
    (entry,) = read(path)
    assert str(entry.question) == "dream (ref='a/b/1', depth=2)"
    with pytest.raises(UnexpectedResponse, match="dream"):
        entry.answer()


def test_an_answer_of_another_kind_is_told(path: Path) -> None:
    write(path, 3)
    line = gzip.decompress(Entry.of(asked(7), "demo", b'{"text": "no feature"}').packed)
    path.write_bytes(path.read_bytes() + gzip.compress(line))
    with pytest.raises(UnexpectedResponse, match=r"answer for the feature gpt2-small/6-res-jb/7 is not one.*model"):
        read(path)[1].answer()


def test_half_a_character_in_a_token_is_kept(path: Path) -> None:
    odd = feature(3, pos_str=["\ud83d"], pos_values=[1.0])
    writer = Writer(path)
    writer.keep(asked(3), "demo", pack(odd))
    writer.close()
    assert read(path)[0].answer() == odd


def test_when_there_is_no_room_nothing_half_is_left(path: Path) -> None:
    resource = pytest.importorskip("resource")  # Unix's
    write(path, 3)
    size = path.stat().st_size
    writer = Writer(path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, before[1]))
    try:
        with pytest.raises(OSError, match="no room for another answer"):
            writer.keep(asked(7), "demo", pack(feature(7)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.stat().st_size == size
    writer.keep(asked(8), "demo", pack(feature(8)))
    writer.close()
    assert indices(path) == [3, 8]


def test_the_errors_of_the_system_are_its_own(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none.jsonl.gz")
    with pytest.raises(FileNotFoundError):
        Writer(tmp_path / "none" / "lesson.jsonl.gz")
