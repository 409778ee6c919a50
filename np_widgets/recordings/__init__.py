"""Recorded answers in one file, which anyone can read.

A recording is JSON Lines, packed with gzip: ``gzip -dc lesson.jsonl.gz`` shows it. The first line says what the file
is, who began it and when::

    {"format": "np_widgets recording", "version": 1, "np_widgets": "0.1.0", "created_at": "2026-01-31T09:00:00+00:00"}

Every other line is one answer, with what was asked, which source answered, and when::

    {"question": {"action": "activate", "arguments": {"ref": "gpt2-small/6-res-jb/650", "text": "London"}},
     "source": "neuronpedia.org", "recorded_at": "2026-01-31T09:01:07.5Z", "answer": {"tokens": ["London"], …}}

``action`` is a source's method and ``answer`` the model that it returns, field by field, as :mod:`np_widgets.models`
has them: arrays are lists, and the numbers that JSON does not know are the texts ``"nan"``, ``"inf"``, ``"-inf"``. A
call with several texts or features makes a line for each. Of several lines with one question the last one counts.

Each line is a gzip member of its own, written with one call: a file is whole after every answer, also when the kernel
dies, and is continued by writing behind its end. Fields may be added to this version; a reader ignores what it does
not know.
"""

from np_widgets.recordings.codec import changed, pack, unpack
from np_widgets.recordings.extents import cut, put_together
from np_widgets.recordings.file import Entry, RecordingWarning, Writer, read
from np_widgets.recordings.index import Index
from np_widgets.recordings.questions import KINDS, Question, split
from np_widgets.recordings.runs import grown, other_strengths

__all__ = [
    "KINDS",
    "Entry",
    "Index",
    "Question",
    "RecordingWarning",
    "Writer",
    "changed",
    "cut",
    "grown",
    "other_strengths",
    "pack",
    "put_together",
    "read",
    "split",
    "unpack",
]
