"""Time to first token, tokens a second, what a grammar costs, and how fast Stop is: ours beside llama-cpp-python's own.

    python -m bench.first_token [--stops 20] [--rounds 3] [--threads 2] [--overhead]

Both run the same prompt on the same weights in one run; ours through its child process, the peer's `create_completion`
in this one. Times in milliseconds, medians of --rounds.
"""

from __future__ import annotations

import argparse
import random
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from legalqa import settings
from legalqa.answer import grammar, prompt
from legalqa.answer.evidence import FUNCTION_WORDS
from legalqa.answer.llm import LocalModel
from legalqa.answer.text_model import Part
from legalqa.values.answer import ModelId

CONTEXT, ANSWER, CLAUSES = 4096, 32, 16
CLAUSE = "Section {n}. Tenant shall pay Landlord $4{n},500.00 within {n} days after notice, time being of the essence. "
STATEMENTS = (
    ("How much must Tenant pay?", "Tenant shall pay Landlord $42,500.00 within ten (10) days after written notice."),
    ("Who repairs the roof?", "Landlord shall, at its own cost, keep the roof and the outer walls in good repair."),
    ("May it be assigned?", "Neither party may assign this Agreement without the prior consent of the other party."),
    ("How long do the duties last?", "The duties of Recipient under Sections 3 and 4 end three (3) years after that."),
)
QUESTIONS = ("How much must Tenant pay after notice?", "Within how many days must Tenant pay?")


def passages(first: int, count: int) -> list[prompt.Shown]:
    """Made-up clauses, about 30 tokens each, different for each `first`."""
    return [prompt.Shown(1, "".join(CLAUSE.format(n=first + i) for i in range(count)))]


def ours(model: LocalModel, parts: Sequence[Part], constraint: str | None = None) -> tuple[float, float, int]:
    """Milliseconds to the first text and in all, and tokens generated."""
    began, first = time.perf_counter(), 0.0
    for _ in model.generate(parts, grammar=constraint, max_tokens=ANSWER, stop=threading.Event()):
        first = first or time.perf_counter()
    assert model.last is not None
    return (first - began) * 1000, (time.perf_counter() - began) * 1000, model.last.generated


def peer(llama: Any, parts: Sequence[Part], constraint: Any = None) -> tuple[float, float, int]:
    """The same through create_completion, the prompt as one string."""
    text = "".join(part.text for part in parts)
    began, first, count = time.perf_counter(), 0.0, 0
    for _ in llama.create_completion(text, max_tokens=ANSWER, temperature=0.0, stream=True, grammar=constraint):
        first = first or time.perf_counter()
        count += 1
    return (first - began) * 1000, (time.perf_counter() - began) * 1000, count


def overhead(model: LocalModel) -> float:
    """What the grammar of a statement takes, as a share of what the same tokens take without it."""
    constrained = decoding = 0.0
    for question, sentence in STATEMENTS:
        opening = " ".join(sentence.replace(",", "").split()[:3])
        words = [*FUNCTION_WORDS, question.lower()]
        built = grammar.build([sentence], [1], vocabulary=words, opening=opening, refusal=False)
        ours(model, prompt.statement(question, [prompt.Shown(1, sentence)]), built)
        assert model.last is not None
        constrained += model.last.constraint_ms
        decoding += model.last.ms - (model.last.first_ms or 0.0) - model.last.constraint_ms
    return constrained / decoding


def first_tokens(
    run: Callable[[Sequence[Part]], tuple[float, float, int]], forget: Callable[[], None], rounds: int
) -> list[float]:
    """Median first-token times: nothing evaluated before, the system prompt, all but the question."""
    times: list[list[float]] = [[], [], []]
    for round_number in range(rounds):
        shown, other = passages(10 + 40 * round_number, CLAUSES), passages(30 + 40 * round_number, CLAUSES)
        forget()
        times[0].append(run(prompt.statement(QUESTIONS[0], shown))[0])
        times[1].append(run(prompt.statement(QUESTIONS[0], other))[0])
        times[2].append(run(prompt.statement(QUESTIONS[1], other))[0])
    return [statistics.median(column) for column in times]


