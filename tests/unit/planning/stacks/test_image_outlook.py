"""What a preview says of images."""

from __future__ import annotations

from phoenix_providers.planning.stacks.image_outlook import ImageFinding, image_outlook
from phoenix_providers.planning.stacks.needed_images import not_fetched

GONE = not_fetched("x:9", "HTTP 404 manifest unknown (asked docker.io without a sign-in)")


def test_nothing_to_say() -> None:
    assert image_outlook(()) == []


def test_one_cause_is_told_once_in_the_words_of_the_run() -> None:
    (said,) = image_outlook([ImageFinding("a@1", "x:9", GONE), ImageFinding("b@1", "x:9", GONE)])
    assert said.startswith(f"not as declared: a run would refuse a@1, b@1: not sent: {GONE}\n")
    assert "  next:     docker pull x:9 " in said
    assert "correct the image in the compose file, or name its registry in the site file" in said


def test_all_reasons_of_one_stack_stand_together() -> None:
    other = not_fetched("y", "HTTP 403 denied")
    (said,) = image_outlook([ImageFinding("a@1", "x:9", GONE), ImageFinding("a@1", "y", other)])
    assert f"not sent: {GONE}\n{other}\n" in said


def test_what_nobody_could_tell_is_one_line_however_much_it_is() -> None:
    several = [ImageFinding("a@1", f"x:{number}", unclear="no answer within 5 s") for number in range(8)]
    (said,) = image_outlook([*several, ImageFinding("b@2", "y", unclear="Portainer has no environment vm2 yet")])
    assert said == (
        "not verified, whether these images can be had: x:0, x:1, x:2, x:3, x:4, x:5 and 2 more of a@1 "
        "(no answer within 5 s); y of b@2 (Portainer has no environment vm2 yet). "
        "The run finds out before it sends a stack"
    )
