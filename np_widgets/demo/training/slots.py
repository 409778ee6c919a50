"""Slots of the template language that need more than a draw from a word class."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from .grammar import SPECIAL, Scene
from .lexicon import CAPITALS, read_text, word_classes

DOING = {
    "past": "ran away,slept,came closer,looked up,waited,turned around",
    "present": "runs away,sleeps,comes closer,looks up,waits,turns around",
}
SPEECH = {
    "past": "said,whispered,shouted,answered,replied,called",
    "present": "says,whispers,shouts,answers,replies,calls",
}
Slot = Callable[[Scene, str], str]


def slot(name: str) -> Callable[[Slot], Slot]:
    """Register a function as the filler of a slot."""

    def register(function: Slot) -> Slot:
        SPECIAL[name] = function
        return function

    return register


SPECIAL["hero"] = lambda scene, _form: scene.hero
SPECIAL["friend"] = lambda scene, _form: scene.friend
SPECIAL["he"] = lambda scene, _form: "she" if scene.female else "he"
SPECIAL["him"] = lambda scene, _form: "her" if scene.female else "him"
SPECIAL["his"] = lambda scene, _form: "her" if scene.female else "his"
SPECIAL["they"] = lambda _scene, _form: "they"


@slot("beingdo")
def _being_does(scene: Scene, _form: str) -> str:
    return scene.choose(DOING[scene.tense].split(","))


@slot("speech")
def _speech(scene: Scene, form: str) -> str:
    if form == "ask":
        return "asked" if scene.tense == "past" else "asks"
    return scene.choose(SPEECH["past" if form == "past" else scene.tense].split(","))


@slot("fullname")
def _anyone(scene: Scene, _form: str) -> str:
    return scene.choose(word_classes()["girl"] + word_classes()["boy"])


@slot("digit")
def _digit(scene: Scene, _form: str) -> str:
    return str(2 + int(scene.rng.random() * 8))


@slot("digits")
def _digits(scene: Scene, _form: str) -> str:
    return str(10 + int(scene.rng.random() * 89))


@slot("price")
def _price(scene: Scene, _form: str) -> str:
    return f"{1 + int(scene.rng.random() * 40)}.{scene.choose(['00', '20', '50', '90', '99'])}"


@slot("clock")
def _clock(scene: Scene, _form: str) -> str:
    return f"{6 + int(scene.rng.random() * 14):02d}:{scene.choose(['00', '15', '30', '45'])}"


@slot("country")
def _country(scene: Scene, form: str) -> str:
    # A plain country, or a question about its capital and, later in the template, the answer.
    if form == "a":
        return CAPITALS[scene.pending["country"]]
    country = scene.fresh(word_classes()["country"])
    scene.pending["country"] = country
    return country


@slot("noun")
def _noun(scene: Scene, form: str) -> str:
    # "His favourite fruit is the plum": the class is named first, then one of its words.
    if form == "of":
        return scene.fresh(word_classes()[scene.pending["noun"]])
    names = ["animal", "bird", "fruit", "vegetable", "instrument", "building", "plant", "insect"]
    scene.pending["noun"] = scene.choose(names)
    return scene.pending["noun"]


@slot("ask")
def _ask(scene: Scene, form: str) -> str:
    about, _, part = form.partition(".")
    if part == "a":
        return scene.pending[about]
    question, answer = scene.fresh(_questions(about)).split("=")
    scene.pending[about] = answer
    return question


@lru_cache
def _questions(about: str) -> tuple[str, ...]:
    if about in ("month", "day"):
        words = word_classes()["month" if about == "month" else "weekday"]
        return tuple(f"{a}={b}" for a, b in zip(words, words[1:] + words[:1], strict=True))
    return tuple(read_text("kinds")["ask"][about])


@lru_cache
def _french(gender: str) -> tuple[str, ...]:
    return tuple(w[2:] for w in read_text("kinds")["french"]["words"].split() if w[0] == gender)


@slot("fr")
def _french_noun(scene: Scene, gender: str) -> str:
    french, english = scene.fresh(_french(gender)).split(":")
    scene.pending[f"en.{gender}"] = english
    return french


@slot("fra")
def _french_adjective(scene: Scene, gender: str) -> str:
    words = scene.fresh(read_text("kinds")["french"]["adjectives"].split()).split(":")
    scene.pending[f"ena.{gender}"] = words[2]
    return words[0 if gender == "m" else 1]


@slot("en")
def _english_noun(scene: Scene, gender: str) -> str:
    return scene.pending[f"en.{gender}"]


@slot("ena")
def _english_adjective(scene: Scene, gender: str) -> str:
    return scene.pending[f"ena.{gender}"]
