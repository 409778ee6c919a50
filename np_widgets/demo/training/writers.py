"""How each kind of document is put together from its templates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import slots as _slots  # noqa: F401  (registers the slots)
from .lexicon import plural, read_text, word_classes

if TYPE_CHECKING:
    from collections.abc import Callable

    from .grammar import Scene


def _several(scene: Scene, templates: list[str], least: int, most: int) -> list[str]:
    count = least + int(scene.rng.random() * (most - least + 1))
    rest = list(templates)
    return [rest.pop(int(scene.rng.random() * len(rest))) for _ in range(min(count, len(rest)))]


def _topical(scene: Scene, templates: list[str], least: int, most: int) -> list[str]:
    """Mix general sentences with those that only this topic has."""
    chosen = _several(scene, templates, least, most)
    for line in _several(scene, scene.entry["lines"], 1, 2):
        chosen.insert(int(scene.rng.random() * (len(chosen) + 1)), line)
    return chosen


def _story(scene: Scene) -> str:
    plan = read_text("kinds")["story"]
    middle = _topical(scene, plan["middle"], 2, 6)
    sentences = [scene.choose(plan["open"]), *middle, scene.choose(plan["close"])]
    joint = "\n" if scene.chance(0.1) else " "
    return joint.join(scene.write(sentence) for sentence in sentences)


def _diary(scene: Scene) -> str:
    scene.tense = "past"
    plan = read_text("kinds")["diary"]
    middle = _topical(scene, plan["middle"], 3, 5)
    text = " ".join(scene.write(s) for s in [*middle, scene.choose(plan["close"])])
    return scene.write(scene.choose(plan["open"])) + text


def _letter(scene: Scene) -> str:
    scene.tense = "present"
    plan = read_text("kinds")["letter"]
    text = " ".join(scene.write(s) for s in _topical(scene, plan["middle"], 3, 5))
    return scene.write(scene.choose(plan["open"])) + text + scene.write(scene.choose(plan["close"]))


def _news(scene: Scene) -> str:
    scene.tense = "past"
    plan = read_text("kinds")["news"]
    sentences = [*_topical(scene, plan["middle"], 2, 4), scene.choose(plan["close"])]
    return scene.write(scene.choose(plan["open"])) + " ".join(scene.write(s) for s in sentences)


def _talk(scene: Scene) -> str:
    lines = []
    for exchange in _several(scene, read_text("kinds")["talk"]["lines"], 2, 4):
        asked, answered = exchange.split("|")
        lines += [f"{scene.hero}: {scene.write(asked)}", f"{scene.friend}: {scene.write(answered)}"]
    if scene.chance(0.4):
        lines.append(f"{scene.hero}: {scene.write(scene.choose(scene.entry['facts']))}")
    return "\n".join(lines)


def _howto(scene: Scene) -> str:
    plan = read_text("kinds")["howto"]
    steps = _several(scene, plan["steps"], 3, 6)
    numbered = (f"{n}. {scene.write(step)}" for n, step in enumerate(steps, 1))
    return scene.write(scene.choose(plan["title"])) + "\n".join(numbered)


def _verse(scene: Scene) -> str:
    verses = _several(scene, read_text("kinds")["verse"]["lines"], 2, 3)
    return "\n".join(scene.write(verse) for verse in verses)


def _facts(scene: Scene) -> str:
    head = scene.choose(["Facts about {}. ", "About {}\n", "Did you know? It is about {}. "])
    general = ["A {thing} is {adj}.", "The {being} is a guest of the {sight}.", "{Quant} {jobs} work near the {spot}."]
    facts = _several(scene, scene.entry["facts"], 3, 5) + _several(scene, general, 0, 2)
    return head.format(scene.entry["name"]) + " ".join(scene.write(fact) for fact in facts)


def _recipe(scene: Scene) -> str:
    plan = read_text("kinds")["recipe"]
    joint = "\n" if scene.chance(0.3) else " "
    steps = [*_several(scene, plan["steps"], 3, 6), scene.choose(plan["close"])]
    return scene.write(scene.choose(plan["open"])) + joint.join(scene.write(step) for step in steps)


def _weather(scene: Scene) -> str:
    plan = read_text("kinds")["weather"]
    lines = [scene.choose(plan["lines"]) for _ in range(3 + int(scene.rng.random() * 3))]
    return scene.write(scene.choose(plan["open"])) + "\n".join(scene.write(line) for line in lines)


def _lines_of(kind: str, least: int, most: int) -> Callable[[Scene], str]:
    def write(scene: Scene) -> str:
        plan = read_text("kinds")[kind]
        count = least + int(scene.rng.random() * (most - least + 1))
        lines = [scene.write(scene.choose(plan["lines"])) for _ in range(count)]
        head = scene.write(scene.choose(plan["open"])) if "open" in plan else ""
        tail = "\n" + scene.write(scene.choose(plan["close"])) if "close" in plan else ""
        return head + "\n".join(dict.fromkeys(lines)) + tail

    return write


def _about(scene: Scene) -> str:
    lines = _several(scene, read_text("kinds")["about"]["lines"], 3, 6)
    return " ".join(scene.write(line) for line in lines)


def _list(scene: Scene) -> str:
    plan = read_text("kinds")["list"]
    texts = []
    for _ in range(2 + int(scene.rng.random() * 2)):
        name = scene.fresh(tuple(plan["heads"]))
        texts.append(_list_of(scene, name, plan["heads"][name], scene.choose(plan["formats"])))
    return "\n".join(text.strip() for text in texts)


def _list_of(scene: Scene, name: str, head: str, template: str) -> str:
    many = template.startswith("What") and name in read_text("words")["nouns"]
    text = scene.write(
        template.replace("{head}", head).replace("{Head}", head.capitalize()).replace("{w}", "\0").replace("{W}", "\1")
    )
    for mark in "\1" + "\0" * text.count("\0"):
        word = scene.fresh(word_classes()[name])
        word = plural(word) if many else word
        if mark in text:
            text = text.replace(mark, word.capitalize() if mark == "\1" else word, 1)
    return text


def _sums(scene: Scene) -> str:
    lines = []
    for _ in range(4 + int(scene.rng.random() * 5)):
        a, b = int(scene.rng.random() * 10), int(scene.rng.random() * 10)
        if scene.chance(0.5):
            lines.append(f"{a} + {b} = {a + b}")
        elif scene.chance(0.6):
            lines.append(f"{max(a, b)} - {min(a, b)} = {max(a, b) - min(a, b)}")
        else:
            noun = plural(scene.fresh(word_classes()["fruit"]))
            lines.append(f"{scene.hero} has {a + 2} {noun} and gets {b + 1}. Now there are {a + b + 3} {noun}.")
    return "\n".join(lines)


def _code(scene: Scene) -> str:
    plan = read_text("kinds")["code"]
    things = [scene.fresh(word_classes()[scene.choose(plan["classes"])]) for _ in range(2)]
    digit = int(scene.rng.random() * 10)
    words = {
        "NAME": scene.choose(plan["names"]),
        "ITEM": things[0],
        "OTHER": things[1],
        "CLASS": things[0].capitalize(),
        "D0": str(digit),
        "D1": str(digit + 1),
        "D2": str(digit + 2),
    }
    # Braces mean something in code, so these templates have capitals instead.
    blocks = _several(scene, plan["blocks"], 1, 3)
    capitals = r"(?<![A-Za-z])[A-Z]+\d?(?![a-z])"
    return re.sub(capitals, lambda match: words.get(match.group(), match.group()), "\n".join(blocks))


WRITERS = {
    "story": _story,
    "diary": _diary,
    "letter": _letter,
    "news": _news,
    "talk": _talk,
    "howto": _howto,
    "verse": _verse,
    "facts": _facts,
    "recipe": _recipe,
    "weather": _weather,
    "french": _lines_of("french", 3, 5),
    "quiz": _lines_of("quiz", 2, 4),
    "timetable": _lines_of("timetable", 3, 5),
    "shop": _lines_of("shop", 3, 5),
    "about": _about,
    "list": _list,
    "code": _code,
    "sums": _sums,
}