def stops(model: LocalModel, count: int) -> list[float]:
    """Milliseconds from Stop to the end of the stream, pressed at random moments of prompt and answer."""
    late = []
    for number in range(count):
        stop, pressed = threading.Event(), [0.0]
        parts = prompt.statement(QUESTIONS[0], passages(100 + 7 * number, CLAUSES))

        def press(stop: threading.Event = stop, pressed: list[float] = pressed) -> None:
            pressed[0] = time.perf_counter()
            stop.set()

        timer = threading.Timer(random.Random(number).uniform(0.02, 3.0), press)
        timer.start()
        for _ in model.generate(parts, grammar=None, max_tokens=2000, stop=stop):
            pass
        timer.cancel()
        if pressed[0]:
            late.append((time.perf_counter() - pressed[0]) * 1000)
    return sorted(late)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stops", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--overhead", action="store_true", help="only what the grammar costs")
    options = parser.parse_args()
    chosen = settings.load()
    file: Path = next((chosen.models / chosen.generation_model).glob("*.gguf"))
    model = LocalModel(ModelId(chosen.generation_model, ""), file, options.threads, CONTEXT)
    if options.overhead:
        print(f"the grammar of a statement takes {overhead(model):.1%} of decoding")
        model.close()
        return
    from llama_cpp import Llama  # the peer, with the same attention kernel
    from llama_cpp.llama_grammar import LlamaGrammar

    llama = Llama(str(file), n_ctx=CONTEXT, n_threads=options.threads, flash_attn=True, verbose=False)
    short = prompt.statement(QUESTIONS[0], passages(10, 2))
    began = time.perf_counter()
    ours(model, short)
    print(f"first answer, process start and loading included: {(time.perf_counter() - began) * 1000:.0f} ms")
    peer(llama, short)

    def forget() -> None:  # an unrelated prompt takes the memory's place
        ours(model, [Part("x", trusted=False, role="user")])

    mine = first_tokens(lambda parts: ours(model, parts), forget, options.rounds)
    theirs = first_tokens(lambda parts: peer(llama, parts), llama.reset, options.rounds)
    for name, a, b in zip(("nothing shared", "system shared", "all but the question"), mine, theirs, strict=True):
        print(f"first token, {name:<21}: ours {a:6.0f} ms, create_completion {b:6.0f} ms, ratio {b / a:.2f}")

    constraint = grammar.build([CLAUSE.format(n=10)], [1])
    free = [ours(model, short) for _ in range(options.rounds)]
    bound = [ours(model, short, constraint) for _ in range(options.rounds)]
    peer_free = [peer(llama, short) for _ in range(options.rounds)]
    peer_bound = [
        peer(llama, short, LlamaGrammar.from_string(constraint, verbose=False)) for _ in range(options.rounds)
    ]
    speeds = [
        statistics.median((count - 1) / (whole - first) * 1000 for first, whole, count in runs if count > 1)
        for runs in (free, bound, peer_free, peer_bound)
    ]
    print(f"tokens a second: ours {speeds[0]:.0f}, under the grammar {speeds[1]:.0f}", end="; ")
    print(f"create_completion {speeds[2]:.0f}, under the grammar {speeds[3]:.0f}, ratio {speeds[1] / speeds[3]:.2f}")
    print(f"the grammar of a statement takes {overhead(model):.1%} of decoding")
    late = stops(model, options.stops)
    print(f"Stop, {len(late)} times: median {statistics.median(late):.0f} ms", end=", ")
    print(f"95% within {late[int(len(late) * 0.95) - 1]:.0f} ms, worst {late[-1]:.0f} ms")
    model.close()


if __name__ == "__main__":
    main()
