"""Adding to files of every form: the addition is there, and nothing else has changed."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest

from phoenix_providers.models.files.yaml_reader import read_yaml
from phoenix_providers.planning.file_editing.file_edits import (
    Edit,
    Insertion,
    Setting,
    as_in_file,
    edited_data,
    in_safe_order,
)
from phoenix_providers.planning.file_editing.yaml_insertion import edited
from phoenix_providers.planning.file_editing.yaml_page import NotEditableError

NEW = {"type": "in", "action": "DROP"}
ONE_LINE = "{type: in, action: DROP}"
TWO_LINES = "- type: in\n  action: DROP\n"


@pytest.mark.parametrize(
    ("text", "edit", "result"),
    [
        ("a:\n  # one\n  - {x: 1} # 1\n  # end\n", 0, f"a:\n  - {ONE_LINE}\n  # one\n  - {{x: 1}} # 1\n  # end\n"),
        ("a:\n  # one\n  - {x: 1} # 1\n  # end\n", None, f"a:\n  # one\n  - {{x: 1}} # 1\n  - {ONE_LINE}\n  # end\n"),
        ("a:\n- x: 1\n  # its own\n# of b\nb: 2\n", None, f"a:\n- x: 1\n  # its own\n{TWO_LINES}# of b\nb: 2\n"),
        ("a:\n- x: |\n    text\n\nb: 2\n", None, f"a:\n- x: |\n    text\n{TWO_LINES}\nb: 2\n"),
        ("a:\n- x: |+\n    text\n\nb: 2\n", None, f"a:\n- x: |+\n    text\n\n{TWO_LINES}b: 2\n"),
        ("a:\n- x: |\n    # text\n- y\n", 1, "a:\n- x: |\n    # text\n- " + ONE_LINE + "\n- y\n"),
        ("a: # later\nb: 2\n", None, f"a: # later\n  - {ONE_LINE}\nb: 2\n"),
        ("a: ~\nb: 2\n", None, f"a: \n  - {ONE_LINE}\nb: 2\n"),
        ("a:\n  # none yet\n# of b\nb: 2\n", None, f"a:\n  # none yet\n  - {ONE_LINE}\n# of b\nb: 2\n"),
        ("a: []", None, f"a: [{ONE_LINE}]"),
        ("b: 2\n# the end\n", None, f"b: 2\na:\n  - {ONE_LINE}\n# the end\n"),
        ("b: 2\nc: 3", None, f"b: 2\nc: 3\na:\n  - {ONE_LINE}"),
        ("b:\n- 2\n...\n", None, f"b:\n- 2\na:\n- {ONE_LINE}\n...\n"),
        ("a: [\n  {x: 1}, # 1\n  {x: 2} # 2\n]\n", None, f"a: [\n  {{x: 1}}, # 1\n  {{x: 2}}, # 2\n  {ONE_LINE}\n]\n"),
        ("a: [\n  {x: 1},\n]\n", None, f"a: [\n  {{x: 1}},\n  {ONE_LINE},\n]\n"),
        ("a: [\n  {x: 1}\n]\n", 0, f"a: [\n  {ONE_LINE},\n  {{x: 1}}\n]\n"),
        ("{a: [{x: 1}], b: }\n", None, f"{{a: [{{x: 1}}, {ONE_LINE}], b: }}\n"),
        ("{b: 1, a: }\n", None, f"{{b: 1, a: [{ONE_LINE}] }}\n"),
        ("{b: 1}\n", None, f"{{b: 1, a: [{ONE_LINE}]}}\n"),
    ],
)  # fmt: skip
def test_where_an_item_comes(text: str, edit: int | None, result: str) -> None:
    assert edited(text, [Insertion(("a",), (NEW,), edit)]) == result
    windows = text.replace("\n", "\r\n")
    assert edited(windows, [Insertion(("a",), (NEW,), edit)]) == result.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: &x\n  r: [1]\nb: *x\n", ("b", "r")),
        ("a: &x\n  r: [1]\nb:\n  <<: *x\n", ("b", "r")),
        ("a: &x\nb: 1\n", ("a",)),
        ("a: !!null\nb: 1\n", ("a",)),
        ("? a\n: - 1\n", ("b",)),
        ("a: text\n", ("a", "r")),
    ],
)
def test_what_would_change_something_else_is_refused(text: str, path: tuple[str, ...]) -> None:
    with pytest.raises(NotEditableError):
        edited(text, [Insertion(path, (NEW,))])


@pytest.mark.parametrize(
    "text",
    [
        *("it's", 'say "hi"', "a: b", "a #b", "- a", "\\", "ünï", "yes", "No", "null", "~", "1e3", "0x1F", "12:30:45"),
        *("{a}", "[a]", "&a", "*a", "!a", "%a", "@a", "`a`", "| a", "> a", "a,b", "a:", "? a", "", " a ", "\u2028"),
        *("2026-01-01", ".inf", "+1", "-", "---", "<<", "=", "\U0001f525", "10.0.0.5", "fe80::1", "22", "a" * 300),
    ],
)  # fmt: skip
@pytest.mark.parametrize("file", ["a:\n- x: 1\n", "{a: [{x: 1}]}\n"])
def test_any_text_is_read_as_what_it_was(text: str, file: str) -> None:
    result = edited(file, [Insertion(("a",), ({"comment": text, "port": "80"},)), Setting(("c",), text)])
    data = read_yaml(result).data
    assert (data["a"][-1], data["c"]) == ({"comment": text, "port": "80"}, text)


def listed(rng: random.Random, column: int) -> list[str]:
    """A list in one of its forms, below `a`; its key comes first."""
    count = rng.randint(0, 3)
    lead = " " * column
    if count == 0:
        return [rng.choice(["a: []", "a:", "a: ~", "a: null # none", "a: {}", "b: 1"])]
    items = [f"{{x: {number}, y: 'q'}}" for number in range(count)]
    form = rng.choice(["block", "block", "indented", "indented", "flow", "lines"])
    if form == "flow":
        return [f"a: [{', '.join(items)}]"]
    if form == "lines":
        ends = ["," if number < count - 1 else rng.choice(["", ","]) for number in range(count)]
        notes = [rng.choice(["", " # note"]) for _ in items]
        return [
            *("a: [", *(f"{lead}  {item}{end}{note}" for item, end, note in zip(items, ends, notes, strict=True))),
            f"{lead}]",
        ]
    inner = "  " if form == "indented" else ""
    lines = ["a:" + rng.choice(["", " # note"])]
    for number, item in enumerate(items):
        lines += rng.choice([[], [], [f"{lead}{inner}# before {number}"], [""]])
        if rng.random() < 0.5:
            lines.append(f"{lead}{inner}- {item}" + rng.choice(["", "   # note"]))
        else:
            lines += [
                f"{lead}{inner}- x: {number}",
                f"{lead}{inner}  y: " + rng.choice(["q", "'q' # note", "|\n" + f"{lead}{inner}    text"]),
            ]
        lines += rng.choice([[], [], [f"{lead}{inner}  # of {number}"]])
    return "\n".join(lines).split("\n")


def document(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    """A file with a list somewhere, and the path of the mapping that it is in."""
    deep = rng.random() < 0.6
    column = 4 if deep else 0
    own = listed(rng, column)
    lines = rng.choice([[], ["# first"], ["---"], ["# first", "z: 1"]])
    if deep:
        lines += ["top:", "  # about mid", "  mid:"]
    lines += rng.choice([[], [" " * column + "# about a"]])
    lines += [" " * column + own[0], *own[1:]]
    lines += rng.choice(
        [[], [" " * column + "# about n", " " * column + "n: 1"], ["", "# about k", "k: 1"], ["# the end"], ["", ""]]
    )
    text = "\n".join(lines) + rng.choice(["\n", "\n", ""])
    # A block of text without a last line break would become another text.
    text += "\n" if text.endswith("    text") else ""
    return text.replace("\n", "\r\n") if rng.random() < 0.3 else text, ("top", "mid") if deep else ()


def comes_back(old: str, new: str) -> bool:
    """Whether the old text is still there, piece by piece in its order."""
    rest = iter(new)
    return all(character in rest for character in old)


@pytest.mark.parametrize("seed", range(100))
def test_files_of_any_form(seed: int) -> None:
    rng = random.Random(seed)
    text, way = document(rng)
    data = read_yaml(text).data
    below = data
    for step in way:
        below = below[step]
    length = len(below.get("a") or ()) if isinstance(below.get("a"), list) else 0
    places: list[int | None] = [None, *range(length)]
    chosen = rng.sample(places, rng.randint(1, len(places)))
    edits: list[Edit] = [Insertion((*way, "a"), (NEW, {"c": f"it's: #{place}"}), place) for place in chosen]
    if isinstance(below.get("a"), dict):
        edits = [Setting((*way, "a", "r"), "yes")]
    edits.append(Setting((*way, "policy"), "DROP"))
    edits += [Insertion((*way, "new", "rules"), (NEW,)), Setting((*way, "new", "policy"), "yes")][: rng.randint(0, 2)]
    edits = in_safe_order(edits)
    result = edited(text, edits)
    wanted = data
    for edit in edits:
        wanted = edited_data(wanted, edit)
    assert read_yaml(result).data == wanted
    nothing = text.replace("a: ~", "a: ").replace("a: null", "a: ")
    assert comes_back(nothing, result)
    assert ("\r\n" in text) == ("\r\n" in result)
    assert result.count("\r") == (result.count("\n") if "\r" in text else 0)
    assert text.endswith("\n") == result.endswith("\n")
    old, new = text.splitlines(), result.splitlines()
    for line, following in pairwise(old):
        # What is said above a line stays above it.
        if line.lstrip().startswith(("# before", "# about")):
            assert new[new.index(line) + 1].split()[:1] == following.split()[:1]


def test_lists_are_edited_from_their_end() -> None:
    edits = in_safe_order([Insertion(("a",), (1,), 0), Insertion(("a",), (2,), 1), Insertion(("a",), (3,))])
    assert read_yaml(edited("a: [x, y]\n", edits)).data == {"a": [1, "x", 2, "y", 3]}


def test_entries_with_nothing_behind_them_count_in_the_file_alone() -> None:
    data: Any = {"vms": [None, {"firewall": {"rules": [None, 1, None, 2]}}]}
    assert as_in_file(data, ("vms", 0, "firewall", "rules", 1)) == ("vms", 1, "firewall", "rules", 3)
    assert as_in_file(data, ("vms", 0, "firewall", "rules", 2)) == ("vms", 1, "firewall", "rules", 4)
    assert as_in_file(data, ("lxcs", "102", "firewall")) == ("lxcs", "102", "firewall")
