"""Answers to what an existing installation does not say."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

import click

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.discovery.script_constants import OpenQuestion, is_answer

Ask = Callable[[OpenQuestion], str]


def nobody_answers(_question: OpenQuestion) -> str:
    """Leave every question open."""
    return ""


def ask(question: OpenQuestion) -> str:
    """Ask on a terminal; an empty answer leaves the question open, and nobody is asked where nobody is there."""
    if not sys.stdin.isatty():
        return ""
    answer: str = click.prompt(
        f"{question.text}\n{question.setting}", default=question.suggestion, show_default=bool(question.suggestion)
    )
    return answer.strip()


def answers(old: Configuration, questions: Iterable[OpenQuestion], ask_one: Ask) -> dict[str, str]:
    """Return what was answered, by setting; what names nothing that is there is asked again."""
    found = {}
    for question in questions:
        answer = ask_one(question)
        while answer and not is_answer(old, question, answer):
            click.echo(f"{answer}: nothing here is called so, and it is no address like {question.example}", err=True)
            answer = ask_one(question)
        if answer:
            found[question.setting] = answer
    return found
