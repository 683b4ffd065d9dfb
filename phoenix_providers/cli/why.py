"""`phoenix why NAME`: why is this as it is?"""

from __future__ import annotations

from pathlib import Path

import click

from phoenix_providers.cli.engine.run import Engine


@click.command(short_help="Say why a stack, route, record, rule, environment or guest is as it is.")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print it for other programs.")
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack; default: the selected one.")
def why(name: str, as_json: bool, pulumi_stack: str | None) -> None:
    """Say what asks for NAME (file and line), what keeps it back, its last change, how it is, and what a run would do.

    All names that plans and status print are known, such as rules@113. Where several kinds of things have one name,
    KIND:NAME takes one of them: stack, guest, environment, route, record, rule or settings. Reads only, and asks only
    what concerns NAME.
    """
    engine = Engine(Path.cwd(), pulumi_stack)
    # The engine's answers take their time, and so does what is only needed behind them.
    asked = engine.asked_ahead()
    from phoenix_providers.cli.documents.why_document import WhyDocument
    from phoenix_providers.cli.reasons.answering import reason_for
    from phoenix_providers.cli.screens.console import console
    from phoenix_providers.cli.screens.why_screen import draw_why

    reason = reason_for(engine, name, asked)
    if as_json:
        click.echo(WhyDocument.of(reason).text())
    else:
        draw_why(reason, console())
