"""Ground truth: which concepts each token of a document belongs to.

The texts were written by a program, so what a token is, where it stands and what the document is
about are facts. Word classes come from the lexicon, where every word has one sense; the rest is
read off the finished text and what its writer noted.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from .documents import KINDS, TOPICS, Document
from .lexicon import read_text, tags_of_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from np_widgets.demo.tokenizer import Reading, Tokenizer

SENTENCE = re.compile(r"(?:[^.!?\n]|(?<=\d)\.(?=\d))*[.!?\n]*")
NEGATED = re.compile(r"\b(?:not|never|no|nobody|nothing|rarely)\b", re.IGNORECASE)
QUOTED = re.compile(r'"[^"\n]*"')
SPEECH_TAG = re.compile(r'(?<=[,!?.]") [^".!?\n]+[.!?]')
NOUN_CLASSES = read_text("words")["nouns"].keys()
STRUCTURE: dict[str, re.Pattern[str]] = {
    "in_parentheses": re.compile(r"(?<=\()[^()\n]+(?=\))"),
    "line_start": re.compile(r"(?<=\n) *[^\s]{1,2}\w*"),
    "number_in_digits": re.compile(r"\d+"),
    "price": re.compile(r"\d+\.\d\d(?= euros)"),
    "clock_time": re.compile(r"\b\d\d:\d\d"),
    "list_item": re.compile(r"^- .*$", re.MULTILINE),
    "numbered_step": re.compile(r"^\d\. .*$", re.MULTILINE),
    "enumeration": re.compile(r"\w+(?:, \w+){2,}(?: and \w+)?"),
    "title_line": re.compile(
        r"\A(?:Recipe|How|Guide|Weather|The weather|Departures|Shop|Receipt|About|"
        r"[A-Z]\w+ \w+ for|\w+ timetable).*(?=\n)"
    ),
    "quiz_question": re.compile(r"^Question: .*$", re.MULTILINE),
    "quiz_answer": re.compile(r"^Answer: .*$", re.MULTILINE),
    "salutation": re.compile(r"\A(?:Dear) \w+,"),
    "signature": re.compile(r"^(?:Yours|Love|Many greetings).*\Z", re.MULTILINE),
}
IN_KIND: dict[str, tuple[str, re.Pattern[str]]] = {
    "speaker": ("talk", re.compile(r"^\w+(?=: )", re.MULTILINE)),
    "french_words": ("french", re.compile(r"^.*?(?= means|\. It means)", re.MULTILINE)),
    "translation": ("french", re.compile(r"(?<=means: ).*$|(?<= means )[a-z].*$", re.MULTILINE)),
    "code_string": ("code", re.compile(r'(?<=")\w[^"\n]*(?=")')),
    "code_comment": ("code", re.compile(r"#.*$", re.MULTILINE)),
    "code_keyword": ("code", re.compile(r"\b(?:def|return|for|while|if|class|import|assert|in|print)\b")),
    "sum_result": ("sums", re.compile(r"(?<== )\d+")),
    "operator": ("sums", re.compile(r"[-+=]")),
}
NOISE = {"lower": "lower_case_text", "upper": "capitals", "invented": "disturbed_text"}
SENTENCES = ("question", "exclamation", "negated_sentence", "sentence_start", "sentence_end")
DERIVED = (
    "speech_tag",
    "in_quotation",
    "opening_quote",
    "closing_quote",
    "hero_name",
    "repeated_word",
    "past_story",
    "present_story",
)


@lru_cache
def concept_names() -> tuple[str, ...]:
    """Return the names of all concepts, in the order of the columns of ``tag``."""
    words = read_text("words")
    lexical = [name for part in ("nouns", "words", "grammar") for name in words[part]]
    verbs = [*(f"{name}_verb" for name in words["verbs"]), "past_verb", "present_verb", "ing_verb"]
    return (
        *lexical,
        *verbs,
        "plural_noun",
        *STRUCTURE,
        *IN_KIND,
        *SENTENCES,
        *DERIVED,
        *NOISE.values(),
        *(f"kind:{kind}" for kind in KINDS),
        *(f"topic:{topic}" for topic in TOPICS),
    )


class Tagger:
    """Tag the tokens of documents with the concepts they belong to."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.column = {name: i for i, name in enumerate(concept_names())}

    def tag(self, document: Document) -> tuple[list[int], NDArray[np.bool_]]:
        """Return the token ids of a document and, token by concept, what is true of each."""
        ids = self.tokenizer.encode(document.text)
        readings = self.tokenizer.read(ids)
        spans, end = [], 0
        for reading in readings:
            spans.append((end, end + len(reading.text)))
            end = spans[-1][1]
        found = np.zeros((len(readings), len(self.column)), dtype=bool)
        cover = _Cover(document.text, spans, found, self.column)
        self._words(document, ids, readings, found)
        _mark_text(document, cover)
        _mark_sentences(document.text, cover)
        _mark_repeats(document, readings, cover)
        # Markers and pieces share what is true of the stretch of text they spell.
        lengths = [reading.end - reading.first for reading in readings]
        return ids, np.repeat(found, lengths, axis=0)

    def _words(self, document: Document, ids: list[int], readings: Iterable[Reading], found: NDArray[np.bool_]) -> None:
        tags = tags_of_words()
        pieces = self.tokenizer.is_piece
        # In a program "is" and "return" are not the words of the language.
        classes = NOUN_CLASSES if document.kind == "code" else self.column.keys()
        for row, reading in zip(found, readings, strict=True):
            if pieces[ids[reading.end - 1]]:
                continue
            word = reading.text.strip(" ")
            for spelling in (word, word.lower(), word.capitalize()):
                if spelling in tags:
                    for name in tags[spelling] & classes:
                        row[self.column[name]] = True
                    break


