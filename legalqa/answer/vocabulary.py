"""A model's vocabulary: text to tokens and back, and the chat format that the model's file prescribes."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from functools import cached_property
from itertools import groupby
from typing import Any, Final

from legalqa.answer.text_model import Part, Role
from legalqa.errors import BugError

_DATE: Final = "01 Jan 2026"  # some chat formats tell the model the date, which would make answers depend on the day


class Vocabulary:
    """Text to tokens and back, in the chat format that the model's file prescribes.

    Only the chat format itself may become control tokens. The parts of a prompt are put between its pieces as
    tokens, not as text, so that nothing in them can open or close a turn.
    """

    def __init__(self, lib: Any, model: Any) -> None:
        self._lib, self._model = lib, model
        self.handle = lib.llama_model_get_vocab(model)
        self.size = int(lib.llama_vocab_n_tokens(self.handle))
        self._frames: dict[tuple[Role, ...], list[str]] = {}

    def prompt(self, parts: Sequence[Part]) -> list[int]:
        """The tokens of a whole chat that ends where the assistant's turn begins."""
        messages = [(role, list(same)) for role, same in groupby(parts, key=lambda part: part.role)]
        frame = self._frame(tuple(role for role, _ in messages))
        tokens = self.tokenize(frame[0], special=True)
        for (_, content), after in zip(messages, frame[1:], strict=True):
            for part in content:
                tokens += self.plain(part.text)
            tokens += self.tokenize(after, special=True)
        bos = self._lib.llama_vocab_bos(self.handle)
        if self._lib.llama_vocab_get_add_bos(self.handle) and tokens[:1] != [bos]:
            tokens.insert(0, bos)
        return tokens

    def plain(self, text: str) -> list[int]:
        """Tokens of a text in which nothing is a control token.

        Files may declare their turn markers "user defined" instead of "control"; llama.cpp recognises those in any
        text, so the text is cut inside their spelling.
        """
        tokens = self.tokenize(text, special=False)
        if self._markers.isdisjoint(tokens):
            return tokens
        spelled = [self.piece(token, special=True).decode("utf-8", "replace") for token in self._markers]
        inside = "|".join(f"(?<={re.escape(word[0])})(?={re.escape(word[1:])})" for word in spelled if len(word) > 1)
        pieces = re.split(inside, text) if inside else [text]
        return [token for piece in pieces for token in self.tokenize(piece, special=False)]

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Tokens of a text, control tokens among them if `special`; nothing is added before or after it."""
        raw = text.encode("utf-8", "replace")
        room = len(raw) + 1
        array = (ctypes.c_int32 * room)()
        count = self._lib.llama_tokenize(self.handle, raw, len(raw), array, room, False, special)
        if count < 0:
            raise BugError(f"A text of {len(raw)} bytes has more tokens than bytes.")
        return list(array[:count])

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """The bytes of one token, which may end inside a character; b"" for a control token unless `special`."""
        buffer = ctypes.create_string_buffer(256)
        length = self._lib.llama_token_to_piece(self.handle, token, buffer, len(buffer), 0, special)
        return buffer.raw[: max(length, 0)]

    def is_control(self, token: int) -> bool:
        """Whether the token is one that steers the model and stands for no text."""
        return bool(self._lib.llama_vocab_is_control(self.handle, token))

    @cached_property
    def _markers(self) -> frozenset[int]:
        """The tokens of the chat format that are not ordinary text."""
        lib = self._lib
        marking = lib.LLAMA_TOKEN_ATTR_CONTROL | lib.LLAMA_TOKEN_ATTR_USER_DEFINED
        frame = [token for text in self._frame(("system", "user")) for token in self.tokenize(text, special=True)]
        return frozenset(
            token
            for token in frame
            if lib.llama_vocab_get_attr(self.handle, token) & marking and self.piece(token, special=True).strip()
        )

    def _frame(self, roles: tuple[Role, ...]) -> list[str]:
        """The chat format's own text before, between and after messages of these roles: one piece more than roles."""
        if roles not in self._frames:
            self._frames[roles] = self._rendered(roles)
        return self._frames[roles]

    def _rendered(self, roles: tuple[Role, ...]) -> list[str]:
        from jinja2 import TemplateError
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        marks = [f"@@{number}@@" for number in range(len(roles))]
        template = self._lib.llama_model_chat_template(self._model, None)
        if template is None:  # a model without a chat format: plain text, one paragraph a message
            return ["", *["\n\n"] * len(roles)]
        formatter: Any = Jinja2ChatFormatter(
            template=template.decode(),
            eos_token=self._text(self._lib.llama_vocab_eos(self.handle)),
            bos_token=self._text(self._lib.llama_vocab_bos(self.handle)),
        )
        formatter.strftime_now = lambda _format: _DATE
        messages = [{"role": role, "content": mark} for role, mark in zip(roles, marks, strict=True)]
        options = {"enable_thinking": False, "date_string": _DATE}
        try:
            prompt = formatter(messages=messages, **options).prompt
        except (ValueError, TemplateError):  # Gemma 2 refuses a system role
            merged = [{"role": "user", "content": "\n\n".join(marks)}]
            prompt = formatter(messages=merged, **options).prompt
        return re.split("|".join(marks), prompt)

    def _text(self, token: int) -> str:
        return self.piece(token, special=True).decode("utf-8", "replace") if token >= 0 else ""