class _Cover:
    """Marks stretches of characters in a matrix that counts in tokens."""

    def __init__(
        self, text: str, spans: list[tuple[int, int]], found: NDArray[np.bool_], column: dict[str, int]
    ) -> None:
        self.found, self.column = found, column
        self.at = np.zeros(len(text) + 1, dtype=np.int64)
        for index, (start, end) in enumerate(spans):
            self.at[start:end] = index
        self.text = text

    def mark(self, name: str, start: int, end: int) -> None:
        """Mark the tokens of some characters; a leading space belongs to the word after it."""
        while start < end and self.text[start] == " ":
            start += 1
        if start < end:
            self.found[self.at[start] : self.at[end - 1] + 1, self.column[name]] = True

    def mark_all(self, name: str, pattern: re.Pattern[str]) -> None:
        """Mark everything that a pattern finds."""
        for match in pattern.finditer(self.text):
            self.mark(name, *match.span())


def _mark_text(document: Document, cover: _Cover) -> None:
    text = document.text
    for name, pattern in STRUCTURE.items():
        cover.mark_all(name, pattern)
    for name, (kind, pattern) in IN_KIND.items():
        if kind == document.kind:
            cover.mark_all(name, pattern)
    if document.kind != "code":
        for match in QUOTED.finditer(text):
            start, end = match.span()
            cover.mark("opening_quote", start, start + 1)
            cover.mark("in_quotation", start + 1, end - 1)
            cover.mark("closing_quote", end - 1, end)
        cover.mark_all("speech_tag", SPEECH_TAG)
    everything = [f"kind:{document.kind}"]
    if document.topic:
        everything.append(f"topic:{document.topic}")
    if document.tense:
        everything.append(f"{document.tense}_story")
    if document.noise:
        everything.append(NOISE[document.noise])
    for name in everything:
        cover.mark(name, 0, len(text))


def _mark_sentences(text: str, cover: _Cover) -> None:
    for match in SENTENCE.finditer(text):
        start, end = match.span()
        sentence = match.group().strip()
        if not re.search(r"[A-Za-z]{2}", sentence):
            continue
        start += len(match.group()) - len(match.group().lstrip())
        body_end = start + len(sentence.rstrip(".!?"))
        if "?" in sentence:
            cover.mark("question", start, end)
        if "!" in sentence:
            cover.mark("exclamation", start, end)
        if NEGATED.search(sentence):
            cover.mark("negated_sentence", start, end)
        if re.match(r"[A-Za-z]", sentence):
            cover.mark("sentence_start", start, start + len(re.match(r"\w+", sentence).group()))  # type: ignore[union-attr]
        if body_end < start + len(sentence):
            cover.mark("sentence_end", body_end, start + len(sentence))


def _mark_repeats(document: Document, readings: list[Reading], cover: _Cover) -> None:
    seen: set[str] = set()
    hero = (document.hero or "\0").lower()
    for row, reading in zip(cover.found, readings, strict=True):
        word = reading.text.strip().lower()
        if word == hero:
            row[cover.column["hero_name"]] = True
        if len(word) > 3 and word.isalpha():
            row[cover.column["repeated_word"]] = word in seen
            seen.add(word)
